"""议定事项登记表: the workbook in which an office enters the meeting's decisions and closes finished matters.

Belongs here: its columns, written and read back. Does not belong here: opening a workbook (`tasks.read`), storing
matters (`tasks.store.meeting_matters`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

from tasks.brief.brief_document import Brief
from tasks.brief.writers.xlsx_book import new_book, write_cell
from tasks.model.meeting import Matter
from tasks.model.words import MATTER_STATES
from tasks.storage.atomic_write import write_atomically
from tasks.text import xml_safe

DECISIONS_SHEET = "议定事项登记表"
DECISIONS_FILE = f"{DECISIONS_SHEET}.xlsx"
_TITLES = ("编号", "类别", "事项", "提出单位", "责任单位", "办结期限", "办理情况", "状态", "销号日期")
_WIDTHS = (16, 11, 48, 18, 20, 14, 36, 10, 14)
_HEAD_ROW, _BLANK_ROWS = 2, 30
# Decisions entered in the form get numbers after those printed in the workbook, so that the two never collide.
FIRST_FREE_NUMBER = _BLANK_ROWS + 1
_GUIDE = (
    "会议议定的事项填在空白行（编号已印好），往期事项在原行填写办理情况；办结的，“状态”选“已销号”并填销号日期。"
    "保存在原处即可，下次起草简报时自动读入。"
)
_NUMBER = re.compile(r"[协议]\d{4}(?:-\d{2}|-Q[1-4])?-\d+")
_DAY = re.compile(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})\D?")


def write_decisions(brief: Brief, path: Path) -> None:
    """Write the open matters of `brief` and numbered blank rows for decisions; the same brief gives the same bytes."""
    packed = BytesIO()
    book = new_book(packed, brief, DECISIONS_SHEET)
    sheet = book.add_worksheet(DECISIONS_SHEET)
    cell = {"font_name": "宋体", "font_size": 11, "border": 1, "text_wrap": True, "valign": "vcenter"}
    text, day = book.add_format(cell), book.add_format({**cell, "num_format": "yyyy-mm-dd"})
    head = book.add_format({**cell, "font_name": "黑体", "align": "center", "bg_color": "#EDEDED"})
    sheet.write(0, 0, f"{brief.title}——{DECISIONS_SHEET}", book.add_format({"font_name": "黑体", "font_size": 16}))
    sheet.write(1, 0, _GUIDE, book.add_format({"font_name": "宋体", "font_size": 10}))
    for column, (title, width) in enumerate(zip(_TITLES, _WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write(_HEAD_ROW, column, title, head)
    rows = [*_open_rows(brief), *_blank_rows(brief)]
    for position, values in enumerate(rows, start=_HEAD_ROW + 1):
        # Set explicitly: LibreOffice and WPS do not fit the height of rows they did not write.
        lines = max(-(-2 * len(str(value or "")) // width) for value, width in zip(values, _WIDTHS, strict=True))
        sheet.set_row(position, 15 * max(lines, 1) + 4)
        for column, value in enumerate(values):
            write_cell(sheet, position, column, value, day if _TITLES[column] in ("办结期限", "销号日期") else text)
    _finish(sheet, len(rows))
    book.close()
    write_atomically(path, packed.getvalue())


def _open_rows(brief: Brief) -> list[tuple[object, ...]]:
    open_ = [m for m in brief.matters if m.state == "办理中"]
    return [(m.no, m.kind, m.words, m.raised_by, m.owner, m.due, m.progress, m.state, None) for m in open_]


def _blank_rows(brief: Brief) -> list[tuple[object, ...]]:
    rows = range(1, _BLANK_ROWS + 1)
    return [(f"议{brief.period}-{n}", "议定事项", "", "联席会议", "", None, "", "办理中", None) for n in rows]


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


def read_decisions(rows: Sequence[Sequence[object]], name: str) -> tuple[tuple[Matter, ...], tuple[str, ...]]:
    """The matters in a filled-in workbook, and messages in Chinese about entries that cannot be used, with their row.

    `rows` are the raw cells of its sheet from the top; `name` names the workbook in messages. Numbered rows without a
    事项 are unused and skipped.
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
    """The matters that `read_decisions` returns for an issue's workbook as written, before anybody has edited it."""
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
    return "" if value is None else " ".join(xml_safe(str(value)).split())


def day_of(value: object) -> dt.date | None:
    """The date in a cell or text (2023-11-30, 2023.11.30, 2023年11月30日); None where there is no valid one."""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    match = _DAY.fullmatch(_text(value))
    try:
        return dt.date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None
