"""The columns of the 措施台账: the month's own, then a block for each earlier month of the year.

Belongs here: each column's title, width and value. Does not belong here: formats (`ledger_workbook`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from config.calendar import Period
from tasks.brief.brief_document import Brief, LedgerRow, PastValue
from tasks.brief.words.brief_wording import short_title
from tasks.model.words import LIGHT_NAMES


def _no_source(_row: LedgerRow) -> int | None:
    return None


@dataclass(frozen=True, slots=True)
class LedgerColumn:
    """One column: title, width in characters, cell value, name of the format, index of the source to link to."""

    title: str
    width: float
    value: Callable[[LedgerRow, Brief], object]
    format: str = "text"
    source: Callable[[LedgerRow], int | None] = _no_source


def _number(text: str) -> object:
    """Digits as a number, so that the filter sorts 2 before 10; 三 stays text."""
    return int(text) if text.isascii() and text.isdigit() else text


def _share(percent: int | None) -> float | None:
    return None if percent is None else percent / 100


def _source(index: int | None, brief: Brief) -> str:
    if index is None:
        return "—"
    source = brief.sources[index]
    return f"第{source.version}版 {source.sheet}!{source.cell}"


def _whole_text(row: LedgerRow, brief: Brief) -> str:
    """The measure's full text in its first row only: repeated for each of its figures it would fill the page."""
    first = next(each for each in brief.ledger if each.measure == row.measure)
    return row.text if first.metric == row.metric else ""


# Figures first, then texts: printed on A3 landscape, each half is one page wide with the first three columns repeated.
COLUMNS: tuple[LedgerColumn, ...] = (
    LedgerColumn("措施序号", 6, lambda row, _: _number(row.measure), "centre"),
    LedgerColumn("措施内容", 28, lambda row, _: short_title(row.text)),
    LedgerColumn("报送单位", 13, lambda row, _: row.unit),
    LedgerColumn("部分", 14, lambda row, _: row.section),
    LedgerColumn("责任单位", 18, lambda row, _: row.responsible),
    LedgerColumn("指标", 18, lambda row, _: row.metric),
    LedgerColumn("计量单位", 7, lambda row, _: row.metric_unit, "centre"),
    LedgerColumn("目标", 10, lambda row, _: row.target, "centre"),
    LedgerColumn("完成时限", 13, lambda row, _: row.due, "date"),
    LedgerColumn("累计", 9, lambda row, _: row.cumulative, "figure"),
    LedgerColumn("完成率", 7, lambda row, _: _share(row.share_pct), "percent"),
    LedgerColumn("序时进度", 7, lambda row, _: _share(row.elapsed_pct), "percent"),
    LedgerColumn("亮灯", 8, lambda row, _: LIGHT_NAMES[row.light], "light"),
    LedgerColumn("较上月", 8, lambda row, _: row.change, "change"),
    LedgerColumn("进展状态", 9, lambda row, _: row.status, "centre"),
    LedgerColumn("数据来源", 20, lambda row, brief: _source(row.source, brief), "text", lambda row: row.source),
    LedgerColumn("措施全文", 34, _whole_text),
    LedgerColumn("进展情况", 28, lambda row, _: row.progress),
    LedgerColumn("存在问题", 18, lambda row, _: row.problems),
    LedgerColumn("需协调事项", 16, lambda row, _: row.coordination),
    LedgerColumn("需协调单位", 9, lambda row, _: row.coordination_unit),
    LedgerColumn("下一步计划", 18, lambda row, _: row.next_steps),
    LedgerColumn("亮点做法", 14, lambda row, _: row.highlights),
    LedgerColumn("责任单位补充", 10, lambda row, _: row.supporting),
)
# Number of columns in the block of one earlier month.
PAST_WIDTH = 4


def past_columns(brief: Brief) -> list[LedgerColumn]:
    """Columns 累计, 完成率, 亮灯 and 来源 for each earlier month in the ledger, the earliest first."""
    periods = sorted({past.period for row in brief.ledger for past in row.past})
    return [column for period in periods for column in _block(period)]


def _block(period: str) -> list[LedgerColumn]:
    head = f"{Period.parse(period).start.month}月"

    def past_value(row: LedgerRow) -> PastValue | None:
        return next((past for past in row.past if past.period == period), None)

    def light(row: LedgerRow, _: Brief) -> str:
        return LIGHT_NAMES[past.light] if (past := past_value(row)) else ""

    def source(row: LedgerRow) -> int | None:
        return past.source if (past := past_value(row)) else None

    def share(row: LedgerRow, _: Brief) -> float | None:
        return _share(past.share_pct) if (past := past_value(row)) else None

    return [
        LedgerColumn(f"{head}累计", 9, lambda row, _: past.cumulative if (past := past_value(row)) else None, "figure"),
        LedgerColumn(f"{head}完成率", 7, share, "percent"),
        LedgerColumn(f"{head}亮灯", 8, light, "light"),
        LedgerColumn(f"{head}来源", 20, lambda row, brief: _source(source(row), brief), "text", source),
    ]
