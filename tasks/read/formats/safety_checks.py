"""Looks at a container before it is loaded: sizes when unpacked, entity bombs, cells far outside any table.

Belongs here: refusing what would take the process down. The reading library materialises a sheet's bounding box, so
one stray cell in the last corner aborts the whole process, and no exception can be caught.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from config.settings import LimitSettings

# Some programs write every tag with a prefix. Cells that close at once hold only a format: a column formatted to
# the sheet's end is common and harmless.
_REFERENCE = re.compile(rb"""<(?:[\w.-]+:)?c\b[^>]*?\sr\s*=\s*["']([A-Za-z]+)(\d+)["'][^>]*(?<!/)>""")
_EMPTY = re.compile(rb"""<(?:[\w.-]+:)?c\b[^>]*?\sr\s*=\s*["'][A-Za-z]+\d+["'][^>]*/>""")
_CELL = re.compile(rb"<(?:[\w.-]+:)?c[\s/>]")
_ROW = re.compile(rb"<(?:[\w.-]+:)?row[\s/>]")
_ROW_NUMBER = re.compile(rb"""<(?:[\w.-]+:)?row\b[^>]*?\sr\s*=\s*["'](\d+)["']""")
# Legal XML, written by no spreadsheet program, and a way to hide an address from the patterns above.
_HIDING = re.compile(rb"""=\s*(["'])[^"'<]*>[^"'<]*\1""")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_SHEET = re.compile(r"^/?xl/worksheets/.*\.xml$", re.IGNORECASE)


class TooLargeError(Exception):
    """A limit is passed. `what` is what was found and `limit` what is allowed, in Chinese."""

    def __init__(self, what: str, limit: str) -> None:
        super().__init__(what)
        self.what, self.limit = what, limit


class BrokenError(Exception):
    """The container is damaged, or holds what no spreadsheet program writes."""


def check_declarations(parts: Mapping[str, bytes]) -> None:
    """Refuse document type declarations (entity bombs). Raises BrokenError."""
    for name, data in parts.items():
        # UTF-16 would hide the references below from a search in bytes.
        is_wide = data.startswith(_UTF_16) or b"\0" in data[:64]
        if (is_wide or _declares(data)) and name.lower().endswith((".xml", ".rels")):
            raise BrokenError(f"{name}: unusual XML")


def _declares(data: bytes) -> bool:
    # One character is found ten times faster than a word, and hardly any part has it.
    return b"!" in data and (b"<!DOCTYPE" in data or b"<!ENTITY" in data)


def check_sheets(parts: Mapping[str, bytes], limits: LimitSettings) -> None:
    """Refuse sheets of an .xlsx with cells outside the limits. Raises BrokenError or TooLargeError."""
    for name, data in parts.items():
        if _SHEET.match(name):
            check_sheet(data, limits)


def check_sheet(data: bytes, limits: LimitSettings) -> None:
    """Refuse a sheet whose cells with content reach beyond the limits. Raises TooLargeError or BrokenError."""
    row = column = found = 0
    # One by one: a list of all the cells of a sheet made to be large would be the bomb itself.
    for reference in _REFERENCE.finditer(data):
        found += 1
        row, column = max(row, _number(reference[2])), max(column, _column(reference[1]))
    # An address may be left out: such a cell follows the one before it, so their number bounds how far they reach.
    if (silent := _count(_CELL, data) - found - _count(_EMPTY, data)) > 0:
        if _HIDING.search(data):
            raise BrokenError("hidden cell addresses")
        numbers = (_number(each[1]) for each in _ROW_NUMBER.finditer(data))
        row = max(row, _count(_ROW, data), max(numbers, default=0))
        column += silent
    if row > limits.rows:
        raise TooLargeError(f"用到第{row}行", f"{limits.rows}行")
    if column > limits.columns:
        raise TooLargeError(f"用到第{column}列", f"{limits.columns}列")


def _count(pattern: re.Pattern[bytes], data: bytes) -> int:
    return sum(1 for _ in pattern.finditer(data))


def _number(digits: bytes) -> int:
    # Python refuses to read a number of thousands of digits; a dozen are far away enough.
    return int(digits[:12])


def _column(letters: bytes) -> int:
    if len(letters) > 3:
        raise BrokenError("impossible cell address")
    column = 0
    for char in letters.upper():
        column = column * 26 + char - 64
    return column
