"""Choose the sheet that holds the report, and list others that might hold it too.

Belongs here: choosing by the signed sheet, the layout's sheet names and the number of titles. Where two sheets are filled
differently and nothing decides between them, the sender is asked.
"""

from __future__ import annotations

from config.workbook import WorkbookLayout
from tasks.read.formats.sheet_grid import SheetGrid
from tasks.read.header import SheetTable, find_table, read_headings
from tasks.read.identity import SignedSheet, parse_period

FilledCells = frozenset[tuple[str, str]]


def choose_table(
    grids: tuple[SheetGrid, ...], layout: WorkbookLayout, signed: SignedSheet | None
) -> tuple[SheetTable | None, tuple[str, ...]]:
    """(the table to read, names of the visible sheets that rival it: usually none).

    Visible sheets come before hidden ones. Then the sheet of the signed period wins (without a signature, of the latest
    period), then the layout's sheet name, then a known synonym of it, then the most titles. The signature decides
    between report table and roster.
    """
    identity = signed.identity if signed is not None and signed.is_valid else None
    wanted = identity.period if identity else None
    candidates: list[tuple[tuple[bool, str, int, int], SheetTable]] = []
    for sheet in layout.sheets:
        if identity is not None and identity.kind not in sheet.kinds:
            continue
        for grid in grids:
            if grid.name in (layout.signed_sheet, layout.guide_sheet, layout.pending_sheet):
                continue
            if (table := find_table(grid, layout, sheet.kinds[0])) is not None:
                name_rank = 2 if grid.name.strip() == sheet.name else int(grid.name.strip() in sheet.synonyms)
                candidates.append(((grid.visible, "", name_rank, len(table.columns)), table))
    # Periods are read only where there is a choice.
    if len(candidates) > 1:
        candidates = [((rank[0], _period_rank(table, layout, wanted), *rank[2:]), table) for rank, table in candidates]
    if not candidates:
        return None, ()
    best = max(candidates, key=lambda each: each[0])[1]
    return best, tuple(_rivals(best, [table for _, table in candidates if table is not best], layout, wanted))


def _period_rank(table: SheetTable, layout: WorkbookLayout, wanted: str | None) -> str:
    """Sort key of the stated period; the sheet with the greatest text wins."""
    period = _period(table, layout) or ""
    return period if wanted is None else "wanted" if period == wanted else ""


def _rivals(best: SheetTable, others: list[SheetTable], layout: WorkbookLayout, wanted: str | None) -> list[str]:
    """Names of the other visible sheets of this kind that are filled differently for what may be the same period."""
    if not others:
        return []
    best_cells = _filled_cells(best, layout)
    rivals = [
        table.grid.name
        for table in others
        if table.grid.visible
        and table.kind == best.kind
        and not (wanted and _period(table, layout) not in (None, wanted))
        and (cells := _filled_cells(table, layout))
        and cells != best_cells
    ]
    return [best.grid.name, *rivals] if rivals else []


def _period(table: SheetTable, layout: WorkbookLayout) -> str | None:
    value = read_headings(table.grid, table.header, layout, table.kind).get("period", (None, ""))[0]
    return parse_period(value) if value is not None else None


def _filled_cells(table: SheetTable, layout: WorkbookLayout) -> FilledCells:
    """The cells that the unit filled, by the row's measure, metric and role instead of its number."""
    fields = [each.field for each in layout.columns(table.kind) if each.editable]
    editable = [table.columns[field] for field in fields if field in table.columns]
    keys = [table.columns[field] for field in ("measure_no", "metric", "role") if field in table.columns]
    grid = table.grid
    return frozenset(
        ("|".join(grid.text(row, key) for key in keys), f"{column}={text}")
        for row in range(table.first, grid.height)
        for column in editable
        if (text := grid.text(row, column))
    )
