"""The parts of the annual summary: overall, targets, measures, highlights, matters.

Belongs here: the sentences and tables of each part. Does not belong here: their order and the masthead
(`compose_annual`), the year's values (`annual_history`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import groupby

from config.plan import Plan
from config.settings import Settings
from tasks.brief.annual_history import OUTCOMES, AnnualHistory, light_of, month_name
from tasks.brief.brief_document import (
    Bar,
    Block,
    Chart,
    Heading,
    LedgerRow,
    Paragraph,
    Run,
    Table,
    TableColumn,
    text_paragraph,
)
from tasks.brief.parts.followed_matters import DAY_MM, UNASSIGNED, day_words, matter_state_words, matter_text
from tasks.brief.parts.measures_figures import MOST_BARS, bar_label
from tasks.brief.parts.trend import month_columns
from tasks.brief.words.brief_wording import metric_words, short_title, units_counted
from tasks.brief.words.prose import percent_words, quoted
from tasks.model.meeting import Matter, UnitRecord
from tasks.model.words import LIGHT_NAMES, LIGHTS, Light
from tasks.text import figure_text, says_something

_TARGETS = (
    TableColumn("措施", 11),
    TableColumn("指标", 41, "left"),
    TableColumn("牵头单位", 30, "left"),
    TableColumn("目标", 20),
    TableColumn("累计", 18),
    TableColumn("完成率", 14),
    TableColumn("结果", 22),
)
_MATTERS = (
    TableColumn("编号", 26),
    TableColumn("事项", 37, "left"),
    TableColumn("责任单位", 23, "left"),
    TableColumn("办结期限", DAY_MM),
    TableColumn("办理结果", 36, "left"),
)
_MONTHS_ON_THE_PAGE = 6


def annual_overall(history: AnnualHistory, scores: Sequence[UnitRecord]) -> list[Block]:
    """The year's reports, measures and targets, counts first."""
    paragraphs = [
        ("（一）报送情况。", _reports(scores)),
        ("（二）措施进展。", _measures(history)),
        ("（三）目标完成。", _outcomes(history)),
    ]
    shown = [Paragraph((Run(head, strong=True), Run(text))) for head, text in paragraphs if text]
    return [Heading(1, "一、总体情况"), *shown]


def _reports(scores: Sequence[UnitRecord]) -> str:
    expected = sum(s.expected for s in scores)
    if not expected:
        return ""
    on_time, right = sum(s.on_time for s in scores), sum(s.first_right for s in scores)
    clean = [s.unit for s in scores if s.on_time == s.first_right == s.expected]
    text = (
        f"全年{len(scores)}家单位应报{expected}件次，按时{on_time}件次，按时率{percent_words(on_time / expected)}%；"
        f"一次合格{right}件次，合格率{percent_words(right / expected)}%；未报{sum(s.missing for s in scores)}件次，"
        f"退回{sum(s.returns for s in scores)}次，简报印发后更正{sum(s.corrections for s in scores)}次。"
    )
    return text + (f"全年按时且一次合格的{len(clean)}家。" if clean else "")


def _measures(history: AnnualHistory) -> str:
    numbers = list(dict.fromkeys(row.measure for row in history.rows))
    first, last = history.months[0], history.months[-1]
    now = [light_of(history.rows, no) for no in numbers]
    counts = [(LIGHT_NAMES[light], now.count(light)) for light in LIGHTS]
    text = f"截至{month_name(last.period)}底，{len(numbers)}项措施中，{units_counted(counts, '项')}。"
    if first is not last:
        before = [light_of(history.ledgers[first.period], no) for no in numbers]
        moves = "、".join(f"{LIGHT_NAMES[x]}由{before.count(x)}项变为{now.count(x)}项" for x in LIGHTS[:3])
        text += f"与{month_name(first.period)}相比，{moves}。"
    return text


def _outcomes(history: AnnualHistory) -> str:
    outcomes = [history.outcome(row) for row in history.targets()]
    if not outcomes:
        return ""
    return f"{len(outcomes)}项量化指标中，{units_counted([(name, outcomes.count(name)) for name in OUTCOMES], '项')}。"


def annual_targets(history: AnnualHistory, settings: Settings) -> list[Block]:
    """Each target with its outcome, its monthly figures, and the unit's reasons for missing it."""
    rows = history.targets()
    if not rows:
        return []
    table = tuple(_target(row, history) for row in rows)
    blocks: list[Block] = [Heading(1, "二、量化指标完成情况"), Table("全年量化指标完成情况表", _TARGETS, table)]
    if any(history.period_of_figure(row) for row in rows):
        blocks.append(text_paragraph("注：累计后注明月份的，此后未取得有效数据，按该月数据列出。", "note"))
    blocks += _chart([row for row in rows if history.outcome(row) in ("未完成", "期限未到")])
    blocks += _months(history, rows)
    return blocks + _missed([row for row in rows if history.outcome(row) == "未完成"], settings)


def _chart(rows: Sequence[LedgerRow]) -> list[Block]:
    """The targets not reached, lowest share first. No chart below two bars: there is nothing to compare."""
    open_ = sorted((row for row in rows if row.share_pct is not None), key=_share)
    if len(open_) < 2:
        return []
    bars = tuple(_bar(row) for row in open_[:MOST_BARS])
    note = "注：横条为完成率，竖线为应完成的进度；已完成和不评定的未列入。"
    return [Chart("图1  未完成指标完成率图", bars), text_paragraph(note, "note")]


def _share(row: LedgerRow) -> int:
    return row.share_pct or 0


def _target(row: LedgerRow, history: AnnualHistory) -> tuple[Run, ...]:
    share = "—" if row.share_pct is None else f"{row.share_pct}%"
    figure = "—" if row.cumulative is None else figure_text(row.cumulative)
    if period := history.period_of_figure(row):
        figure += f"（{month_name(period)}）"
    outcome = history.outcome(row)
    cells = (row.measure, row.metric, row.unit, row.target)
    return (
        *(Run(text) for text in cells),
        Run(figure, source=row.source),
        Run(share),
        Run(outcome, strong=outcome == "未完成"),
    )


def _bar(row: LedgerRow) -> Bar:
    share = row.share_pct or 0
    return Bar(bar_label(row.metric), share, row.elapsed_pct or 0, row.light, f"{share}%", row.source)


def _months(history: AnnualHistory, rows: Sequence[LedgerRow]) -> list[Block]:
    """Cumulative figures month by month; nothing for a single month."""
    periods = history.periods[-_MONTHS_ON_THE_PAGE:]
    if len(periods) < 2:
        return []
    table = []
    for row in rows:
        known = history.figures(row)
        cells = [Run(figure_text(value)) if (value := known.get(p)) is not None else Run("—") for p in periods]
        table.append((Run(row.measure), Run(f"{row.metric}（{row.metric_unit}）"), *cells))
    return [Table("全年量化指标逐月累计表", month_columns(periods), tuple(table))]


def _missed(rows: Sequence[LedgerRow], settings: Settings) -> list[Block]:
    """The units' reasons for missed targets, and the units that gave none; the figures are in the table."""
    if not rows:
        return []
    reasons: dict[tuple[str, str], list[LedgerRow]] = {}
    for row in rows:
        reasons.setdefault((row.unit, row.problems.strip() if says_something(row.problems) else ""), []).append(row)
    explained = [(unit, words, own) for (unit, words), own in reasons.items() if words]
    unexplained = [f"{unit}（{_numbers(own)}）" for (unit, words), own in reasons.items() if not words]
    text = f"未完成的{len(rows)}项指标，" + ("牵头单位所报原因：" if explained else "牵头单位均未说明原因。")
    blocks: list[Block] = [text_paragraph(text)]
    for number, (unit, words, own) in enumerate(explained, start=1):
        names = "、".join(metric_words(row.metric) for row in own)
        head = Run(f"{number}. {unit}（{_numbers(own)}）{names}：")
        reason = quoted(words, settings.brief.quote_chars)
        blocks.append(Paragraph((head, Run(reason, source=own[0].source, quote=True))))
    if explained and unexplained:
        blocks.append(text_paragraph(f"未说明原因的：{'、'.join(unexplained)}。"))
    return blocks


def _numbers(rows: Sequence[LedgerRow]) -> str:
    return f"第{'、'.join(dict.fromkeys(row.measure for row in rows))}项"


def annual_measures(history: AnnualHistory, plan: Plan, settings: Settings) -> list[Block]:
    """Section by section: each measure's lights over the months, and its unit's latest text."""
    blocks: list[Block] = [Heading(1, "三、各项措施推进过程")]
    first = {row.measure: row for row in reversed(history.rows)}
    for section in plan.sections:
        own = [m for m in plan.measures if m.section == section.no and m.no in first]
        if own:
            blocks.append(Heading(2, f"（{section.no}）{section.title}"))
            blocks += [_measure(first[m.no], history, settings) for m in own]
    return blocks


def _measure(row: LedgerRow, history: AnnualHistory, settings: Settings) -> Paragraph:
    runs = [Run(f"{row.measure}. {short_title(row.text)}（{row.unit}）。{_light_spans(history.lights(row.measure))}。")]
    if words := _latest_progress(row.measure, history):
        runs.append(Run(quoted(words, settings.brief.quote_chars), quote=True))
    return Paragraph(tuple(runs))


def _light_spans(lights: Sequence[tuple[str, Light]]) -> str:
    """10月红灯，11月至12月绿灯: consecutive months of one light as one span."""
    spans = []
    for light, group in groupby(lights, key=lambda pair: pair[1]):
        months = [month_name(period) for period, _ in group]
        span = months[0] if len(months) == 1 else f"{months[0]}至{months[-1]}"
        spans.append(f"{span}{LIGHT_NAMES[light]}")
    return "，".join(spans)


def _latest_progress(measure: str, history: AnnualHistory) -> str:
    """The progress text of the latest month that has one."""
    for month in reversed(history.months):
        for row in month.ledger:
            if row.measure == measure and says_something(row.progress):
                return row.progress
    return ""


def annual_highlights(history: AnnualHistory, settings: Settings) -> list[Block]:
    """Each highlight of the year once, with its unit, measure and first month."""
    first_seen: dict[tuple[str, str], tuple[str, str]] = {}
    for month in history.months:
        for row in month.ledger:
            if says_something(row.highlights):
                first_seen.setdefault((row.unit, row.highlights.strip()), (row.measure, month.period))
    blocks: list[Block] = [Heading(1, "四、亮点做法")]
    if not first_seen:
        return [*blocks, text_paragraph("全年各单位未报送亮点做法。")]
    for number, ((unit, words), (measure, period)) in enumerate(first_seen.items(), start=1):
        head = Run(f"{number}. {unit}（第{measure}项，{month_name(period)}）：")
        blocks.append(Paragraph((head, Run(quoted(words, settings.brief.quote_chars), quote=True))))
    return blocks


def annual_matters(matters: Sequence[Matter], on: dt.date, settings: Settings) -> list[Block]:
    """The year's matters of the meeting: counts, and a table with the state of each."""
    blocks: list[Block] = [Heading(1, "五、协调事项和议定事项办理情况")]
    if not matters:
        return [*blocks, text_paragraph("全年没有提请联席会议协调、议定的事项。")]
    closed = sum(m.state == "已销号" for m in matters)
    late = sum(m.is_overdue(on) for m in matters)
    kinds = [(name, sum(m.kind == name for m in matters)) for name in ("协调事项", "议定事项")]
    counts = "、".join(f"{name}{count}项" for name, count in kinds if count)
    text = f"全年{counts}，已销号{closed}项，办理中{len(matters) - closed}项{f'（超期{late}项）' if late else ''}。"
    limit = settings.brief.quote_chars
    rows = tuple(
        (
            *(Run(words) for words in (m.no, matter_text(m.words, limit), m.owner or UNASSIGNED, day_words(m.due, on))),
            Run(matter_state_words(m, on, limit), strong=m.is_overdue(on)),
        )
        for m in matters
    )
    return [*blocks, text_paragraph(text), Table("全年协调事项、议定事项办理情况表", _MATTERS, rows)]
