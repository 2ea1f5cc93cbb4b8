"""Checks on unpacked parts before a sheet is loaded: entity bombs, and cells far outside any table.

Belongs here: refusing what would kill the process. The reading library allocates the rectangle around all cells of a
sheet, so that one stray cell in the last corner exhausts the memory and aborts the process; no exception can be
caught. Sizes of packed files are checked in `zip_package`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from config.settings import LimitSettings
from tasks.read.formats.format_errors import BrokenError, TooLargeError
from tasks.read.formats.sheet_positions import addressed_sheet, check_reach
from tasks.read.formats.xlsb_metadata import xlsb_records

# Some programs write every tag with a prefix. A cell without content holds only a format: a column formatted down to
# the end of the sheet is common and harmless.
_REFERENCE = re.compile(rb"""<(?:[\w.-]+:)?c\b[^>]*?\sr\s*=\s*["']([A-Za-z]+)(\d+)["'][^>]*(?<!/)>""")
_EMPTY = re.compile(rb"""<(?:[\w.-]+:)?c\b[^>]*?\sr\s*=\s*["'][A-Za-z]+\d+["'][^>]*/>""")
_CELL = re.compile(rb"<(?:[\w.-]+:)?c[\s/>]")
_ROW = re.compile(rb"<(?:[\w.-]+:)?row[\s/>]")
_ROW_NUMBER = re.compile(rb"""<(?:[\w.-]+:)?row\b[^>]*?\sr\s*=\s*["'](\d+)["']""")
# A ">" inside an attribute is legal XML that no spreadsheet program writes; it hides addresses from the patterns above.
_HIDING = re.compile(rb"""=\s*(["'])[^"'<]*>[^"'<]*\1""")
# BrtRowHdr, and the last of the records for cells.
ROW_HEADER, LAST_CELL_RECORD = 0, 11
_ODS_TAG = re.compile(rb"<(/?)(?:[\w.-]+:)(table-row|table-cell|covered-table-cell|table)\b([^>]*?)(/?)>")
_ODS_REPEATED = re.compile(rb"""number-(?:rows|columns)-repeated\s*=\s*["'](\d+)["']""")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def check_declarations(parts: Mapping[str, bytes]) -> None:
    """Refuse document type declarations (entity bombs). Raises BrokenError."""
    for name, data in parts.items():
        # In UTF-16 a search for bytes would miss a declaration.
        is_utf_16 = data.startswith(_UTF_16) or b"\0" in data[:64]
        if (is_utf_16 or _declares(data)) and name.lower().endswith((".xml", ".rels")):
            raise BrokenError(f"{name}: unusual XML")


def _declares(data: bytes) -> bool:
    # A single byte is found ten times faster than a word, and hardly any part contains it.
    return b"!" in data and (b"<!DOCTYPE" in data or b"<!ENTITY" in data)


def checked_sheet(data: bytes, limits: LimitSettings) -> bytes:
    """An .xlsx sheet in which every cell with content has an address. Raises TooLargeError or BrokenError."""
    if has_unaddressed(data):
        data = addressed_sheet(data, limits)
    check_xlsx_sheet(data, limits)
    return data


def has_unaddressed(data: bytes) -> bool:
    """Whether a cell with content has no address, or a row no number."""
    cells = _count(_CELL, data) - _count(_REFERENCE, data) - _count(_EMPTY, data)
    return cells > 0 or _count(_ROW, data) != _count(_ROW_NUMBER, data)


def check_xlsx_sheet(data: bytes, limits: LimitSettings) -> None:
    """Check how far the cells with content reach. Raises TooLargeError, or BrokenError where an address is hidden."""
    row = column = addressed = 0
    # One match at a time: a list of all the cells of a malicious sheet would itself exhaust the memory.
    for reference in _REFERENCE.finditer(data):
        addressed += 1
        row, column = max(row, _number(reference[2])), max(column, _column(reference[1]))
    if _count(_CELL, data) - addressed - _count(_EMPTY, data) > 0 and _HIDING.search(data):
        raise BrokenError("hidden cell addresses")
    check_reach(row, column, limits)


def _count(pattern: re.Pattern[bytes], data: bytes) -> int:
    return sum(1 for _ in pattern.finditer(data))


def _number(digits: bytes) -> int:
    # Python refuses to parse thousands of digits; twelve are beyond every limit.
    return int(digits[:12])


def _column(letters: bytes) -> int:
    if len(letters) > 3:
        raise BrokenError("impossible cell address")
    column = 0
    for char in letters.upper():
        column = column * 26 + char - 64
    return column


def check_xlsb_sheet(data: bytes, limits: LimitSettings) -> None:
    """Check how far the rows and cells reach. Raises TooLargeError or BrokenError."""
    for kind, payload in xlsb_records(data):
        if kind <= LAST_CELL_RECORD and len(payload) >= 4:
            number = int.from_bytes(payload[:4], "little") + 1
            check_reach(number if kind == ROW_HEADER else 0, 0 if kind == ROW_HEADER else number, limits)


class OdsTag(NamedTuple):
    """Where a walk over an .ods is: table (from 0), row and column behind the tag, how often the tag repeats."""

    table: int
    row: int
    column: int
    repeat: int
    has_content: bool
    tag: re.Match[bytes]


def ods_tags(data: bytes) -> Iterator[OdsTag]:
    """Every tag of a table, row or cell. Programs pad a sheet with empty repeats down to its end: those have no content."""
    table, row, column, row_repeat = -1, 0, 0, 0
    for tag in _ODS_TAG.finditer(data):
        closing, name, attributes, empty = tag.groups()
        repeat = _number(match[1]) if (match := _ODS_REPEATED.search(attributes)) else 1
        has_content = False
        if name == b"table":
            table, row, column = table + (not closing), 0, 0
        elif name == b"table-row" and closing:
            row += row_repeat
        elif name == b"table-row":
            row_repeat, column = repeat, 0
            row += repeat if empty else 0
        elif not closing:
            column += repeat
            has_content = not empty
        yield OdsTag(table, row + (row_repeat if has_content else 0), column, repeat, has_content, tag)


def check_ods_content(data: bytes, limits: LimitSettings) -> None:
    """Add up the repeated rows and cells of an .ods. Raises TooLargeError."""
    if fault := next(iter(ods_faults(data, limits).values()), None):
        raise fault


def ods_faults(data: bytes, limits: LimitSettings) -> dict[int, TooLargeError]:
    """The tables of an .ods that reach beyond the limits, by their number from 0."""
    faults: dict[int, TooLargeError] = {}
    for cell in ods_tags(data):
        if cell.has_content and cell.table not in faults:
            try:
                check_reach(cell.row, cell.column, limits)
            except TooLargeError as error:
                faults[cell.table] = error
    return faults
