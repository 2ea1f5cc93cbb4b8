"""Tables saved as text: encodings that Chinese offices produce, and the separator that makes a table of it.

Belongs here: bytes -> grid. UTF-8 is tried before GB18030, for its bytes decode as GB18030 without an error.
"""

from __future__ import annotations

import codecs
import csv
import io

from config.settings import LimitSettings
from tasks.read.formats.detect_format import wide_encoding
from tasks.read.formats.safety_checks import BrokenError, TooLargeError
from tasks.read.formats.sheet_grid import SheetGrid, laid_out

_SEPARATORS = (",", "\t", ";", "，", "|")
_SAMPLE_LINES = 40


def read_text(content: bytes, name: str, limits: LimitSettings) -> tuple[str, SheetGrid]:
    """("csv" or "tsv", the grid). Raises BrokenError for no known encoding, TooLargeError beyond the limits."""
    text = decode(content)
    lines = text.split("\n", _SAMPLE_LINES)[:_SAMPLE_LINES]
    separator = max(_SEPARATORS, key=lambda mark: _columns(lines, mark))
    rows = []
    # A narrative may be longer than the csv module's own limit; the file's size is limited already.
    csv.field_size_limit(limits.file_bytes)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            rows.append(row)
            if len(rows) > limits.rows or len(row) > limits.columns:
                raise TooLargeError(f"第{len(rows)}行或第{len(row)}列", f"{limits.rows}行、{limits.columns}列")
    except csv.Error as error:
        raise BrokenError(str(error)) from error
    return ("tsv" if separator == "\t" else "csv"), SheetGrid(name, laid_out(rows))


def decode(content: bytes) -> str:
    """The text, without a byte order mark. Raises BrokenError when it is in none of the known encodings."""
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    wide = wide_encoding(content) if b"\0" in content[:4096] and not marked else None
    encodings = ["utf-16"] if marked else [wide] if wide else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BrokenError("unknown encoding")


def _columns(lines: list[str], separator: str) -> int:
    """How many columns the widest of the first lines has; a separator inside quotes does not count."""
    try:
        return max((len(row) for row in csv.reader(lines, delimiter=separator)), default=0)
    except csv.Error:
        return 0
