"""Finding the table on a sheet: its header row (or two), its columns, and the labelled cells above.

Belongs here: matching titles through the layout's synonyms. No guessing by likeness.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from config.workbook import WorkbookLayout
from tasks.model.words import Kind
from tasks.read.formats.grid import SheetGrid, cell_address

# Fewer titles than this are chance: a paragraph may well hold the words 问题 and 备注.
_FEWEST_TITLES = 4


class SheetTable(NamedTuple):
    """Where a table lies. `columns` maps a field to its column from 0; data begins at row `first` (from 0)."""

    grid: SheetGrid
    kind: Kind
    header: int
    first: int
    columns: Mapping[str, int]


def find_table(grid: SheetGrid, layout: WorkbookLayout, kind: Kind) -> SheetTable | None:
    """The table of this kind on a sheet, under the header with most known titles; None where there is none."""
    rows = min(layout.header_search_rows, grid.height)
    if (whole := _whole_table(grid, rows, layout, kind)) is not None:
        return whole
    return _best_table(grid, [grid.texts(row) for row in range(rows + 1)], layout, kind)


def _whole_table(grid: SheetGrid, rows: int, layout: WorkbookLayout, kind: Kind) -> SheetTable | None:
    """The first table with every title in one row; None where there is none, or a header of two rows may be above it.

    No other header can have more, and so nearly every sheet costs one look-up.
    """
    everything = len(layout.columns(kind))
    # Most rows above a table cannot show as many titles, which is quicker to see than what they do show.
    at_most = grid.stretches(0)
    for row in range(rows):
        if at_most >= everything and _texts_in([texts := grid.texts(row)]) >= everything:
            columns = layout.columns_of(tuple(texts), kind)
            return SheetTable(grid, kind, row, row + 1, columns) if len(columns) == everything else None
        at_most_below = grid.stretches(row + 1)
        if at_most + at_most_below > everything:
            below = grid.texts(row + 1)
            if _texts_in([below]) < everything <= _texts_in([grid.texts(row), below]):
                return None
        at_most = at_most_below
    return None


def _best_table(
    grid: SheetGrid, shown: Sequence[Sequence[str]], layout: WorkbookLayout, kind: Kind
) -> SheetTable | None:
    best: SheetTable | None = None
    for row in range(len(shown) - 1):
        for height in (1, 2):
            # Fewer texts than the best has titles, or than any table has: most rows need no closer look.
            if _texts_in(shown[row : row + height]) < max(len(best.columns) if best else 0, _FEWEST_TITLES):
                continue
            columns = _columns(shown[row], shown[row + 1] if height == 2 else (), layout, kind)
            # A blank row above a plain header adds no title: then the header is the one row.
            plainer = best is not None and height == 1 and (best.header, best.first) == (row - 1, row + 1)
            if best is None or len(columns) >= len(best.columns) + (0 if plainer else 1):
                best = SheetTable(grid, kind, row, row + height, columns)
    return best if best is not None and len(best.columns) >= _FEWEST_TITLES else None


def _texts_in(rows: Sequence[Sequence[str]]) -> int:
    """How many different texts stand side by side in one of these rows or over both; no more titles than that."""
    seen = set(rows[0]) if len(rows) == 1 else set(zip(*rows, strict=True))
    return len(seen) - ("" in seen or ("", "") in seen)


def _columns(top: Sequence[str], below: Sequence[str], layout: WorkbookLayout, kind: Kind) -> dict[str, int]:
    """field -> column of a header in one row or two; the leftmost of two columns with one title counts."""
    columns: dict[str, int] = {}
    last, field = ("", ""), None
    for column, pair in enumerate(zip(top, below or [""] * len(top), strict=True)):
        # A merged text stands in every column it covers: one look-up is enough.
        if pair != last:
            last, field = pair, _field(*pair, layout, kind)
        if field is not None:
            columns.setdefault(field, column)
    return columns


def _field(top: str, bottom: str, layout: WorkbookLayout, kind: Kind) -> str | None:
    """What a title over two rows may mean: the lower alone, both together, the upper one reaching down."""
    if not bottom or bottom == top:
        return layout.field_of(top, kind) if top else None
    return layout.field_of(bottom, kind) or layout.field_of(top + bottom, kind)


def extra_columns(table: SheetTable) -> dict[int, str]:
    """column -> title of every titled column beside the layout's own: what a unit added for itself."""
    grid, below = table.grid, table.first - table.header == 2
    known = set(table.columns.values())
    if len(known) == grid.width:
        return {}
    found: dict[int, str] = {}
    for column in range(grid.width):
        if column in known:
            continue
        top, bottom = _title(grid, table.header, column), _title(grid, table.header + 1, column) if below else ""
        if title := (bottom if bottom and bottom != top else top).strip():
            found[column] = " ".join(title.split())
    return found


def _title(grid: SheetGrid, row: int, column: int) -> str:
    """The text a reader sees at a position: a merged range shows its first cell's text all over."""
    covering = grid.merged_at(row, column)
    return grid.text(*covering[0]) if covering else grid.text(row, column)


def read_headings(grid: SheetGrid, above: int, layout: WorkbookLayout, kind: Kind) -> dict[str, tuple[object, str]]:
    """field -> (value or None, address) of every labelled cell above row `above`. The first of two alike counts."""
    found: dict[str, tuple[object, str]] = {}
    for row in range(min(above, grid.height)):
        cells = grid.row(row)
        for index, (column, value) in enumerate(cells):
            field, rest = layout.labelled(str(value), kind)
            if field is None or field in found:
                continue
            if rest:
                found[field] = (rest, cell_address(row, column))
                continue
            following = cells[index + 1] if index + 1 < len(cells) else None
            if following is not None and layout.labelled(str(following[1]), kind)[0] is None:
                found[field] = (following[1], cell_address(row, following[0]))
            else:
                found[field] = (None, cell_address(row, _after(grid, row, column)))
    return found


def _after(grid: SheetGrid, row: int, column: int) -> int:
    """The column behind a label, where its value would stand."""
    covering = grid.merged_at(row, column)
    return (covering[1][1] if covering else column) + 1


def missing_titles(table: SheetTable, layout: WorkbookLayout) -> list[str]:
    """Titles of the columns that are missing: the required ones, and those that a present one requires."""
    return [
        column.title
        for column in layout.columns(table.kind)
        if column.field not in table.columns
        and (column.required or (column.required_when and column.required_when.field in table.columns))
    ]
