"""Findings about a sheet as a whole: columns the unit added, hidden rows, comments, formulas and errors in text cells.

Does not belong here: whether a value is right (`validate`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from config.workbook import WorkbookLayout
from tasks.model.finding import make_finding
from tasks.model.submission import Finding, ReadRow
from tasks.read.formats.sheet_grid import SheetMetadata, cell_address, column_letters
from tasks.read.header import SheetTable, extra_columns
from tasks.read.table_rows import EXTRA

_ERROR = re.compile(r"^(?:#(?:REF!|N/A|DIV/0!|NAME\?|VALUE!|NUM!|NULL!|SPILL!|CALC!|ERROR)|Err:\d{3})$", re.IGNORECASE)
# Refers to cells or calls a function. "=资金未到位" is prose that a program took for a formula; it is kept.
_FORMULA = re.compile(r"^=.*(?:[A-Za-z]{1,3}\$?\d|\()", re.DOTALL)
_MAX_CELLS = 20


def sheet_findings(
    table: SheetTable, rows: Sequence[ReadRow], layout: WorkbookLayout, is_text: bool
) -> Iterator[Finding]:
    """The findings of one sheet. `is_text`: the file is .csv or .tsv, where formulas and errors are plain text."""
    metadata, sheet = table.grid.metadata, table.grid.name
    if metadata.overlay or is_text:
        yield from _broken_texts(table, rows, layout)
    if any(EXTRA in row.values for row in rows):
        extra = extra_columns(table)
        cells = [cell_address(table.header, column) for column in extra]
        yield make_finding("R022", sheet=sheet, cells=cells, value="、".join(extra.values()))
    if hidden := [row.number for row in rows if row.number - 1 in metadata.hidden_rows]:
        first = column_letters(min(table.columns.values()))
        yield make_finding("R023", sheet=sheet, cells=[f"{first}{number}" for number in hidden[:_MAX_CELLS]])
    if unread := _unread(metadata):
        yield make_finding("R024", sheet=sheet, cells=metadata.commented[:_MAX_CELLS], value=unread)


def _unread(metadata: SheetMetadata) -> str:
    """What the sheet has that is not read: comments, text boxes."""
    present = (("批注", metadata.commented), ("文本框", metadata.has_text_box))
    return "和".join(word for word, is_present in present if is_present)


def _broken_texts(table: SheetTable, rows: Sequence[ReadRow], layout: WorkbookLayout) -> Iterator[Finding]:
    """Error values and formulas without a result in columns for text, choices or dates: never taken as text."""
    fields = [each.field for each in layout.columns(table.kind) if each.editable and each.value != "number"]
    for row in rows:
        for field in fields:
            value = row.values.get(field)
            if not isinstance(value, str) or value[:1] not in "#=E":
                continue
            position = (row.number - 1, table.columns.get(field, -1))
            is_formula = position in table.grid.metadata.overlay and bool(_FORMULA.match(value))
            if is_formula or _ERROR.match(value.strip()):
                yield make_finding(
                    "V105" if is_formula else "V104",
                    sheet=table.grid.name,
                    cells=(cell_address(*position),),
                    measure=str(row.values.get("measure_no") or "") or None,
                    value=value,
                )
