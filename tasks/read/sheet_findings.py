"""What a reader sees beside the rows and must say: columns of the unit's own, hidden rows, notes, broken text cells.

Belongs here: findings about how a sheet was filled that no single value shows. Figures are judged in `validate`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from config.workbook import WorkbookLayout
from tasks.model.finding import make_finding
from tasks.model.submission import Finding, ReadRow
from tasks.read.formats.sheet_grid import SheetGrid, cell_address, column_letters
from tasks.read.header import SheetTable, extra_columns
from tasks.read.table_rows import EXTRA

_ERROR = re.compile(r"^(?:#(?:REF!|N/A|DIV/0!|NAME\?|VALUE!|NUM!|NULL!|SPILL!|CALC!|ERROR)|Err:\d{3})$", re.IGNORECASE)
# What refers to cells or calls a function; "=资金未到位" is prose that a program took for a formula, and is kept.
_FORMULA = re.compile(r"^=.*(?:[A-Za-z]{1,3}\$?\d|\()", re.DOTALL)
_SHOWN_CELLS = 20


def remarks(table: SheetTable, rows: Sequence[ReadRow], layout: WorkbookLayout, is_text: bool) -> Iterator[Finding]:
    """The findings beside the values. `is_text` tells a file that keeps formulas and errors only as text."""
    grid, sheet = table.grid, table.grid.name
    if grid.overlay or is_text:
        yield from _broken_texts(table, rows, layout)
    if any(EXTRA in row.values for row in rows):
        extra = extra_columns(table)
        cells = [cell_address(table.header, column) for column in extra]
        yield make_finding("R022", sheet=sheet, cells=cells, value="、".join(extra.values()))
    if grid.hidden and (hidden := [row.number for row in rows if row.number - 1 in grid.hidden]):
        first = column_letters(min(table.columns.values()))
        yield make_finding("R023", sheet=sheet, cells=[f"{first}{number}" for number in hidden[:_SHOWN_CELLS]])
    if unread := _unread(grid):
        yield make_finding("R024", sheet=sheet, cells=grid.notes[:_SHOWN_CELLS], value=unread)


def _unread(grid: SheetGrid) -> str:
    return "和".join(word for word, there in (("批注", grid.notes), ("文本框", grid.boxes)) if there)


def _broken_texts(table: SheetTable, rows: Sequence[ReadRow], layout: WorkbookLayout) -> Iterator[Finding]:
    """Error values and formulas without a result where words, a choice or a day are due: never taken as text."""
    fields = [each.field for each in layout.columns(table.kind) if each.editable and each.value != "number"]
    for row in rows:
        for field in fields:
            value = row.values.get(field)
            if not isinstance(value, str) or value[:1] not in "#=E":
                continue
            place = (row.number - 1, table.columns.get(field, -1))
            is_formula = place in table.grid.overlay and bool(_FORMULA.match(value))
            if is_formula or _ERROR.match(value.strip()):
                yield make_finding(
                    "V105" if is_formula else "V104",
                    sheet=table.grid.name,
                    cells=(cell_address(*place),),
                    measure=str(row.values.get("measure_no") or "") or None,
                    value=value,
                )
