"""Checks on unpacked parts before a sheet is loaded: entity bombs, and cells far outside any table.

Belongs here: refusing what would kill the process. The reading library allocates the rectangle around all cells of a
sheet, so that one stray cell in the last corner exhausts the memory and aborts the process; no exception can be
caught. Sizes of packed files are checked in `zip_package`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from config.settings import LimitSettings
from tasks.read.formats.format_errors import BrokenError, TooLargeError
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
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_XLSX_SHEET = re.compile(r"^/?xl/worksheets/.*\.xml$", re.IGNORECASE | re.DOTALL)
_XLSB_SHEET = re.compile(r"^xl/worksheets/.*\.bin$", re.IGNORECASE | re.DOTALL)
# BrtRowHdr, and the last of the records for cells.
_ROW_HEADER, _LAST_CELL_RECORD = 0, 11
_ODS_TAG = re.compile(rb"<(/?)(?:[\w.-]+:)(table-row|table-cell|covered-table-cell|table)\b([^>]*?)(/?)>")
_ODS_REPEATED = re.compile(rb"""number-(?:rows|columns)-repeated\s*=\s*["'](\d+)["']""")


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


def check_sheets(parts: Mapping[str, bytes], file_format: str, limits: LimitSettings) -> None:
    """Refuse a workbook with a sheet that reaches beyond the limits. Raises TooLargeError or BrokenError."""
    for name, data in parts.items():
        if file_format == "ods" and name == "content.xml":
            check_ods_content(data, limits)
        elif file_format == "xlsb" and _XLSB_SHEET.match(name):
            check_xlsb_sheet(data, limits)
        elif _XLSX_SHEET.match(name):
            check_xlsx_sheet(data, limits)


def check_reach(row: int, column: int, limits: LimitSettings) -> None:
    """Raises TooLargeError when the last row or column with content (from 1) lies beyond the limits."""
    if row > limits.rows:
        raise TooLargeError(f"用到第{row}行", f"{limits.rows}行")
    if column > limits.columns:
        raise TooLargeError(f"用到第{column}列", f"{limits.columns}列")


def check_xlsx_sheet(data: bytes, limits: LimitSettings) -> None:
    """Check how far the cells with content reach. Raises TooLargeError or BrokenError."""
    row = column = addressed = 0
    # One match at a time: a list of all the cells of a malicious sheet would itself exhaust the memory.
    for reference in _REFERENCE.finditer(data):
        addressed += 1
        row, column = max(row, _number(reference[2])), max(column, _column(reference[1]))
    # A cell without an address follows the one before it, so the number of such cells bounds how far they reach.
    if (unaddressed := _count(_CELL, data) - addressed - _count(_EMPTY, data)) > 0:
        if _HIDING.search(data):
            raise BrokenError("hidden cell addresses")
        numbers = (_number(each[1]) for each in _ROW_NUMBER.finditer(data))
        row = max(row, _count(_ROW, data), max(numbers, default=0))
        column += unaddressed
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
        if kind <= _LAST_CELL_RECORD and len(payload) >= 4:
            number = int.from_bytes(payload[:4], "little") + 1
            check_reach(number if kind == _ROW_HEADER else 0, 0 if kind == _ROW_HEADER else number, limits)


def check_ods_content(data: bytes, limits: LimitSettings) -> None:
    """Add up the repeated rows and cells of an .ods. Raises TooLargeError.

    Every program pads a sheet with empty repeats down to its end; only what precedes a cell with content counts.
    """
    row = column = row_repeat = 0
    for closing, name, attributes, empty in _ODS_TAG.findall(data):
        repeat = _number(match[1]) if (match := _ODS_REPEATED.search(attributes)) else 1
        if name == b"table":
            row = column = 0
        elif name == b"table-row" and closing:
            row += row_repeat
        elif name == b"table-row":
            row_repeat, column = repeat, 0
            row += repeat if empty else 0
        elif not closing:
            column += repeat
            if not empty:
                check_reach(row + row_repeat, column, limits)
