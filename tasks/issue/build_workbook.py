"""A unit's workbook as bytes: table or roster, open items, guide, and the very hidden signed sheet.

Belongs here: the order of the sheets, page set-up, protection and signature. Each sheet's content has its own module.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Sequence

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from config.calendar import Period
from config.county import County
from config.plan import Plan
from config.workbook import WorkbookLayout
from tasks.issue.cell_formats import Formats
from tasks.issue.contacts_sheet import write_contacts
from tasks.issue.guide_sheet import date_words, write_guide
from tasks.issue.measures_sheet import write_header, write_prefilled_rows
from tasks.issue.open_items import OpenItem, write_open_items
from tasks.issue.prefilled_rows import prefilled_rows_of
from tasks.issue.sheet_heading import heading_bands, write_headings, write_title
from tasks.model.run_context import Context
from tasks.model.submission import Contact, Duty, ProgressRow
from tasks.model.words import KIND_TITLES
from tasks.storage.signature import WorkbookIdentity, sign_identity
from tasks.text import in_title_marks

_NOTE = "浅黄色单元格由单位填写；灰色单元格由系统填好，请勿改动。填法见工作表“{guide}”。截止日期：{due}。"
_A4 = 9


def build_workbook(
    duty: Duty,
    context: Context,
    previous: Sequence[ProgressRow] = (),
    contacts: Sequence[Contact] = (),
    pending: Sequence[OpenItem] = (),
) -> bytes:
    """The unit's workbook for one duty. The same arguments give the same bytes.

    `previous` are the last accepted rows (上期累计), `contacts` the roster in force; those of other units are ignored.
    `pending` is what the unit still has open.
    """
    layout, county = context.layout, context.county
    target = io.BytesIO()
    book = Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties(_properties(duty, context.plan, county))
    formats = Formats(book)
    _write_main(book, formats, duty, context, previous, contacts)
    write_open_items(book, formats, layout, pending)
    write_guide(book, formats, layout, duty, county)
    _write_signed(book, layout, duty, context.secret)
    book.close()
    return _let_rows_grow(target.getvalue())


def _let_rows_grow(content: bytes) -> bytes:
    """Let the rows of the first sheet grow while a clerk writes.

    A row height marked custom never changes; without the mark every program lets it grow. The writer library marks
    every height that is set, so the mark is removed here.
    """
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            data = old.read(info)
            if info.filename == "xl/worksheets/sheet1.xml":
                data = data.replace(b' customHeight="1"', b"")
            new.writestr(info, data, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _properties(duty: Duty, plan: Plan, county: County) -> dict[str, object]:
    # `created` comes from the duty, not the clock: a workbook that is built again has the same bytes.
    return {
        "title": f"{duty.unit} {Period.parse(duty.period).label} {KIND_TITLES[duty.kind]}",
        "subject": plan.document.title,
        "author": county.office,
        "company": county.office,
        "created": dt.datetime.combine(duty.opens, dt.time(8)),
    }


def _write_main(
    book: Workbook,
    formats: Formats,
    duty: Duty,
    context: Context,
    previous: Sequence[ProgressRow],
    contacts: Sequence[Contact],
) -> None:
    plan, county, layout = context.plan, context.county, context.layout
    columns = layout.columns(duty.kind)
    meeting = county.meeting if county.meeting.startswith(county.name) else county.name + county.meeting
    sheet = book.add_worksheet(layout.sheet(duty.kind).name)
    label = Period.parse(duty.period).label
    note = _NOTE.format(guide=layout.guide_sheet, due=date_words(duty, duty.due))
    subtitle = f"依据：{plan.document.no}{in_title_marks(plan.document.title)}"
    row = write_title(sheet, formats, len(columns) - 1, f"{meeting}{_title(duty)}（{label}）", subtitle, note)
    places = heading_bands([column.width for column in columns], 3 if len(columns) > 9 else 2)
    row = write_headings(sheet, formats, layout.headings(duty.kind), places, _known(duty, label, contacts), row)
    sheet.set_row(row, 6)
    header = row + 1
    write_header(sheet, formats, columns, header)
    if duty.kind == "roster":
        count = write_contacts(sheet, formats, columns, duty.unit, contacts, header + 1)
    else:
        lines = prefilled_rows_of(duty, plan, county, previous)
        write_prefilled_rows(sheet, formats, columns, lines, header + 1)
        count = len(lines)
    _set_up_page(sheet, header, header + count, len(columns) - 1, duty.kind == "roster")


def _title(duty: Duty) -> str:
    return KIND_TITLES[duty.kind] if duty.kind == "roster" else f"{KIND_TITLES[duty.kind]}表"


def _known(duty: Duty, label: str, contacts: Sequence[Contact]) -> dict[str, str]:
    """The prefilled headings. The phone is that of the 业务负责人, else of the 分管领导."""
    phones = {person.role: person.phone for person in contacts if person.unit == duty.unit}
    return {"unit": duty.unit, "period": label, "phone": phones.get("业务负责人") or phones.get("分管领导", "")}


def _set_up_page(sheet: Worksheet, header: int, last_row: int, last_column: int, short: bool) -> None:
    sheet.hide_gridlines(2)
    sheet.freeze_panes(header + 1, 0 if short else 2)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(header)
    sheet.print_area(0, 0, last_row, last_column)
    sheet.set_footer("&C第 &P 页，共 &N 页")
    sheet.protect("", {"format_columns": True, "format_rows": True, "format_cells": True})
    sheet.activate()


def _write_signed(book: Workbook, layout: WorkbookLayout, duty: Duty, secret: bytes) -> None:
    """The sheet that identifies the workbook's plan, unit, kind and period, with a signature."""
    identity = WorkbookIdentity(duty.plan, duty.unit, duty.kind, duty.period, layout.template)
    values = {key: getattr(identity, key, "") for key in layout.signed_keys}
    values["signature"] = sign_identity(identity, secret)
    sheet = book.add_worksheet(layout.signed_sheet)
    for row, (key, value) in enumerate(values.items()):
        sheet.write_string(row, 0, key)
        sheet.write_string(row, 1, value)
    sheet.protect()
    sheet.very_hidden()
