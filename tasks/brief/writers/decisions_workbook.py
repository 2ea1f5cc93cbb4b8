"""议定事项登记表: the workbook in which an office enters what the meeting decided and closes what is done.

Belongs here: its columns, written and read back. Does not belong here: opening a workbook (read), what is kept of a
matter (store).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter

from tasks.brief.model import Brief
from tasks.model.meeting import Matter
from tasks.model.words import MATTER_STATES
from tasks.storage.atomic_write import writable, write_atomically

SHEET = "议定事项登记表"
REGISTER_FILE = f"{SHEET}.xlsx"
_TITLES = ("编号", "类别", "事项", "提出单位", "责任单位", "办结期限", "办理情况", "状态", "销号日期")
_WIDTHS = (16, 11, 48, 18, 20, 14, 36, 10, 14)
_HEAD_ROW, _BLANK_ROWS = 2, 30
# What is entered elsewhere is numbered on behind the numbers the workbook has printed: neither takes the other's.
FIRST_FREE_NUMBER = _BLANK_ROWS + 1
_GUIDE = (
    "会议议定的事项填在空白行（编号已印好），往期事项在原行填写办理情况；办结的，“状态”选“已销号”并填销号日期。"
    "保存在原处即可，下次起草简报时自动读入。"
)
_NUMBER = re.compile(r"[协议]\d{4}(?:-\d{2}|-Q[1-4])?-\d+")
_DAY = re.compile(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})\D?")


def write_register(brief: Brief, path: Path) -> None:
    """Write the open matters of `brief` and numbered blank rows for new decisions; the same brief, the same bytes."""
    packed = BytesIO()
    book = xlsxwriter.Workbook(packed, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    midnight = dt.datetime.combine(brief.date, dt.time())
    book.set_properties({"title": SHEET, "author": brief.office, "created": midnight})
    sheet = book.add_worksheet(SHEET)
    cell = {"font_name": "宋体", "font_size": 11, "border": 1, "text_wrap": True, "valign": "vcenter"}
    text, day = book.add_format(cell), book.add_format({**cell, "num_format": "yyyy-mm-dd"})
    head = book.add_format({**cell, "font_name": "黑体", "align": "center", "bg_color": "#EDEDED"})
    sheet.write(0, 0, f"{brief.title}——{SHEET}", book.add_format({"font_name": "黑体", "font_size": 16}))
    sheet.write(1, 0, _GUIDE, book.add_format({"font_name": "宋体", "font_size": 10}))
    for column, (title, width) in enumerate(zip(_TITLES, _WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write(_HEAD_ROW, column, title, head)
    rows = [*_open_rows(brief), *_blank_rows(brief)]
    for position, values in enumerate(rows, start=_HEAD_ROW + 1):
        # Said outright: LibreOffice and WPS do not fit the height of rows they did not write.
        lines = max(-(-2 * len(str(value or "")) // width) for value, width in zip(values, _WIDTHS, strict=True))
        sheet.set_row(position, 15 * max(lines, 1) + 4)
        for column, value in enumerate(values):
            _write(sheet, position, column, value, day if _TITLES[column] in ("办结期限", "销号日期") else text)
    _finish(sheet, len(rows))
    book.close()
    write_atomically(path, packed.getvalue())


def _open_rows(brief: Brief) -> list[tuple[object, ...]]:
    open_ = [m for m in brief.matters if m.state == "办理中"]
    return [(m.no, m.kind, m.words, m.raised_by, m.owner, m.due, m.progress, m.state, None) for m in open_]


def _blank_rows(brief: Brief) -> list[tuple[object, ...]]:
    rows = range(1, _BLANK_ROWS + 1)
    return [(f"议{brief.period}-{n}", "议定事项", "", "联席会议", "", None, "", "办理中", None) for n in rows]


def _write(sheet: Any, row: int, column: int, value: object, format_: Any) -> None:
    if value is None or value == "":
        sheet.write_blank(row, column, None, format_)
    elif isinstance(value, dt.date):
        sheet.write_datetime(row, column, dt.datetime.combine(value, dt.time()), format_)
    else:
        sheet.write_string(row, column, str(value), format_)


def _finish(sheet: Any, rows: int) -> None:
    last = _HEAD_ROW + rows
    state = _TITLES.index("状态")
    sheet.data_validation(_HEAD_ROW + 1, state, last, state, {"validate": "list", "source": list(MATTER_STATES)})
    sheet.freeze_panes(_HEAD_ROW + 1, 1)
    sheet.autofilter(_HEAD_ROW, 0, last, len(_TITLES) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEAD_ROW)


def read_register(rows: Sequence[Sequence[object]], name: str) -> tuple[tuple[Matter, ...], tuple[str, ...]]:
    """The matters a filled register tells, and what of it cannot be used, by row, in plain Chinese.

    `rows` are the raw cells of its sheet from the top; `name` is how it is called in a complaint. A numbered row
    without a 事项 is one nobody has used.
    """
    head = next((at for at, row in enumerate(rows) if _text(row[0] if row else "") == "编号"), None)
    if head is None:
        return (), (f"{name}：没有找到表头“编号”，未读入",)
    columns = {_text(title): at for at, title in enumerate(rows[head])}
    if missing := [title for title in _TITLES if title not in columns]:
        return (), (f"{name}：缺少“{'、'.join(missing)}”列，未读入",)
    matters: list[Matter] = []
    troubles: list[str] = []
    for number, row in enumerate(rows[head + 1 :], start=head + 2):
        cells = {title: row[at] if at < len(row) else None for title, at in columns.items()}
        if _text(cells["事项"]):
            matter, faults = _matter(cells)
            troubles += [f"{name}第{number}行：{fault}" for fault in faults]
            matters += [matter] if matter else []
    return tuple(matters), tuple(troubles)


def as_issued(matters: Sequence[Matter]) -> tuple[Matter, ...]:
    """What `read_register` finds in the register of an issue with these matters that nobody has touched."""
    open_ = (m for m in matters if m.state == "办理中")
    return tuple(
        replace(
            m,
            measure="",
            words=_text(m.words),
            raised_by=_text(m.raised_by),
            owner=_text(m.owner),
            progress=_text(m.progress),
        )
        for m in open_
    )


def _matter(cells: Mapping[str, object]) -> tuple[Matter | None, list[str]]:
    number, state = _text(cells["编号"]), _text(cells["状态"]) or "办理中"
    if not _NUMBER.fullmatch(number):
        return None, [f"编号“{number}”不是原表所印的编号，未读入"]
    faults = list(_faults(cells, state))
    closed = state == "已销号"
    matter = Matter(
        no=number,
        kind="协调事项" if number.startswith("协") else "议定事项",
        period=number[1:].rpartition("-")[0],
        measure="",
        raised_by=_text(cells["提出单位"]),
        words=_text(cells["事项"]),
        owner=_text(cells["责任单位"]),
        due=day_of(cells["办结期限"]),
        progress=_text(cells["办理情况"]),
        state="已销号" if closed else "办理中",
        closed_on=day_of(cells["销号日期"]) if closed else None,
    )
    return matter, faults


def _faults(cells: Mapping[str, object], state: str) -> Iterator[str]:
    for title in ("办结期限", "销号日期"):
        if _text(cells[title]) and day_of(cells[title]) is None:
            yield f"{title}“{_text(cells[title])}”不是日期，请写成 2023-11-30"
    if state not in MATTER_STATES:
        yield f"状态“{state}”无法识别，按办理中处理，请填“办理中”或“已销号”"
    if state == "已销号" and not _text(cells["销号日期"]):
        yield "已销号而未填销号日期"


def _text(value: object) -> str:
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else " ".join(writable(str(value)).split())


def day_of(value: object) -> dt.date | None:
    """The day a cell or a text names (2023-11-30, 2023.11.30, 2023年11月30日); None where it names none."""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    found = _DAY.fullmatch(_text(value))
    try:
        return dt.date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None
