"""Tables saved as text (.csv, .tsv): encodings that Chinese offices use, and the separator between cells.

Belongs here: bytes -> grid. UTF-8 is tried before GB18030, because UTF-8 text also decodes as GB18030 without error.
"""

from __future__ import annotations

import codecs
import csv
import io

from config.settings import LimitSettings
from tasks.read.formats.detect_format import utf_16_without_mark
from tasks.read.formats.format_errors import BrokenError, TooLargeError
from tasks.read.formats.sheet_grid import SheetGrid, grid_cells

_SEPARATORS = (",", "\t", ";", "，", "|")
_SAMPLE_LINES = 40


def read_csv(content: bytes, name: str, limits: LimitSettings) -> tuple[str, SheetGrid]:
    """("csv" or "tsv", the grid). Raises BrokenError for an unknown encoding, TooLargeError beyond the limits."""
    text = _decoded(content)
    lines = text.split("\n", _SAMPLE_LINES)[:_SAMPLE_LINES]
    separator = max(_SEPARATORS, key=lambda each: _columns(lines, each))
    rows = []
    # A cell may exceed the csv module's own limit; the size of the file is limited already.
    csv.field_size_limit(limits.file_bytes)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            rows.append(row)
            if len(rows) > limits.rows or len(row) > limits.columns:
                raise TooLargeError(f"第{len(rows)}行或第{len(row)}列", f"{limits.rows}行、{limits.columns}列")
    except csv.Error as error:
        raise BrokenError(str(error)) from error
    return ("tsv" if separator == "\t" else "csv"), SheetGrid(name, grid_cells(rows))


def _decoded(content: bytes) -> str:
    """The text without its byte order mark. Raises BrokenError when no known encoding fits."""
    has_mark = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    utf_16 = utf_16_without_mark(content) if b"\0" in content[:4096] and not has_mark else None
    encodings = ["utf-16"] if has_mark else [utf_16] if utf_16 else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BrokenError("unknown encoding")


def _columns(lines: list[str], separator: str) -> int:
    """The number of columns of the widest of these lines; a separator inside quotes does not count."""
    try:
        return max((len(row) for row in csv.reader(lines, delimiter=separator)), default=0)
    except csv.Error:
        return 0
