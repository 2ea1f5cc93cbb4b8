"""One sheet as a grid of raw values with absolute addresses.

Belongs here: addresses, blank cells, merged ranges. Does not belong here: what a column means (`header`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

Position = tuple[int, int]
Range = tuple[Position, Position]
BLANK = " \t\r\n\u00a0\u3000\u200b\ufeff"
"""The characters that leave a cell blank when it holds nothing else."""


class MergedRow(NamedTuple):
    """The merged ranges that touch a row, how many columns they cover, and an upper bound of the texts they show."""

    ranges: Sequence[Range]
    covered: int
    max_texts: int


_NOT_MERGED = MergedRow((), 0, 0)


@dataclass(frozen=True, slots=True)
class SheetMetadata:
    """What a sheet holds besides values; positions and rows count from 0.

    `overlay`: texts shown where no cell holds them: error values, formulas without a result, numbers whose format adds a
    unit. `percents`: numbers formatted as a percentage. `commented`: addresses of the cells the unit commented on.
    `has_text_box`: text floats above the cells. `from_1904`: serial days count from 1904.
    """

    overlay: Mapping[Position, str] = field(default_factory=dict)
    percents: frozenset[Position] = frozenset()
    hidden_rows: frozenset[int] = frozenset()
    commented: tuple[str, ...] = ()
    has_text_box: bool = False
    from_1904: bool = False


NO_METADATA = SheetMetadata()


@dataclass(frozen=True, slots=True)
class SheetGrid:
    """One sheet. `cells` has every row down to the last with a value, all equally wide; None where a cell is blank.

    `merged` are inclusive ranges.
    """

    name: str
    cells: Sequence[Sequence[object]]
    visible: bool = True
    merged: tuple[Range, ...] = ()
    metadata: SheetMetadata = NO_METADATA
    _merged_by_row: Mapping[int, MergedRow] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_merged_by_row", _by_row(self.merged, self.height, self.width))

    @property
    def height(self) -> int:
        """Number of rows from the top of the sheet to the last one with a value."""
        return len(self.cells)

    @property
    def width(self) -> int:
        """Number of columns from the left edge to the last one with a value."""
        return len(self.cells[0]) if self.cells else 0

    def value(self, row: int, column: int) -> object:
        """The raw value at a position from 0; None where the cell is blank or outside."""
        if not 0 <= row < len(self.cells) or not 0 <= column < len(self.cells[row]):
            return None
        return self.cells[row][column]

    def text(self, row: int, column: int) -> str:
        """The value as text, '' where blank."""
        value = self.value(row, column)
        return "" if value is None else str(value)

    def texts(self, row: int) -> list[str]:
        """The texts of a row as displayed: a merged range repeats its first cell's text. Blank below the last row."""
        texts = (
            ["" if cell is None else str(cell) for cell in self.cells[row]] if row < self.height else [""] * self.width
        )
        for (top, left), (_, right) in self._merged_by_row.get(row, _NOT_MERGED).ranges:
            texts[left : right + 1] = [self.text(top, left)] * len(texts[left : right + 1])
        return texts

    def max_text_runs(self, row: int) -> int:
        """An upper bound of the number of runs of equal (or blank) neighbouring texts in a row; cheaper than `texts`."""
        merged, width = self._merged_by_row.get(row, _NOT_MERGED), self.width
        texts = merged.max_texts + (width - self.cells[row].count(None) if row < len(self.cells) else 0)
        # Texts separate at most one more run of blanks than there are texts.
        return merged.max_texts + min(width - merged.covered, 2 * texts + 1)

    def row(self, row: int) -> list[tuple[int, object]]:
        """(column, value) of every cell of a row that is not blank."""
        cells = self.cells[row] if row < len(self.cells) else ()
        return [(column, value) for column, value in enumerate(cells) if value is not None]

    @property
    def merged_rows(self) -> Iterable[int]:
        """The rows that any merged range touches."""
        return self._merged_by_row

    def merged_at(self, row: int, column: int) -> Range | None:
        """The merged range that covers a position, if any."""
        for covering in self._merged_by_row.get(row, _NOT_MERGED).ranges:
            if covering[0][1] <= column <= covering[1][1]:
                return covering
        return None


def _by_row(merged: tuple[Range, ...], height: int, width: int) -> Mapping[int, MergedRow]:
    by_row: dict[int, list[Range]] = {}
    # Ranges that do not overlap touch no more rows in all than there are cells. No program writes others; the rest of
    # them is dropped, because a hostile file may hold any number.
    rows_left = (height + 1) * width
    for covering in merged:
        # A range may reach to the sheet's end; nothing below or beside the last value is ever looked up.
        rows = range(covering[0][0], min(covering[1][0], height) + 1) if covering[0][1] < width else ()
        rows_left -= len(rows)
        if rows_left < 0:
            break
        for row in rows:
            by_row.setdefault(row, []).append(covering)
    return {row: _merged_row(ranges, width) for row, ranges in by_row.items()}


def _merged_row(ranges: Sequence[Range], width: int) -> MergedRow:
    reach = covered = overlapping = 0
    for left, right in sorted((left, right) for (_, left), (_, right) in ranges):
        end = min(right + 1, width)
        covered += max(0, end - max(left, reach))
        overlapping += left < reach
        reach = max(reach, end)
    # A range that overlaps another one splits it in two.
    return MergedRow(ranges, covered, len(ranges) + overlapping)


def grid_cells(
    rows: Sequence[Sequence[object]], origin: Position = (0, 0), overlay: Mapping[Position, str] | None = None
) -> list[list[object]]:
    """The `cells` of a grid: `rows` begin at `origin` and have '' where blank; texts of the overlay replace values."""
    overlay = overlay or {}
    top, left = origin
    height = max(top + len(rows), max((row + 1 for row, _ in overlay), default=0))
    width = max(left + max(map(len, rows), default=0), max((column + 1 for _, column in overlay), default=0))
    blank: list[object] = [None] * width
    cells = [blank] * top
    for row in rows:
        values = [
            None if isinstance(cell, str) and (not cell or (cell[0] in BLANK and not cell.strip(BLANK))) else cell
            for cell in row
        ]
        missing = width - left - len(values)
        cells.append(blank[:left] + values + blank[:missing] if left or missing else values)
    cells += [blank] * (height - len(cells))
    for (row_index, column), text in overlay.items():
        # Copied, because blank rows share one list.
        changed = cells[row_index] = list(cells[row_index])
        changed[column] = text
    return cells


@lru_cache(maxsize=256)
def column_letters(column: int) -> str:
    """The letters of a column counted from 0: 0 is A, 26 is AA."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def cell_address(row: int, column: int) -> str:
    """The A1 address of a position counted from 0."""
    return f"{column_letters(column)}{row + 1}"


def cell_position(address: str) -> Position:
    """The position (row, column from 0) of an A1 address of plain letters and digits."""
    column = 0
    letters = address.rstrip("0123456789")
    for char in letters:
        column = column * 26 + ord(char) - 64
    return int(address[len(letters) :]) - 1, column - 1
