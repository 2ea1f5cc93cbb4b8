"""Issued workbooks for the tests, built from the layout: locked and merged cells, and the hidden signed sheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.styles import Protection
from openpyxl.worksheet.datavalidation import DataValidation

from config.workbook import Kind, WorkbookLayout
from config.workbook_file import load_layout

Issue = Callable[..., Path]


@pytest.fixture(scope="session")
def layout() -> WorkbookLayout:
    return load_layout()


@pytest.fixture
def issue(tmp_path: Path, layout: WorkbookLayout) -> Issue:
    """issue(rows, kind=, path=, identity=): an issued workbook with these prefilled rows (field -> value)."""

    def make(
        rows: Sequence[dict[str, object]],
        kind: Kind = "progress",
        path: Path | None = None,
        identity: dict[str, str] | None = None,
    ) -> Path:
        book = _book(layout, kind, rows, {"plan": "p", "kind": kind, "period": "2023-10", **(identity or {})})
        path = path or tmp_path / "发放" / "报表.xlsx"
        path.parent.mkdir(parents=True, exist_ok=True)
        book.save(path)
        return path

    return make


def _book(layout: WorkbookLayout, kind: Kind, rows: Sequence[dict[str, object]], identity: dict[str, str]) -> Workbook:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = layout.sheet(kind).name
    for number, heading in enumerate(layout.headings(kind), start=1):
        sheet.cell(number, 1, f"{heading.title}：")
        sheet.merge_cells(start_row=number, end_row=number, start_column=1, end_column=2)
        sheet.merge_cells(start_row=number, end_row=number, start_column=3, end_column=4)
        sheet.cell(number, 3).protection = Protection(locked=not heading.editable)
    header = len(layout.headings(kind)) + 2
    for number, column in enumerate(layout.columns(kind), start=1):
        sheet.cell(header, number, column.title)
        for row_number, row in enumerate(rows, start=header + 1):
            cell = sheet.cell(row_number, number, row.get(column.field))
            cell.protection = Protection(locked=not column.editable)
    sheet.protection.enable()
    if kind != "roster":
        states = DataValidation("list", formula1='"已完成,正常推进"')
        states.add(f"I{header + 1}:I{header + len(rows)}")
        sheet.add_data_validation(states)
    hidden = book.create_sheet(layout.signed_sheet)
    hidden.sheet_state = "veryHidden"
    for pair in identity.items():
        hidden.append(pair)
    return book
