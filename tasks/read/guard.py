"""Looks at a container before it is loaded: sizes when unpacked, entity bombs, cells far outside any table.

Belongs here: refusing what would take the process down. The reading library materialises a sheet's bounding box, so
one stray cell in the last corner aborts the whole process, and no exception can be caught.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from config.settings import Limits

# Some programs write every tag with a prefix. Cells that close at once hold only a format: a column formatted to
# the sheet's end is common and harmless.
_REFERENCE = re.compile(rb"""<(?:[\w.-]+:)?c\b[^>]*?\sr\s*=\s*["']([A-Za-z]+)(\d+)["'][^>]*(?<!/)>""")
_EMPTY = re.compile(rb"""<(?:[\w.-]+:)?c\b[^>]*?\sr\s*=\s*["'][A-Za-z]+\d+["'][^>]*/>""")
_CELL = re.compile(rb"<(?:[\w.-]+:)?c[\s/>]")
_ROW = re.compile(rb"<(?:[\w.-]+:)?row[\s/>]")
_ROW_NUMBER = re.compile(rb"""<(?:[\w.-]+:)?row\b[^>]*?\sr\s*=\s*["'](\d+)["']""")
# Legal XML, written by no spreadsheet program, and a way to hide an address from the patterns above.
_HIDING = re.compile(rb"""=\s*(["'])[^"'<]*>[^"'<]*\1""")
_SHEET = re.compile(r"^/?xl/worksheets/.*\.xml$", re.IGNORECASE)


class TooLargeError(Exception):
    """A limit is passed. `what` is what was found and `limit` what is allowed, in Chinese."""

    def __init__(self, what: str, limit: str) -> None:
        super().__init__(what)
        self.what, self.limit = what, limit


class BrokenError(Exception):
    """The container is damaged, or holds what no spreadsheet program writes."""


def check_parts(parts: Mapping[str, bytes], limits: Limits) -> dict[str, bytes]:
    """Refuse document type declarations (entity bombs), and sheets with cells outside the limits.

    Returns, by part, what `usual_cells` gives of the sheets that every common program writes alike.
    Raises BrokenError or TooLargeError.
    """
    usual: dict[str, bytes] = {}
    for name, data in parts.items():
        if not name.lower().endswith((".xml", ".rels")):
            continue
        # UTF-16 would hide the references below from a search in bytes.
        if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data[:64] or _declares(data):
            raise BrokenError(f"{name}: unusual XML")
        if _SHEET.match(name):
            if (cells := usual_cells(data, limits)) is not None:
                usual[name] = cells
            else:
                check_sheet(data, limits)
    return usual


def _declares(data: bytes) -> bool:
    # One character is found ten times faster than a word, and hardly any part has it.
    return b"!" in data and (b"<!DOCTYPE" in data or b"<!ENTITY" in data)


def usual_cells(data: bytes, limits: Limits) -> bytes | None:
    """The XML of a sheet's rows, if every cell in it is written in the usual way and plainly lies within the limits.

    Says so of nearly every sheet at a tenth of the price of looking closely; None says nothing.
    """
    start = data.find(_OPENS)
    end = data.find(_CLOSES, start)
    # One place only where cells may stand, and no comment or CDATA that could make it look like another.
    if (
        start < 0
        or end < 0
        or data.find(b"!", 0, end) >= 0
        or data.find(_NAME, 0, start) >= 0
        or data.find(_NAME, end + len(_CLOSES)) >= 0
    ):
        return None
    cells = data[start:end]
    inner = cells.find(_NAME, len(_OPENS))
    return None if inner >= 0 or b":c" in cells or _unusual(limits.rows, limits.columns).search(cells) else cells


_NAME, _OPENS, _CLOSES = b"sheetData", b"<sheetData>", b"</sheetData>"


@lru_cache(maxsize=8)
def _unusual(rows: int, columns: int) -> re.Pattern[bytes]:
    """Finds a cell that is not plainly `<c r="A1" s="2" t="s">`, with no more digits and letters than lie within."""
    digits = len(str(rows + 1)) - 1
    last = min(columns // 26 - 1, 26)
    first = b"[A-%c]?" % (64 + last) if last > 0 else b""
    letters = first + b"[A-Z]" if columns >= 26 else b"[A-%c]" % (64 + columns)
    place = letters + b"[0-9]{1,%d}" % digits
    return re.compile(rb'<c(?! r="' + place + rb'"(?: s="[0-9]+")?(?: t="[a-zA-Z]+")? ?/?>)')


def check_sheet(data: bytes, limits: Limits) -> None:
    """Refuse a sheet whose cells with content reach beyond the limits. Raises TooLargeError or BrokenError."""
    row = column = 0
    found = _REFERENCE.findall(data)
    for letters, digits in found:
        row, column = max(row, int(digits)), max(column, _column(letters))
    # An address may be left out: such a cell follows the one before it, so their number bounds how far they reach.
    if (silent := len(_CELL.findall(data)) - len(found) - len(_EMPTY.findall(data))) > 0:
        if _HIDING.search(data):
            raise BrokenError("hidden cell addresses")
        numbers = [int(digits) for digits in _ROW_NUMBER.findall(data)]
        row = max(row, len(_ROW.findall(data)), *numbers, 0)
        column += silent
    if row > limits.rows:
        raise TooLargeError(f"用到第{row}行", f"{limits.rows}行")
    if column > limits.columns:
        raise TooLargeError(f"用到第{column}列", f"{limits.columns}列")


def _column(letters: bytes) -> int:
    if len(letters) > 3:
        raise BrokenError("impossible cell address")
    column = 0
    for char in letters.upper():
        column = column * 26 + char - 64
    return column
