"""Compose the prefecture's issue 各县（市）情况通报 as a `Brief` value.

Belongs here: its sentences and tables. Does not belong here: counting and ranking (`tasks.rollup.rank_counties`), how
it looks (`writers`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from config.calendar import Period
from config.settings import PrefectureSettings
from tasks.brief.brief_document import Block, Brief, Heading, Paragraph, Run, Table, TableColumn, text_paragraph
from tasks.brief.words.brief_wording import units_counted
from tasks.brief.words.prose import joined, percent_words, short_date
from tasks.model.county_tally import CountyLine, CountyTally, UnreadablePlan

_RETURNS = (
    TableColumn("名次", 14),
    TableColumn("县（市）", 40, "left"),
    TableColumn("应报", 17),
    TableColumn("已报", 17),
    TableColumn("按时", 17),
    TableColumn("按时率", 17),
    TableColumn("迟报", 17),
    TableColumn("未报", 17),
)
_PROGRESS = (
    TableColumn("县（市）", 32, "left"),
    TableColumn("措施", 12),
    TableColumn("绿灯", 12),
    TableColumn("黄灯", 12),
    TableColumn("红灯", 12),
    TableColumn("未评定", 13),
    TableColumn("指标", 12),
    TableColumn("已完成", 13),
    TableColumn("符合序时", 13),
    TableColumn("略低", 12),
    TableColumn("明显滞后", 13),
)
_NOTE = (
    "注：名次按按时率排列，相同的依次比较已报比例、红灯措施占比，仍相同的并列；本期没有应报事项的不排名。"
    "“按时”含零报告。灯和序时进度由各县按本县标准评定。"
)
_ALL = "合计"


def compose_counties(
    period: Period,
    lines: Sequence[CountyLine],
    unreadable: Sequence[UnreadablePlan],
    office: PrefectureSettings,
    now: dt.datetime,
) -> Brief:
    """The issue of a period. `lines` are ranked already; plans in `unreadable` are named and not counted. Pure."""
    total = sum((line.tally for line in lines), CountyTally())
    blocks: list[Block] = [
        text_paragraph(f"现将{period.label}各县（市）联席会议报送情况和措施进展情况通报如下。"),
        Heading(1, "一、总体情况"),
        *_overall(lines, total, unreadable, min(period.end, now.date())),
        Heading(1, "二、各县（市）报送情况"),
        Table("表1  月度报送情况", _RETURNS, tuple(_returns(line) for line in (*lines, _sum(total)))),
        text_paragraph(_NOTE, "note"),
        Heading(1, "三、各县（市）措施和指标进展"),
        Table("表2  措施和量化指标", _PROGRESS, tuple(_progress(line) for line in (*lines, _sum(total)))),
        text_paragraph("注：没有取得有效数据的指标计入“指标”，不计入其后各栏。", "note"),
    ]
    return Brief(
        plan="",
        period=period.text,
        name=office.name,
        issue_no=(period.end.month - 1) // period.months + 1,
        year=period.end.year,
        office=office.office,
        date=now.date(),
        title=f"{period.label}各县（市）措施进展情况",
        blocks=tuple(blocks),
        to_report=office.report_to,
        to_issue=office.issue_to,
    )


def _overall(
    lines: Sequence[CountyLine], total: CountyTally, unreadable: Sequence[UnreadablePlan], on: dt.date
) -> list[Paragraph]:
    rate = f"，其中按时{total.on_time}家，按时率{_rate(total)}" if total.expected else ""
    paragraphs = [
        (
            "（一）报送情况。",
            f"截至{short_date(on)}，{len(lines)}个县（市）月度报送应报{total.expected}家，已报{total.received}家{rate}。"
            f"{_below(lines, total)}",
        )
    ]
    if total.measures:
        parts = [("绿灯", total.green), ("黄灯", total.yellow), ("红灯", total.red), ("未评定", total.unrated)]
        paragraphs.append(
            ("（二）措施进展。", f"{total.measures}项措施中，{units_counted(parts, '项')}。{_red_measures(lines)}")
        )
    if total.targets:
        parts = [
            ("已完成", total.done),
            ("符合序时进度", total.on_track),
            ("略低于序时进度", total.behind),
            ("明显滞后", total.far_behind),
            ("未取得有效数据或不评定", total.unknown),
        ]
        paragraphs.append(("（三）量化指标。", f"{total.targets}项量化指标中，{units_counted(parts, '项')}。"))
    if unreadable:
        # The reason is for the office that fixes the plan, not for the readers of the issue.
        listed = joined([each.plan for each in unreadable])
        paragraphs.append(("（四）未能汇总。", f"以下方案的数据没有读出，未计入以上各数：{listed}。"))
    return [Paragraph((Run(head, strong=True), Run(text))) for head, text in paragraphs]


def _below(lines: Sequence[CountyLine], total: CountyTally) -> str:
    """Names the counties below the overall on-time rate; '' where there are none."""
    below = [
        f"{line.name}（{_rate(line.tally)}）"
        for line in lines
        if line.tally.expected and line.tally.on_time * total.expected < total.on_time * line.tally.expected
    ]
    return f"按时率低于总体的有{joined(below)}。" if below else ""


def _red_measures(lines: Sequence[CountyLine]) -> str:
    counts = [f"{line.name}{line.tally.red}项" for line in lines if line.tally.red]
    return f"红灯措施在{joined(counts)}。" if counts else ""


def _sum(total: CountyTally) -> CountyLine:
    return CountyLine("", _ALL, total)


def _returns(line: CountyLine) -> tuple[Run, ...]:
    tally, strong = line.tally, line.name == _ALL
    rank = "" if strong else str(line.rank or "—")
    counts = (tally.expected, tally.received, tally.on_time, _rate(tally), tally.late, tally.missing)
    return tuple(Run(str(each), strong=strong) for each in (rank, line.name, *counts))


def _progress(line: CountyLine) -> tuple[Run, ...]:
    tally, strong = line.tally, line.name == _ALL
    measures = (tally.measures, tally.green, tally.yellow, tally.red, tally.unrated)
    targets = (tally.targets, tally.done, tally.on_track, tally.behind, tally.far_behind)
    return tuple(Run(str(each), strong=strong) for each in (line.name, *measures, *targets))


def _rate(tally: CountyTally) -> str:
    return f"{percent_words(tally.on_time / tally.expected)}%" if tally.expected else "—"
