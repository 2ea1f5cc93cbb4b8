"""The sheet 填报说明: one page on what to fill, how, and where the file goes.

Belongs here: the words of that page. The requirements of each column are the layout's own messages.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from xlsxwriter.workbook import Workbook

from config.county import County
from config.workbook import WorkbookLayout
from tasks.issue.cell_formats import Formats
from tasks.issue.input_cells import row_height
from tasks.model.submission import Duty
from tasks.model.words import PROVISIONAL, PROVISIONAL_WHY

_TEXT_WIDTH = 84


def write_guide(book: Workbook, formats: Formats, layout: WorkbookLayout, duty: Duty, county: County) -> None:
    """Add the guide as a sheet of one portrait A4 page."""
    sheet = book.add_worksheet(layout.guide_sheet)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, _TEXT_WIDTH)
    sheet.merge_range(0, 0, 0, 1, layout.guide_sheet, formats.get("guide_title"))
    sheet.set_row(0, 44)
    row = 1
    for title, entries in guide_sections(layout, duty, county):
        sheet.merge_range(row, 0, row, 1, title, formats.get("guide_head"))
        sheet.set_row(row, 24)
        for offset, (key, text) in enumerate(entries, start=1):
            sheet.set_row(row + offset, row_height(text, _TEXT_WIDTH))
            sheet.write_string(row + offset, 0, key, formats.get("guide_key"))
            sheet.write_string(row + offset, 1, text, formats.get("guide_text"))
        row += len(entries) + 1
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 1)
    sheet.set_margins(left=0.6, right=0.6, top=0.6, bottom=0.6)
    sheet.center_horizontally()
    sheet.protect()


def guide_sections(layout: WorkbookLayout, duty: Duty, county: County) -> list[tuple[str, Sequence[tuple[str, str]]]]:
    """The page as titled lists of (key, text)."""
    requirements = [
        (column.title, column.message) for column in layout.columns(duty.kind) if column.editable and column.message
    ]
    return [
        ("一、什么时候报", _when(duty)),
        ("二、怎么填", _how(layout, duty)),
        ("三、各栏要求", requirements),
        ("四、怎么交", _where(duty, county)),
    ]


def _when(duty: Duty) -> list[tuple[str, str]]:
    grace = f"（{date_words(duty, duty.grace_until)}前收到的仍算按时）" if duty.grace_until > duty.due else ""
    return [
        ("报送事项", duty.text),
        ("截止日期", f"{date_words(duty, duty.due)}{grace}"),
        ("关账日期", f"{date_words(duty, duty.closes)}。此后收到的列入下一期。"),
        *([("关于“暂定”", f"{PROVISIONAL_WHY}。")] if duty.is_provisional(duty.closes) else []),
    ]


def _how(layout: WorkbookLayout, duty: Duty) -> list[tuple[str, str]]:
    entries = [
        ("填哪里", "只填浅黄色的单元格。灰色的由系统填好并锁定，请不要改动，也不要增删行列、改表头、改工作表名称。"),
        ("用什么软件", "WPS 表格、Microsoft Excel、LibreOffice 均可，请保存为 .xlsx。请不要设打开密码。"),
    ]
    titles = {heading.field: heading.title for heading in layout.headings(duty.kind)}
    if "nil" in titles:
        entries.append(
            (titles["nil"], "本期确无进展可报的选“是”，其余不填，等同已报送。空白表和照抄上期的表不算报送。")
        )
    if "extend_to" in titles:
        entries.append(
            (titles["extend_to"], "不能按期报送的，在截止日期前填写希望延到的日期和理由并交回，由联席会议办公室答复。")
        )
    return entries


def _where(duty: Duty, county: County) -> list[tuple[str, str]]:
    return [
        (
            "交到哪里",
            f"存入共享文件夹“{duty.unit}/上报”。没有权限的，把本报表填好放入“公共上报”（要有系统的签名）。文件名不限。",
        ),
        ("结果在哪里", f"“{duty.unit}/退回”：有问题的退回原表并标明单元格，受理的给回执。更正后重新放入“上报”即可。"),
        ("以哪份为准", "同一期可以多次报送，以最后一份受理的为准；以前受理的在新的一份受理之前一直有效。"),
        (
            "联系我们",
            "，".join(part for part in (county.office, county.coordinator_phone, county.coordinator_mail) if part),
        ),
    ]


def date_words(duty: Duty, day: dt.date) -> str:
    """One of a duty's dates in words, marked where a notice of holidays may still move it."""
    return f"{day.year}年{day.month}月{day.day}日{PROVISIONAL if duty.is_provisional(day) else ''}"
