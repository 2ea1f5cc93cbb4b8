"""An issued workbook as a clerk sees it on the screen: labels, a table, and cells one may or may not type into.

Belongs here: opening, finding cells by their titles, typing, saving. What to type is decided by `clerk` and `story`.
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
    """What the very hidden sheet of a workbook says of itself (plan, unit, kind, period …); empty without one."""
    with closing(load_workbook(path, read_only=True)) as book:
        if layout.signed_sheet not in book.sheetnames:
            return {}
        rows = book[layout.signed_sheet].iter_rows(max_col=2, values_only=True)
        return {str(row[0]): str(row[1]) for row in rows if len(row) == 2 and row[0] is not None}


@dataclass(slots=True)
class Form:
    """An open workbook. `columns` maps a field to its column number; `header_row` is 1-based."""

    path: Path
    book: Workbook
    sheet: Worksheet
    kind: Kind
    header_row: int
    columns: Mapping[str, int]
    headings: Mapping[str, Cell]
    anchors: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)

    def rows(self) -> Iterator[int]:
        """The 1-based numbers of the rows under the header."""
        return iter(range(self.header_row + 1, self.sheet.max_row + 1))

    def text(self, row: int, name: str) -> str:
        """The text of a field in a row, read through merged cells; empty where blank."""
        at = (row, self.columns[name])
        value = self.sheet.cell(*self.anchors.get(at, at)).value
        return "" if value is None else str(value).strip()

    def type_into(self, row: int, name: str, value: Value) -> None:
        """Type a value into a field of a row. Raises InputError when the column is missing or the cell is locked."""
        if name not in self.columns:
            raise InputError(f"{self.path.name}：表中没有“{name}”这一栏")
        cell = self.sheet.cell(row, self.columns[name])
        # A merged block shows one box on the screen: its first cell was typed into already.
        if isinstance(cell, Cell):
            self.type_cell(cell, value)

    def type_heading(self, name: str, value: Value) -> None:
        """Type a value beside a label above the table. Raises InputError without that label."""
        if name not in self.headings:
            raise InputError(f"{self.path.name}：表头没有“{name}”这一项")
        self.type_cell(self.headings[name], value)

    def type_cell(self, cell: Cell, value: Value) -> None:
        """Type as a person would: a locked cell refuses, a text cell takes text, a % cell takes percents."""
        if self.sheet.protection.sheet and cell.protection.locked:
            raise InputError(f"{self.path.name}：单元格 {cell.coordinate} 已锁定，不能填写")
        kept = cell.number_format
        cell.value = _kept_as(value, kept)
        # openpyxl changes the format of a cell that takes a date; a spreadsheet program does so only to a plain one.
        is_date = isinstance(value, dt.date)
        cell.number_format = "yyyy-mm-dd" if is_date and kept == "General" else kept

    def save(self, path: Path) -> None:
        """Save the whole workbook, every sheet and setting kept. The same content gives the same bytes."""
        modified = self.book.properties.modified or dt.datetime(*_EPOCH)
        buffer = io.BytesIO()
        self.book.save(buffer)
        write_atomically(path, _with_fixed_times(buffer.getvalue(), modified))


def open_form(path: Path, layout: WorkbookLayout) -> Form:
    """Open a workbook for filling. Raises InputError when it holds no sheet with the layout's titles."""
    # Rich text keeps bold words in the guide sheet, which a plain load would flatten.
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


def _kept_as(value: Value, number_format: str) -> Value | None:
    """What a spreadsheet program stores when this is typed into a cell of that format; None clears the cell."""
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
    """The header row and its columns. It is the row that holds every title: a label above it may equal one of them."""
    wanted = {normalise_title(column.title): column.field for column in layout.columns(kind)}
    for row in sheet.iter_rows(max_row=layout.header_search_rows):
        found = {wanted[title]: cell.column for cell in row if (title := _title(cell.value)) in wanted}
        if len(found) == len(wanted):
            return row[0].row, found
    raise InputError(f"{path.name}：前{layout.header_search_rows}行里找不到完整的表头")


def _headings(sheet: Worksheet, layout: WorkbookLayout, kind: Kind, header_row: int) -> dict[str, Cell]:
    wanted = {normalise_title(heading.title): heading.field for heading in layout.headings(kind)}
    ends = {(box.min_row, box.min_col): box.max_col for box in sheet.merged_cells.ranges}
    found: dict[str, Cell] = {}
    for row in sheet.iter_rows(max_row=header_row - 1):
        for cell in row:
            name = wanted.get(_title(cell.value))
            if name is not None and name not in found:
                beside = sheet.cell(cell.row, ends.get((cell.row, cell.column), cell.column) + 1)
                if isinstance(beside, Cell):
                    found[name] = beside
    return found


def _anchors(sheet: Worksheet) -> dict[tuple[int, int], tuple[int, int]]:
    """Every cell of a merged block -> its first cell, which alone holds the value."""
    boxes = [range_boundaries(str(box)) for box in sheet.merged_cells.ranges]
    return {
        (row, column): (top, left)
        for left, top, right, bottom in boxes
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
    }


def _title(value: object) -> str:
    return normalise_title(str(value)) if value is not None else ""


def _with_fixed_times(content: bytes, modified: dt.datetime) -> bytes:
    """The same package with the clock taken out: openpyxl stamps now into the zip and into docProps/core.xml."""
    stamp = modified.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename == "docProps/core.xml":
                data = _MODIFIED.sub(rb"\g<1>" + stamp + rb"\g<2>", data)
            new.writestr(zipfile.ZipInfo(entry.filename, _EPOCH), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
