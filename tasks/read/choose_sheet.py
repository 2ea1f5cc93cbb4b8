"""Which of a workbook's sheets holds the report, and which others might as well.

Belongs here: choosing by the signed sheet, the layout's names and the number of titles. Where two sheets are filled
differently and nothing tells which is meant, the sender is asked.
"""

from __future__ import annotations

from config.workbook import WorkbookLayout
from tasks.read.formats.sheet_grid import SheetGrid
from tasks.read.header import SheetTable, find_table, read_headings
from tasks.read.identity import Signed, parse_period

Cells = frozenset[tuple[str, str]]


def choose_table(
    grids: tuple[SheetGrid, ...], layout: WorkbookLayout, signed: Signed | None
) -> tuple[SheetTable | None, tuple[str, ...]]:
    """The table to read and the names of the visible sheets that rival it (none, as a rule).

    The sheet of the signed period comes first (without a signature the latest), then the one named in the layout, then
    a known other name, then most titles. Hidden sheets are looked at last; the signature tells table and roster apart.
    """
    identity = signed.identity if signed is not None and signed.holds else None
    wanted = identity.period if identity else None
    found: list[tuple[tuple[bool, str, int, int], SheetTable]] = []
    for sheet in layout.sheets:
        if identity is not None and identity.kind not in sheet.kinds:
            continue
        for grid in grids:
            if grid.name in (layout.signed_sheet, layout.guide_sheet, layout.pending_sheet):
                continue
            if (table := find_table(grid, layout, sheet.kinds[0])) is not None:
                named = 2 if grid.name.strip() == sheet.name else int(grid.name.strip() in sheet.synonyms)
                found.append(((grid.visible, "", named, len(table.columns)), table))
    if len(found) > 1:
        found = [((rank[0], _weight(table, layout, wanted), *rank[2:]), table) for rank, table in found]
    if not found:
        return None, ()
    best = max(found, key=lambda each: each[0])[1]
    return best, tuple(_rivals(best, [table for _, table in found if table is not best], layout, wanted))


def _weight(table: SheetTable, layout: WorkbookLayout, wanted: str | None) -> str:
    """What the stated period is worth in choosing a sheet; the greater text wins."""
    period = _period(table, layout) or ""
    return period if wanted is None else "it" if period == wanted else ""


def _rivals(best: SheetTable, others: list[SheetTable], layout: WorkbookLayout, wanted: str | None) -> list[str]:
    """The other visible sheets of the kind that say something else for, as far as is known, the same period."""
    if not others:
        return []
    mine = _filled(best, layout)
    rivals = [
        table.grid.name
        for table in others
        if table.grid.visible
        and table.kind == best.kind
        and not (wanted and _period(table, layout) not in (None, wanted))
        and (said := _filled(table, layout))
        and said != mine
    ]
    return [best.grid.name, *rivals] if rivals else []


def _period(table: SheetTable, layout: WorkbookLayout) -> str | None:
    value = read_headings(table.grid, table.header, layout, table.kind).get("period", (None, ""))[0]
    return parse_period(value) if value is not None else None


def _filled(table: SheetTable, layout: WorkbookLayout) -> Cells:
    """What the unit wrote into the cells that are its own to fill, whichever row they stand in."""
    fields = [each.field for each in layout.columns(table.kind) if each.editable]
    own = [table.columns[field] for field in fields if field in table.columns]
    keys = [table.columns[field] for field in ("measure_no", "metric", "role") if field in table.columns]
    grid = table.grid
    return frozenset(
        ("|".join(grid.text(row, key) for key in keys), f"{column}={text}")
        for row in range(table.first, grid.height)
        for column in own
        if (text := grid.text(row, column))
    )
