"""One sheet as a grid of raw values with absolute addresses.

Belongs here: addressing, blanks, merged ranges. Nothing here knows what a column means.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from tasks.caching import cached

Position = tuple[int, int]
Range = tuple[Position, Position]
BLANK = " \t\r\n\u00a0\u3000\u200b\ufeff"
"""The white space that, alone in a cell, says nothing."""


class MergedRow(NamedTuple):
    """The merged ranges that a row has a part in, how many columns they cover, and in how many stretches at most."""

    ranges: Sequence[Range]
    covered: int
    shown: int


_NOT_MERGED = MergedRow((), 0, 0)


@dataclass(frozen=True, slots=True)
class SheetGrid:
    """One sheet. `cells` has every row from the top to the last with a value, equally wide; None where a cell is blank.

    `overlay` are the texts there that no cell holds: errors, formulas without a result, numbers with a painted unit.
    `percents` are the positions of numbers formatted as a percentage. `merged` are inclusive ranges. `hidden` are
    rows from 0, `notes` the cells the unit commented on; `boxes` whether text floats above the cells, `from_1904`
    whether serial days count from 1904.
    """

    name: str
    cells: Sequence[Sequence[object]]
    visible: bool = True
    merged: tuple[Range, ...] = ()
    overlay: Mapping[Position, str] = field(default_factory=dict)
    percents: frozenset[Position] = frozenset()
    hidden: frozenset[int] = frozenset()
    notes: tuple[str, ...] = ()
    boxes: bool = False
    from_1904: bool = False
    _merged_by_row: Mapping[int, MergedRow] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_row = _by_row(self.merged, self.height, self.width) if self.merged else {}
        object.__setattr__(self, "_merged_by_row", by_row)

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
        """The texts a reader sees in a row: a merged range shows its first cell's text all over. Blank outside."""
        seen = (
            ["" if cell is None else str(cell) for cell in self.cells[row]] if row < self.height else [""] * self.width
        )
        for (top, left), (_, right) in self._merged_by_row.get(row, _NOT_MERGED).ranges:
            seen[left : right + 1] = [self.text(top, left)] * len(seen[left : right + 1])
        return seen

    def stretches(self, row: int) -> int:
        """An upper bound of how many stretches, each of one text or of blanks, a reader sees side by side in a row."""
        merged, width = self._merged_by_row.get(row, _NOT_MERGED), self.width
        texts = merged.shown + (width - self.cells[row].count(None) if row < len(self.cells) else 0)
        # No more blank ones than there are texts, and one.
        return merged.shown + min(width - merged.covered, 2 * texts + 1)

    def row(self, row: int) -> list[tuple[int, object]]:
        """(column, value) of every cell of a row that is not blank."""
        cells = self.cells[row] if row < len(self.cells) else ()
        return [(column, value) for column, value in enumerate(cells) if value is not None]

    @property
    def merged_rows(self) -> Iterable[int]:
        """The rows that a merged range covers any cell of."""
        return self._merged_by_row

    def merged_at(self, row: int, column: int) -> Range | None:
        """The merged range that covers a position, if any."""
        for covered in self._merged_by_row.get(row, _NOT_MERGED).ranges:
            if covered[0][1] <= column <= covered[1][1]:
                return covered
        return None


# Workbooks of one issue have the same ranges.
@cached(32, 1 << 10)
def _by_row(merged: tuple[Range, ...], height: int, width: int) -> Mapping[int, MergedRow]:
    by_row: dict[int, list[Range]] = {}
    # Ranges that do not overlap have no more parts than there are cells. Others no program writes: the rest of them
    # is left out, for there may be any number.
    left = (height + 1) * width
    for covered in merged:
        # A range may reach to the sheet's end; below and beside the last value nobody looks.
        rows = range(covered[0][0], min(covered[1][0], height) + 1) if covered[0][1] < width else ()
        left -= len(rows)
        if left < 0:
            break
        for row in rows:
            by_row.setdefault(row, []).append(covered)
    return {row: _merged_row(ranges, width) for row, ranges in by_row.items()}


def _merged_row(ranges: Sequence[Range], width: int) -> MergedRow:
    reach = covered = overlapping = 0
    for left, right in sorted((left, right) for (_, left), (_, right) in ranges):
        beyond = min(right + 1, width)
        covered += max(0, beyond - max(left, reach))
        overlapping += left < reach
        reach = max(reach, beyond)
    # One that lies over another parts it in two.
    return MergedRow(ranges, covered, len(ranges) + overlapping)


def laid_out(
    rows: Sequence[Sequence[object]], origin: Position = (0, 0), overlay: Mapping[Position, str] | None = None
) -> list[list[object]]:
    """The `cells` of a grid from rows that begin at `origin`, where blanks are '', and from what lies over them."""
    over = overlay or {}
    top, left = origin
    height = max(top + len(rows), max((row + 1 for row, _ in over), default=0))
    width = max(left + max(map(len, rows), default=0), max((column + 1 for _, column in over), default=0))
    blank: list[object] = [None] * width
    cells = [blank] * top
    for row in rows:
        # Nothing, or white space only, is blank.
        line = [
            None if isinstance(cell, str) and (not cell or (cell[0] in BLANK and not cell.strip(BLANK))) else cell
            for cell in row
        ]
        short = width - left - len(line)
        cells.append(blank[:left] + line + blank[:short] if left or short else line)
    cells += [blank] * (height - len(cells))
    for (down, right), text in over.items():
        line = cells[down] = list(cells[down])
        line[right] = text
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


def cell_position(ref: str) -> Position:
    """The position (row, column from 0) of an A1 address of plain letters and digits."""
    column = 0
    head = ref.rstrip("0123456789")
    for char in head:
        column = column * 26 + ord(char) - 64
    return int(ref[len(head) :]) - 1, column - 1
