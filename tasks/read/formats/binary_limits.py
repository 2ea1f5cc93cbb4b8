"""How far the cells of an .xlsb or .ods sheet reach, seen before the sheet is loaded.

Belongs here: the two formats beside .xlsx whose sheets can be larger than memory. See `guard` for why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from config.settings import LimitSettings
from tasks.read.formats.safety_checks import BrokenError, TooLargeError

_ROW_HEADER, _LAST_CELL_RECORD = 0, 11
_TAG = re.compile(rb"<(/?)(?:[\w.-]+:)(table-row|table-cell|covered-table-cell|table)\b([^>]*?)(/?)>")
_REPEATED = re.compile(rb"""number-(?:rows|columns)-repeated\s*=\s*["'](\d+)["']""")


def check_reach(row: int, column: int, limits: LimitSettings) -> None:
    """Raises TooLargeError when the last row or column with content (from 1) lies beyond the limits."""
    if row > limits.rows:
        raise TooLargeError(f"用到第{row}行", f"{limits.rows}行")
    if column > limits.columns:
        raise TooLargeError(f"用到第{column}列", f"{limits.columns}列")


def check_binary_sheet(data: bytes, limits: LimitSettings) -> None:
    """How far the cells of an .xlsb sheet reach. Raises TooLargeError or BrokenError."""
    for kind, told in xlsb_records(data):
        if kind <= _LAST_CELL_RECORD and len(told) >= 4:
            value = int.from_bytes(told[:4], "little") + 1
            check_reach(value if kind == _ROW_HEADER else 0, 0 if kind == _ROW_HEADER else value, limits)


def xlsb_records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The records of a part of an .xlsb ([MS-XLSB] 2.1.4): (number, what it tells). Raises BrokenError."""
    place, end = 0, len(data)
    while place < end:
        kind, place = _number(data, place, 2)
        size, place = _number(data, place, 4)
        yield kind, data[place : place + size]
        place += size


def _number(data: bytes, place: int, most: int) -> tuple[int, int]:
    """A number of seven bits a byte, lowest first; returns it and the place behind it."""
    value = 0
    for index in range(most):
        if place >= len(data):
            raise BrokenError("record cut short")
        byte = data[place]
        place += 1
        value |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            break
    return value, place


def check_open_document(data: bytes, limits: LimitSettings) -> None:
    """Add up the repeated rows and cells of an .ods. Raises TooLargeError.

    Every program pads a sheet with empty repeats up to its end; only what lies before a cell with content counts.
    """
    row = column = row_repeat = 0
    for closing, name, attributes, empty in _TAG.findall(data):
        repeat = int(found[1][:12]) if (found := _REPEATED.search(attributes)) else 1
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
