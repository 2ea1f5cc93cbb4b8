"""register.xlsx: the draft as a 责任清单 for people to check, with its figures, dates, units and open questions.

Belongs here: sheets, columns and their formats. What is uncertain is decided by `review_draft`.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from tasks.model.words import KIND_TITLES
from tasks.register.draft import WHO, Draft, unique_numbers

_OPERATORS = {">=": "不少于", "<=": "不超过", "=": "等于", "->": "达到", "range": "区间"}
# What a clerk reads instead of a flag's code; a code that is missing here is shown as it is.
FLAGS = {
    "lead_inferred": "牵头单位系推定",
    "first_listed_leads": "按“列首位者牵头”",
    "several_clauses": "一条内多处分工",
    "open_list": "原文有“等”",
    "level_inferred": "单位层级系推定",
    "year_inferred": "年份系推定",
    "joined_lines": "断行已接",
    "name_misspelt": "疑有错字",
    "repeated_sentence": "有重复句",
    "window_ended": "政策期限已过",
    "soft_target": "指标措辞有弹性",
}
_EPOCH = dt.datetime(2000, 1, 1)
_COLUMNS = {
    "责任清单": "序号:8 所属部分:20 措施内容:60 牵头单位:20 责任单位:28 量化指标:34 时限:13 政策到期日:13 请留意:20"
    " 原文位置:18",
    "量化指标": "序号:8 指标:40 关系:10 数值:12 上限:10 单位:10 完成日期:14 措辞有弹性:12 原文:50",
    "报送要求": "编号:8 种类:12 谁报:24 报什么:50 截止:14 每月:8 原文:50 原文位置:20",
    "单位汇总": "单位:30 牵头措施数:12 责任措施数:12 联席会议成员:14",
    "待确认": "轻重:10 事项:90 原文位置:24",
}


def register_workbook_bytes(draft: Draft) -> bytes:
    """The workbook as bytes; the same draft always gives the same bytes."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": draft.document.title, "created": _EPOCH})
    formats = _formats(book)
    rows: dict[str, Sequence[tuple[object, ...]]] = {
        "责任清单": _measures(draft),
        "量化指标": _targets(draft),
        "报送要求": _duties(draft),
        "单位汇总": _units(draft),
        "待确认": [(each.weight, each.text, each.place) for each in draft.uncertainties],
    }
    for name, columns in _COLUMNS.items():
        titles = [(title, int(width)) for title, width in (each.split(":") for each in columns.split())]
        _write(book, formats, name, titles, rows[name])
    book.close()
    return buffer.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    base = {"font_name": "宋体", "font_size": 11, "valign": "top", "text_wrap": True, "border": 1}
    return {
        "title": book.add_format({**base, "bold": True, "bg_color": "#DDEBF7", "align": "center", "valign": "vcenter"}),
        "text": book.add_format(base),
        "day": book.add_format({**base, "num_format": "yyyy-mm-dd"}),
    }


def _write(
    book: Any,
    formats: dict[str, Any],
    name: str,
    columns: Sequence[tuple[str, int]],
    rows: Sequence[tuple[object, ...]],
) -> None:
    sheet = book.add_worksheet(name)
    for at, (title, width) in enumerate(columns):
        sheet.set_column(at, at, width)
        sheet.write_string(0, at, title, formats["title"])
    for number, row in enumerate(rows, start=1):
        for at, value in enumerate(row):
            if isinstance(value, dt.date):
                sheet.write_datetime(number, at, dt.datetime.combine(value, dt.time()), formats["day"])
            elif isinstance(value, (int, float)) and not isinstance(value, bool):
                sheet.write_number(number, at, value, formats["text"])
            else:
                sheet.write_string(number, at, str(value or "")[:32000], formats["text"])
        # Some programs do not fit the row height to wrapped text.
        sheet.set_row(number, 18 * max(_line_count(str(row[at]), width) for at, (_, width) in enumerate(columns)))
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _line_count(text: str, width: int) -> int:
    """Lines that a text takes in a column `width` Latin characters wide; at most what a row can show."""
    taken = sum(max(1, -(-sum(1 if ord(char) < 0x2E80 else 2 for char in line) // width)) for line in text.split("\n"))
    return min(taken, 26)


def _measures(draft: Draft) -> list[tuple[object, ...]]:
    titles = {section.no: f"（{section.no}）{section.title}" for section in draft.sections}
    numbers = unique_numbers(draft.measures)
    return [
        (
            no,
            titles.get(measure.section, measure.section),
            measure.text,
            "\n".join(measure.lead),
            "\n".join(measure.responsible),
            "\n".join(
                f"{target.metric}{_OPERATORS[target.operator]}{_value(target.value, target.value_max)}{target.unit}"
                for target in measure.targets
            ),
            "\n".join(measure.deadlines),
            "\n".join(expiry.on.isoformat() for expiry in measure.expires),
            "\n".join(FLAGS.get(flag, flag) for flag in measure.flags),
            measure.place,
        )
        for no, measure in zip(numbers, draft.measures, strict=True)
    ]


def _targets(draft: Draft) -> list[tuple[object, ...]]:
    return [
        (
            measure.no,
            target.metric,
            _OPERATORS[target.operator],
            target.value,
            target.value_max if target.value_max is not None else "",
            target.unit,
            target.due or "",
            "是" if target.soft else "",
            target.words,
        )
        for measure in draft.measures
        for target in measure.targets
    ]


def _duties(draft: Draft) -> list[tuple[object, ...]]:
    return [
        (
            duty.id,
            KIND_TITLES[duty.kind],
            "、".join(WHO.get(who, who) for who in duty.who),
            duty.text,
            duty.due or "",
            "是" if duty.every_month else "",
            duty.words,
            duty.place,
        )
        for duty in draft.duties
    ]


def _units(draft: Draft) -> list[tuple[object, ...]]:
    counted = [
        (unit, led, other, "是" if unit in draft.members else "") for unit, (led, other) in draft.units().items()
    ]
    idle = [(unit, 0, 0, "是") for unit in draft.members if unit not in draft.units()]
    return [*counted, *idle]


def _value(value: float, top: float | None) -> str:
    return f"{value:g}—{top:g}" if top is not None else f"{value:g}"
