"""Find the table on a sheet: its header of one row or two, its columns, and the labelled cells above it.

Belongs here: matching titles by the layout's synonyms. Does not belong here: guessing by similarity.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from config.workbook import WorkbookLayout
from tasks.model.words import Kind
from tasks.read.formats.sheet_grid import SheetGrid, cell_address

# Fewer titles may be chance: a paragraph may contain the words 问题 and 备注.
_MIN_TITLES = 4


class SheetTable(NamedTuple):
    """The place of a table: `columns` maps a field to its column, `header` and `first` are the header's first row and the
    first data row; all from 0.
    """

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
    """The first table with every title in one row; None where there is none, or a header of two rows may precede it.

    No other header can have more titles, so that nearly every sheet needs one look-up.
    """
    everything = len(layout.columns(kind))
    # This bound rules out most rows above a table, and is cheaper than their texts.
    at_most = grid.max_text_runs(0)
    for row in range(rows):
        if at_most >= everything and _texts_in([texts := grid.texts(row)]) >= everything:
            columns = layout.columns_of(tuple(texts), kind)
            return SheetTable(grid, kind, row, row + 1, columns) if len(columns) == everything else None
        at_most_below = grid.max_text_runs(row + 1)
        if at_most + at_most_below > everything:
            below = grid.texts(row + 1)
            if _texts_in([below]) < everything <= _texts_in([grid.texts(row), below]):
                return None
        at_most = at_most_below
    return None


def _best_table(
    grid: SheetGrid, texts: Sequence[Sequence[str]], layout: WorkbookLayout, kind: Kind
) -> SheetTable | None:
    best: SheetTable | None = None
    for row in range(len(texts) - 1):
        for height in (1, 2):
            # Most rows have fewer texts than the best header so far has titles, or than any table has.
            if _texts_in(texts[row : row + height]) < max(len(best.columns) if best else 0, _MIN_TITLES):
                continue
            columns = _columns(texts[row], texts[row + 1] if height == 2 else (), layout, kind)
            # Of a blank row and a header, only the latter is the header.
            is_simpler = best is not None and height == 1 and (best.header, best.first) == (row - 1, row + 1)
            if best is None or len(columns) >= len(best.columns) + (0 if is_simpler else 1):
                best = SheetTable(grid, kind, row, row + height, columns)
    return best if best is not None and len(best.columns) >= _MIN_TITLES else None


def _texts_in(rows: Sequence[Sequence[str]]) -> int:
    """The number of different texts in a row, or of different pairs in two rows: an upper bound of the titles."""
    texts = set(rows[0]) if len(rows) == 1 else set(zip(*rows, strict=True))
    return len(texts) - ("" in texts or ("", "") in texts)


def _columns(top: Sequence[str], below: Sequence[str], layout: WorkbookLayout, kind: Kind) -> dict[str, int]:
    """field -> column of a header of one row or two; of two columns with the same title the left one counts."""
    columns: dict[str, int] = {}
    last, field = ("", ""), None
    for column, pair in enumerate(zip(top, below or [""] * len(top), strict=True)):
        # A merged text appears in every column it covers: one look-up is enough.
        if pair != last:
            last, field = pair, _field(*pair, layout, kind)
        if field is not None:
            columns.setdefault(field, column)
    return columns


def _field(top: str, bottom: str, layout: WorkbookLayout, kind: Kind) -> str | None:
    """The field of a title over two rows: of the lower text, else of both texts together, or of a text merged downwards."""
    if not bottom or bottom == top:
        return layout.field_of(top, kind) if top else None
    return layout.field_of(bottom, kind) or layout.field_of(top + bottom, kind)


def extra_columns(table: SheetTable) -> dict[int, str]:
    """column -> title of the columns that the unit added to the layout's."""
    grid, below = table.grid, table.first - table.header == 2
    known = set(table.columns.values())
    if len(known) == grid.width:
        return {}
    titles: dict[int, str] = {}
    for column in range(grid.width):
        if column in known:
            continue
        top, bottom = _title(grid, table.header, column), _title(grid, table.header + 1, column) if below else ""
        if title := (bottom if bottom and bottom != top else top).strip():
            titles[column] = " ".join(title.split())
    return titles


def _title(grid: SheetGrid, row: int, column: int) -> str:
    """The text displayed at a position: a merged range shows its first cell's text."""
    covering = grid.merged_at(row, column)
    return grid.text(*covering[0]) if covering else grid.text(row, column)


def read_headings(grid: SheetGrid, above: int, layout: WorkbookLayout, kind: Kind) -> dict[str, tuple[object, str]]:
    """field -> (value or None, address) of every labelled cell above row `above`. Of two equal labels the first counts."""
    headings: dict[str, tuple[object, str]] = {}
    for row in range(min(above, grid.height)):
        cells = grid.row(row)
        for index, (column, value) in enumerate(cells):
            # A label may be followed by its value in the same cell.
            field, rest = layout.read_label(str(value), kind)
            if field is None or field in headings:
                continue
            if rest:
                headings[field] = (rest, cell_address(row, column))
                continue
            following = cells[index + 1] if index + 1 < len(cells) else None
            if following is not None and layout.read_label(str(following[1]), kind)[0] is None:
                headings[field] = (following[1], cell_address(row, following[0]))
            else:
                headings[field] = (None, cell_address(row, _column_after(grid, row, column)))
    return headings


def _column_after(grid: SheetGrid, row: int, column: int) -> int:
    """The column after a label, where its value belongs."""
    covering = grid.merged_at(row, column)
    return (covering[1][1] if covering else column) + 1


def missing_titles(table: SheetTable, layout: WorkbookLayout) -> list[str]:
    """Titles of the missing columns: the required ones, and those that another, present column requires."""
    return [
        column.title
        for column in layout.columns(table.kind)
        if column.field not in table.columns
        and (column.required or (column.required_when and column.required_when.field in table.columns))
    ]
