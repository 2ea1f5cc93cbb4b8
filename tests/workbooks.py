"""Workbooks for tests, built from an issued one: filled, saved as text, or with one named fault. Bytes in, bytes out."""

from __future__ import annotations

import csv
import io
import re
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from config.county import County
from config.plan import Plan
from config.workbook import WorkbookLayout
from config.workbook_file import load_layout
from tasks.issue.build_workbook import build_workbook
from tasks.model.submission import Contact, Duty, ProgressRow
from tests import factories

SHEET, ROSTER = "月度报送", "联系人名单"
Answers = Mapping[tuple[str, str], Mapping[str, object]]


def issued(
    duty: Duty | None = None,
    plan: Plan | None = None,
    county: County | None = None,
    previous: Sequence[ProgressRow] = (),
    contacts: Sequence[Contact] = (),
    layout: WorkbookLayout | None = None,
    secret: bytes = factories.SECRET,
) -> bytes:
    """The workbook a unit gets for a duty (default: 县住建局, October 2023), untouched."""
    context = factories.context(
        plan=plan or factories.plan(),
        county=county or factories.county(),
        layout=layout or load_layout(),
        secret=secret,
    )
    return build_workbook(duty or factories.duty(), context, previous, contacts)


def edited(content: bytes, change: Callable[[openpyxl.Workbook], None]) -> bytes:
    """The workbook after one change, saved the way openpyxl saves."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def header_row(sheet: Worksheet, title: str = "措施序号") -> int:
    """The row (from 1) that holds this title."""
    return next(int(cell.row) for row in sheet.iter_rows() for cell in row if cell.value == title)


def columns_of(sheet: Worksheet, title: str = "措施序号") -> dict[str, int]:
    """title -> column (from 1) of the header row."""
    return {cell.value: cell.column for cell in sheet[header_row(sheet, title)] if cell.value}


def filled(
    content: bytes, answers: Answers | None = None, heading: Mapping[str, object] | None = None, **every: object
) -> bytes:
    """Fill an issued table. `answers` maps (measure, metric) to {title: value}; `every` goes into each row by title.

    Rows without an answer get a plausible one, figures half their target. `heading` maps labels to values.
    """
    return edited(content, lambda book: fill_sheet(book[SHEET], answers or {}, heading or {}, every))


def fill_sheet(sheet: Worksheet, answers: Answers, heading: Mapping[str, object], every: Mapping[str, object]) -> None:
    """Write answers into an open sheet; see `filled`."""
    top, columns = header_row(sheet), columns_of(sheet)
    for row in range(top + 1, sheet.max_row + 1):
        number, metric = (sheet.cell(row, columns[title]).value for title in ("措施序号", "指标"))
        target = sheet.cell(row, columns["目标值"]).value
        values: dict[str, object] = {
            "进展状态": "正常推进",
            "进展情况": f"第{number}项按计划推进。",
            "存在问题": "无",
            "下一步计划": "继续推进。",
        }
        if metric:
            values["本期累计"] = target / 2
        for title, value in {**values, **every, **answers.get((str(number), metric or ""), {})}.items():
            sheet.cell(row, columns[title]).value = value
    for label, value in {"填报人": "李某某", "审核领导": "王某某", **heading}.items():
        heading_cell(sheet, label).value = value


def heading_cell(sheet: Worksheet, label: str) -> Any:
    """The cell that takes the value of a label above the table."""
    for row in sheet.iter_rows(max_row=15):
        for cell in row:
            if str(cell.value or "").rstrip("：") == label:
                covering = next((area for area in sheet.merged_cells.ranges if cell.coordinate in area), None)
                return sheet.cell(cell.row, (covering.max_col if covering else cell.column) + 1)
    raise KeyError(label)


def roster(content: bytes, people: Mapping[str, Mapping[str, object]]) -> bytes:
    """Fill an issued roster: role -> {title: value}."""

    def change(book: openpyxl.Workbook) -> None:
        sheet = book[ROSTER]
        columns = columns_of(sheet, "姓名")
        for row in range(header_row(sheet, "姓名") + 1, sheet.max_row + 1):
            for title, value in people.get(sheet.cell(row, columns["角色"]).value, {}).items():
                sheet.cell(row, columns[title]).value = value

    return edited(content, change)


def with_cell(
    content: bytes, measure: str, title: str, value: object, metric: str | None = None, number_format: str = ""
) -> bytes:
    """One cell of the table changed, by measure number (and metric) and column title."""

    def change(book: openpyxl.Workbook) -> None:
        sheet = book[SHEET]
        columns = columns_of(sheet)
        for row in range(header_row(sheet) + 1, sheet.max_row + 1):
            if str(sheet.cell(row, columns["措施序号"]).value) == measure and metric in (
                None,
                sheet.cell(row, columns["指标"]).value,
            ):
                sheet.cell(row, columns[title]).value = value
                if number_format:
                    sheet.cell(row, columns[title]).number_format = number_format
                return
        raise KeyError(measure)

    return edited(content, change)


def as_rows(content: bytes) -> list[list[str]]:
    """The table sheet as displayed: percentages as percentages, targets without their operator."""
    sheet = openpyxl.load_workbook(io.BytesIO(content), data_only=True)[SHEET]
    return [[_shown(cell) for cell in row] for row in sheet.iter_rows()]


def _shown(cell: Any) -> str:
    if isinstance(cell.value, int | float) and "%" in cell.number_format:
        return f"{cell.value * 100:g}%"
    return "" if cell.value is None else f"{cell.value:g}" if isinstance(cell.value, float) else str(cell.value)


def as_csv(content: bytes, encoding: str = "gb18030", separator: str = ",") -> bytes:
    """The table sheet saved as text."""
    target = io.StringIO()
    csv.writer(target, delimiter=separator).writerows(as_rows(content))
    return target.getvalue().encode(encoding)


def parts(content: bytes) -> dict[str, bytes]:
    """The parts of a workbook by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def zipped(members: Mapping[str, bytes], packed: bool = True) -> bytes:
    """A zip of these files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def with_part(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one of its parts changed as bytes, for what no library would write."""
    members = parts(content)
    members[name] = change(members[name])
    return zipped(members)


def stray_cell(content: bytes, ref: str = "XFD1048576") -> bytes:
    """One value in a far corner of the sheet; a reader that allocates the rectangle around all cells dies."""
    number = re.sub(r"\D", "", ref)
    row = f'<row r="{number}"><c r="{ref}"><v>1</v></c></row></sheetData>'.encode()
    return with_part(content, "xl/worksheets/sheet1.xml", lambda data: data.replace(b"</sheetData>", row))


def phantom_rows(content: bytes, last: int = 100_000) -> bytes:
    """A blank but formatted cell far below the table, as left by formatting a whole column."""
    row = f'<row r="{last}"><c r="A{last}" s="1"/></row></sheetData>'.encode()
    return with_part(content, "xl/worksheets/sheet1.xml", lambda data: data.replace(b"</sheetData>", row))


def entity_bomb(content: bytes) -> bytes:
    """A document type declaration with nested entities before the sheet."""
    bomb = b'<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;&b;&b;">]>'
    return with_part(
        content, "xl/worksheets/sheet1.xml", lambda data: data.replace(b"<worksheet", bomb + b"<worksheet", 1)
    )


def zip_bomb(megabytes: int = 300) -> bytes:
    """An .xlsx whose one sheet unpacks to far more than any workbook needs."""
    return zipped({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": b"\0" * (megabytes << 20)})


def encrypted() -> bytes:
    """The shell of a workbook with a password: an OLE container that names an EncryptedPackage."""
    directory = "EncryptedPackage".encode("utf-16-le").ljust(128, b"\0")
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + struct.pack("<16x4H", 0x3E, 3, 0xFFFE, 9).ljust(504, b"\0")
        + directory.ljust(1024, b"\0")
    )


def without_signature(content: bytes) -> bytes:
    """The hidden sheet deleted."""
    return edited(content, lambda book: book.remove(book["_lianxi"]))


def forged(content: bytes, key: str = "unit", value: str = factories.COMMERCE) -> bytes:
    """The hidden sheet changed by hand: another unit (or period …) under the old signature."""

    def change(book: openpyxl.Workbook) -> None:
        for row in book["_lianxi"].iter_rows():
            if row[0].value == key:
                row[1].value = value

    return edited(content, change)
