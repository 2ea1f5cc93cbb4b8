"""The sheet of contacts (联系人名单): one row for each role, prefilled with the contact in the ledger.

Personal data stays in the unit's own workbook: other units' contacts are left out.
"""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.worksheet import Worksheet

from config.workbook import Column
from tasks.issue.cell_formats import Formats
from tasks.issue.input_cells import input_validation, write_text
from tasks.model.submission import Contact

_ROW_HEIGHT = 30


def write_contacts(
    sheet: Worksheet, formats: Formats, columns: Sequence[Column], unit: str, contacts: Sequence[Contact], row: int
) -> int:
    """Write one row for each role of the layout; returns the number of rows."""
    roles = next((column.values for column in columns if column.field == "role"), ())
    for offset, role in enumerate(roles):
        known = next((person for person in contacts if person.unit == unit and person.role == role), None)
        sheet.set_row(row + offset, _ROW_HEIGHT)
        for index, column in enumerate(columns):
            style = formats.get("fill" if column.editable else "fixed", "@")
            write_text(sheet, row + offset, index, _value(column.field, unit, role, known), style)
    for index, column in enumerate(columns):
        if column.editable:
            sheet.data_validation(row, index, row + max(len(roles), 1) - 1, index, input_validation(column))
    return len(roles)


def _value(field: str, unit: str, role: str, known: Contact | None) -> str:
    if field in ("unit", "role"):
        return unit if field == "unit" else role
    return str(getattr(known, field, "")) if known else ""
