"""Where the cells of an .xlsx sheet are: an address for each that has none, and the top of a sheet that is too long.

Belongs here: rewriting a sheet's XML so that every reader of it agrees. A cell without an address follows the one before
it, blank cells counted; a row without a number follows the row before it. Does not belong here: limits (`safety_checks`).
"""

from __future__ import annotations

import re
from xml.parsers import expat

from config.settings import LimitSettings
from tasks.read.formats.format_errors import BrokenError, TooLargeError
from tasks.read.formats.sheet_grid import cell_address

_ADDRESS = re.compile(r"^([A-Za-z]{1,3})([1-9][0-9]{0,6})$")
_LAST_COLUMN = 1 << 14
_CONTENT = frozenset({"v", "is", "f"})
TOP_ROWS = 100
"""How many rows of a sheet that is too long are kept: more than a table's header may be below the top."""


class _TopReachedError(Exception):
    """All rows that are wanted have been seen."""


class _Walk:
    """One walk over a sheet: the position of each row and cell, and where its tag begins and ends in the bytes."""

    def __init__(self, data: bytes) -> None:
        self._data, self._parser = data, expat.ParserCreate()
        self._parser.StartElementHandler, self._parser.EndElementHandler = self._start, self._end
        self._row = self._column = 0
        self._is_data, self._is_numbered = False, True

    def run(self) -> None:
        """Raises BrokenError for anything that is not a sheet in XML."""
        try:
            self._parser.Parse(self._data, True)
        except (expat.ExpatError, ValueError) as error:
            raise BrokenError(str(error)) from error

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "sheetData":
            self._is_data = True
        elif name == "row" and self._is_data:
            self._row, self._column = _number(attributes.get("r"), self._row + 1), 0
            self._is_numbered = "r" in attributes
            self.found_row(self._row, self._parser.CurrentByteIndex, tag)
        elif name == "c" and self._is_data:
            written = _ADDRESS.match(attributes.get("r", ""))
            self._column = _column(written[1]) if written else self._column + 1
            if written and not self._is_numbered:
                self._row, self._is_numbered = int(written[2]), True
            self.found_cell(self._column, "r" in attributes, self._parser.CurrentByteIndex, tag)
        elif name in _CONTENT and self._is_data:
            self.found_content()

    def _end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name == "c" and self._is_data:
            self.left_cell(self._parser.CurrentByteIndex)
        elif name == "row" and self._is_data:
            self.left_row()
        elif name == "sheetData":
            self._is_data = False

    def found_row(self, row: int, at: int, tag: str) -> None:
        """A row begins at byte `at`."""

    def found_cell(self, column: int, is_addressed: bool, at: int, tag: str) -> None:
        """A cell begins at byte `at`."""

    def found_content(self) -> None:
        """The cell has a value, a text or a formula."""

    def left_cell(self, at: int) -> None:
        """The end tag of a cell is at byte `at`; of a cell in one tag, that tag."""

    def left_row(self) -> None:
        """A row ends."""


class _Addressing(_Walk):
    def __init__(self, data: bytes, limits: LimitSettings) -> None:
        super().__init__(data)
        self._done, self._taken, self._limits = bytearray(), 0, limits
        # Where the number of a row belongs: its first cell may tell it.
        self._row_at: int | None = None

    def found_row(self, row: int, at: int, tag: str) -> None:
        self._row_at = None if self._is_numbered else at + 1 + len(tag.encode())

    def found_cell(self, column: int, is_addressed: bool, at: int, tag: str) -> None:
        self.left_row()
        if column > _LAST_COLUMN:
            raise TooLargeError(f"用到第{column}列", f"{self._limits.columns}列")
        if not is_addressed:
            self._insert(at + 1 + len(tag.encode()), cell_address(self._row - 1, column - 1))

    def found_content(self) -> None:
        if self._row < 1:
            raise BrokenError("a cell outside of any row")
        check_reach(self._row, self._column, self._limits)

    def left_row(self) -> None:
        if self._row_at is not None:
            self._insert(self._row_at, str(self._row))
            self._row_at = None

    def _insert(self, at: int, text: str) -> None:
        self._done += self._data[self._taken : at]
        self._done += f' r="{text}"'.encode()
        self._taken = at

    def result(self) -> bytes:
        self.run()
        return bytes(self._done + self._data[self._taken :])


class _Top(_Walk):
    def __init__(self, data: bytes, columns: int) -> None:
        super().__init__(data)
        self._columns, self._kept, self._taken, self._dropped = columns, bytearray(), 0, False
        self._prefix = ""

    def found_row(self, row: int, at: int, tag: str) -> None:
        self._prefix = tag.rpartition(":")[0]
        if row > TOP_ROWS:
            self._keep(at)
            raise _TopReachedError

    def found_cell(self, column: int, is_addressed: bool, at: int, tag: str) -> None:
        if self._dropped:
            self._taken, self._dropped = at, False
        if column > self._columns:
            self._keep(at)
            self._dropped = True

    def left_cell(self, at: int) -> None:
        if self._dropped:
            self._taken, self._dropped = self._data.index(b">", at) + 1, False

    def _keep(self, until: int) -> None:
        self._kept += self._data[self._taken : until]
        self._taken = until

    def result(self) -> bytes:
        try:
            self.run()
        except _TopReachedError:
            prefix = f"{self._prefix}:" if self._prefix else ""
            return bytes(self._kept) + f"</{prefix}sheetData></{prefix}worksheet>".encode()
        return bytes(self._kept + self._data[self._taken :])


def check_reach(row: int, column: int, limits: LimitSettings) -> None:
    """Raises TooLargeError when the last row or column with content (from 1) lies beyond the limits."""
    if row > limits.rows:
        raise TooLargeError(f"用到第{row}行", f"{limits.rows}行")
    if column > limits.columns:
        raise TooLargeError(f"用到第{column}列", f"{limits.columns}列")


def addressed_sheet(data: bytes, limits: LimitSettings) -> bytes:
    """The sheet with an address in every cell and a number in every row.

    Raises TooLargeError at the first content beyond the limits, BrokenError for anything that is not a sheet.
    """
    return _Addressing(data, limits).result()


def top_of_sheet(data: bytes, limits: LimitSettings) -> bytes:
    """The first `TOP_ROWS` rows of a sheet, all cells addressed, without those beyond the limit of columns.

    Raises BrokenError for anything that is not a sheet.
    """
    try:
        return addressed_sheet(_Top(data, limits.columns).result(), limits)
    except TooLargeError as error:
        raise BrokenError(error.what) from error


def _number(text: str | None, otherwise: int) -> int:
    return int(text[:12]) if text and text.isascii() and text.isdigit() else otherwise


def _column(letters: str) -> int:
    column = 0
    for char in letters.upper():
        column = column * 26 + ord(char) - 64
    return column
