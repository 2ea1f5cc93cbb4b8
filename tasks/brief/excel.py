"""The 措施台账: one row per measure and metric, as a workbook.

Belongs here: columns, formats, filters and print set-up of the ledger.
Does not belong here: what stands in a row (attachments).
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter

from tasks.brief.ooxml import write_bytes
from tasks.brief.prose import long_date
from tasks.brief.value import Brief, LedgerRow
from tasks.brief.wording import light_name

_SHEET = "措施台账"
_FONT = "宋体"
_FILLS = {"绿": "#D5E8D0", "黄": "#FFE9A8", "红": "#F4B6AE"}
_TITLE_ROWS = 2
_CELL = {"font_name": _FONT, "font_size": 10, "valign": "vcenter", "border": 1, "text_wrap": True}


@dataclass(frozen=True, slots=True)
class _Column:
    title: str
    width: float
    value: Callable[[LedgerRow, Brief], object]
    format: str = "text"


# Figures first, words after them: printed on A3 across, each half is one page wide behind the first three columns.
_COLUMNS: tuple[_Column, ...] = (
    _Column("措施序号", 6, lambda row, _: _number(row.measure), "centre"),
    _Column("措施内容", 28, lambda row, _: row.text),
    _Column("报送单位", 13, lambda row, _: row.unit),
    _Column("部分", 14, lambda row, _: row.section),
    _Column("责任单位", 18, lambda row, _: row.responsible),
    _Column("指标", 18, lambda row, _: row.metric),
    _Column("计量单位", 7, lambda row, _: row.metric_unit, "centre"),
    _Column("目标", 10, lambda row, _: row.target, "centre"),
    _Column("完成时限", 13, lambda row, _: row.due, "date"),
    _Column("累计", 9, lambda row, _: row.cumulative, "figure"),
    _Column("完成率", 7, lambda row, _: _share(row.share_pct), "percent"),
    _Column("序时进度", 7, lambda row, _: _share(row.elapsed_pct), "percent"),
    _Column("亮灯", 8, lambda row, _: light_name(row.light), "light"),
    _Column("较上月", 8, lambda row, _: row.change, "change"),
    _Column("进展状态", 9, lambda row, _: row.status, "centre"),
    _Column("数据来源", 20, lambda row, brief: _source(row, brief)),
    _Column("进展情况", 36, lambda row, _: row.progress),
    _Column("存在问题", 24, lambda row, _: row.problems),
    _Column("需协调事项", 22, lambda row, _: row.coordination),
    _Column("需协调单位", 11, lambda row, _: row.coordination_unit),
    _Column("下一步计划", 24, lambda row, _: row.next_steps),
    _Column("亮点做法", 20, lambda row, _: row.highlights),
    _Column("责任单位补充", 16, lambda row, _: row.supporting),
)
_REPEATED = 3
_FIRST_OF_SECOND_HALF = 16
_LINE_PT = 12.75
# Excel's own limit of a row.
_TALLEST_PT = 409.0


def write_ledger(brief: Brief, path: Path) -> None:
    """Write the ledger of `brief` to `path`, with each row's source; the same brief gives the same bytes."""
    packed = BytesIO()
    # Units' words stay words: nothing that begins with = or looks like a link becomes one.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(packed, options)
    book.set_properties({"title": f"{brief.title} {_SHEET}", "author": brief.office, "created": _midnight(brief.date)})
    sheet = book.add_worksheet(_SHEET)
    _head(book, sheet, brief)
    formats = _formats(book)
    for position, row in enumerate(brief.ledger, start=_TITLE_ROWS + 1):
        _row(sheet, position, row, brief, formats)
    _view(sheet, len(brief.ledger))
    book.close()
    write_bytes(packed.getvalue(), path)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time())


def _number(text: str) -> object:
    """Numbers as numbers, so that the filter sorts 2 before 10; 三 stays text."""
    return int(text) if text.isascii() and text.isdigit() else text


def _share(percent: int | None) -> float | None:
    return None if percent is None else percent / 100


def _head(book: Any, sheet: Any, brief: Brief) -> None:
    title = book.add_format({"font_name": "黑体", "font_size": 16, "valign": "vcenter"})
    note = book.add_format({"font_name": _FONT, "font_size": 10})
    head = book.add_format({**_CELL, "font_name": "黑体", "align": "center", "bg_color": "#EDEDED"})
    sheet.write(0, 0, f"{brief.title}（{_SHEET}）", title)
    sheet.write(1, 0, f"{brief.name} {brief.year}年第{brief.issue_no}期  {brief.office}  {long_date(brief.date)}", note)
    for index, column in enumerate(_COLUMNS):
        sheet.set_column(index, index, column.width)
        sheet.write(_TITLE_ROWS, index, column.title, head)
    sheet.set_row(0, 30)
    sheet.set_row(_TITLE_ROWS, 30)


def _formats(book: Any) -> dict[str, Any]:
    centre = {**_CELL, "align": "center"}
    made = {
        "text": _CELL,
        "centre": centre,
        "date": {**centre, "num_format": 'yyyy"年"m"月"d"日"'},
        "figure": {**centre, "num_format": "General"},
        "percent": {**centre, "num_format": "0%"},
        "change": {**centre, "num_format": '+General;-General;"持平"'},
        "light": {**centre, "bold": True},
    }
    made |= {light: {**centre, "bold": True, "bg_color": fill} for light, fill in _FILLS.items()}
    return {name: book.add_format(properties) for name, properties in made.items()}


def _row(sheet: Any, position: int, row: LedgerRow, brief: Brief, formats: dict[str, Any]) -> None:
    lines = 1
    for index, column in enumerate(_COLUMNS):
        name = row.light if column.format == "light" and row.light in formats else column.format
        value = column.value(row, brief)
        _write(sheet, position, index, value, formats[name])
        if isinstance(value, str):
            lines = max(lines, math.ceil(_cells(value) / (column.width + 1)))
    # Said outright: LibreOffice and WPS do not fit the height of rows they did not write.
    sheet.set_row(position, min(_TALLEST_PT, lines * _LINE_PT + 4))


def _write(sheet: Any, position: int, index: int, value: object, format_: Any) -> None:
    if value is None or value == "":
        sheet.write_blank(position, index, None, format_)
    elif isinstance(value, dt.date):
        sheet.write_datetime(position, index, _midnight(value), format_)
    elif isinstance(value, str):
        sheet.write_string(position, index, value, format_)
    else:
        sheet.write_number(position, index, value, format_)


def _cells(text: str) -> int:
    """Width in digits: a Chinese character is as wide as two."""
    return sum(2 if ord(char) > 0x2E7F or char in "“”‘’—…" else 1 for char in text)


def _source(row: LedgerRow, brief: Brief) -> str:
    if row.source is None:
        return "—"
    source = brief.sources[row.source]
    return f"{source.unit} 第{source.version}版 {source.sheet}!{source.cell}"


def _view(sheet: Any, rows: int) -> None:
    """What a reader needs to find a measure, and a printer to put the table on A3 across."""
    sheet.freeze_panes(_TITLE_ROWS + 1, _REPEATED)
    sheet.autofilter(_TITLE_ROWS, 0, _TITLE_ROWS + max(rows, 1), len(_COLUMNS) - 1)
    sheet.set_landscape()
    sheet.set_paper(8)
    sheet.set_print_scale(78)
    sheet.set_v_pagebreaks([_FIRST_OF_SECOND_HALF])
    sheet.repeat_rows(_TITLE_ROWS)
    sheet.repeat_columns(0, _REPEATED - 1)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.set_footer("&C第 &P 页，共 &N 页")
    sheet.set_zoom(90)
