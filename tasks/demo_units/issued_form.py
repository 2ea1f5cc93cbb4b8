"""An issued workbook as a form to fill: labelled cells, a table, and locked cells that refuse input.

Belongs here: opening, finding cells by their titles, typing, saving. Does not belong here: what to type (`clerk`,
`story`).
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.utils.cell import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from config.name_matching import normalise_title
from config.workbook import WorkbookLayout
from tasks.demo_units.typed_answers import Value
from tasks.errors import InputError
from tasks.model.words import Kind
from tasks.storage.atomic_write import write_atomically

_TEXT_FORMAT = "@"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


def identity_of(path: Path, layout: WorkbookLayout) -> dict[str, str]:
    """The content of the workbook's hidden signed sheet (plan, unit, kind, period …); empty without one."""
    with closing(load_workbook(path, read_only=True)) as book:
        if layout.signed_sheet not in book.sheetnames:
            return {}
        rows = book[layout.signed_sheet].iter_rows(max_col=2, values_only=True)
        return {str(row[0]): str(row[1]) for row in rows if len(row) == 2 and row[0] is not None}


@dataclass(slots=True)
class Form:
    """An open workbook. `columns` maps a field to its column and `headings` a field to its cell above the table; numbers
    are 1-based. `anchors` maps every cell of a merged block to its first cell.
    """

    path: Path
    book: Workbook
    sheet: Worksheet
    kind: Kind
    header_row: int
    columns: Mapping[str, int]
    headings: Mapping[str, Cell]
    anchors: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)

    def rows(self) -> Iterator[int]:
        """The 1-based numbers of the rows below the header."""
        return iter(range(self.header_row + 1, self.sheet.max_row + 1))

    def text(self, row: int, name: str) -> str:
        """The text of a field in a row, read through merged cells; empty where blank."""
        position = (row, self.columns[name])
        value = self.sheet.cell(*self.anchors.get(position, position)).value
        return "" if value is None else str(value).strip()

    def type_into(self, row: int, name: str, value: Value) -> None:
        """Type a value into a field of a row. Raises InputError when the column is missing or the cell is locked."""
        if name not in self.columns:
            raise InputError(f"{self.path.name}：表中没有“{name}”这一栏")
        cell = self.sheet.cell(row, self.columns[name])
        # Of a merged block only the first cell takes input.
        if isinstance(cell, Cell):
            self.type_cell(cell, value)

    def type_heading(self, name: str, value: Value) -> None:
        """Type a value beside a label above the table. Raises InputError without that label."""
        if name not in self.headings:
            raise InputError(f"{self.path.name}：表头没有“{name}”这一项")
        self.type_cell(self.headings[name], value)

    def type_cell(self, cell: Cell, value: Value) -> None:
        """Type as a person would: a locked cell raises InputError, a text cell takes text, a % cell takes percents."""
        if self.sheet.protection.sheet and cell.protection.locked:
            raise InputError(f"{self.path.name}：单元格 {cell.coordinate} 已锁定，不能填写")
        number_format = cell.number_format
        cell.value = _stored_value(value, number_format)
        # openpyxl changes the number format when a date is set; spreadsheet programs do so only for General.
        is_date = isinstance(value, dt.date)
        cell.number_format = "yyyy-mm-dd" if is_date and number_format == "General" else number_format

    def save(self, path: Path) -> None:
        """Save the workbook with all its sheets and settings. The same content gives the same bytes."""
        modified = self.book.properties.modified or dt.datetime(*_EPOCH)
        buffer = io.BytesIO()
        self.book.save(buffer)
        write_atomically(path, _with_fixed_times(buffer.getvalue(), modified))


def open_form(path: Path, layout: WorkbookLayout) -> Form:
    """Open a workbook to fill it. Raises InputError when it has no sheet with the layout's titles."""
    # rich_text keeps bold words in the guide sheet.
    book = load_workbook(path, rich_text=True)
    for table in layout.sheets:
        if table.name in book.sheetnames:
            sheet = book[table.name]
            kind = _kind(identity_of(path, layout).get("kind"), table.kinds)
            header_row, columns = _header(sheet, layout, kind, path)
            headings = _headings(sheet, layout, kind, header_row)
            return Form(path, book, sheet, kind, header_row, columns, headings, _anchors(sheet))
    names = "、".join(table.name for table in layout.sheets)
    raise InputError(f"{path.name}：找不到工作表（{names}），请用“发放”文件夹中的报表")


def _stored_value(value: Value, number_format: str) -> Value | None:
    """The value that a spreadsheet program stores for this input in a cell of that format; None clears the cell."""
    if value == "":
        return None
    if number_format == _TEXT_FORMAT:
        return str(value)
    if "%" in number_format and isinstance(value, int | float):
        return round(value / 100, 12)
    return value


def _kind(named: str | None, possible: tuple[Kind, ...]) -> Kind:
    return next((kind for kind in possible if kind == named), possible[0])


def _header(sheet: Worksheet, layout: WorkbookLayout, kind: Kind, path: Path) -> tuple[int, dict[str, int]]:
    """(header row, columns). The header is the row that has every title, because a label above it may equal a title."""
    wanted = {normalise_title(column.title): column.field for column in layout.columns(kind)}
    for row in sheet.iter_rows(max_row=layout.header_search_rows):
        columns = {wanted[title]: cell.column for cell in row if (title := _title(cell.value)) in wanted}
        if len(columns) == len(wanted):
            return row[0].row, columns
    raise InputError(f"{path.name}：前{layout.header_search_rows}行里找不到完整的表头")


def _headings(sheet: Worksheet, layout: WorkbookLayout, kind: Kind, header_row: int) -> dict[str, Cell]:
    wanted = {normalise_title(heading.title): heading.field for heading in layout.headings(kind)}
    last_columns = {(block.min_row, block.min_col): block.max_col for block in sheet.merged_cells.ranges}
    headings: dict[str, Cell] = {}
    for row in sheet.iter_rows(max_row=header_row - 1):
        for cell in row:
            name = wanted.get(_title(cell.value))
            if name is not None and name not in headings:
                value_cell = sheet.cell(cell.row, last_columns.get((cell.row, cell.column), cell.column) + 1)
                if isinstance(value_cell, Cell):
                    headings[name] = value_cell
    return headings


def _anchors(sheet: Worksheet) -> dict[tuple[int, int], tuple[int, int]]:
    """Every cell of a merged block -> its first cell, the only one with a value."""
    blocks = [range_boundaries(str(block)) for block in sheet.merged_cells.ranges]
    return {
        (row, column): (top, left)
        for left, top, right, bottom in blocks
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
    }


def _title(value: object) -> str:
    return normalise_title(str(value)) if value is not None else ""


def _with_fixed_times(content: bytes, modified: dt.datetime) -> bytes:
    """The same workbook with fixed times: openpyxl writes the current time into the zip and into docProps/core.xml."""
    stamp = modified.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename == "docProps/core.xml":
                data = _MODIFIED.sub(rb"\g<1>" + stamp + rb"\g<2>", data)
            new.writestr(zipfile.ZipInfo(entry.filename, _EPOCH), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
