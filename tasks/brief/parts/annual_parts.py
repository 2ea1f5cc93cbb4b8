"""The parts of the year's summary: overall, targets, measures, highlights, matters, units' records.

Belongs here: the sentences and tables of each part. Does not belong here: their order and the masthead (annual),
what the year was (course).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import groupby

from config.plan import Plan
from config.settings import Settings
from tasks.brief.model import Bar, Block, Chart, Heading, LedgerRow, Paragraph, Run, Table, TableColumn
from tasks.brief.parts.followed_matters import DAY_MM, NOBODY, day_words, in_cell, standing_words
from tasks.brief.parts.measures_figures import MOST_BARS
from tasks.brief.parts.trend import month_columns
from tasks.brief.words.brief_wording import metric_words, short_title, units_counted
from tasks.brief.words.prose import percent_words, quoted
from tasks.brief.year_course import OUTCOMES, Course, light_of, month_name
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


def annual_overall(course: Course, scores: Sequence[UnitRecord]) -> list[Block]:
    """Reports, measures and targets of the year, counts first."""
    heads = [
        ("（一）报送情况。", _reports(scores)),
        ("（二）措施进展。", _measures(course)),
        ("（三）目标完成。", _outcomes(course)),
    ]
    said = [Paragraph((Run(head, strong=True), Run(text))) for head, text in heads if text]
    return [Heading(1, "一、总体情况"), *said]


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


def _measures(course: Course) -> str:
    numbers = list(dict.fromkeys(row.measure for row in course.rows))
    first, last = course.months[0], course.months[-1]
    now = [light_of(course.rows, no) for no in numbers]
    counts = [(LIGHT_NAMES[light], now.count(light)) for light in LIGHTS]
    text = f"截至{month_name(last.period)}底，{len(numbers)}项措施中，{units_counted(counts, '项')}。"
    if first is not last:
        before = [light_of(course.ledgers[first.period], no) for no in numbers]
        moves = "、".join(f"{LIGHT_NAMES[x]}由{before.count(x)}项变为{now.count(x)}项" for x in LIGHTS[:3])
        text += f"与{month_name(first.period)}相比，{moves}。"
    return text


def _outcomes(course: Course) -> str:
    outcomes = [course.outcome(row) for row in course.targets()]
    if not outcomes:
        return ""
    return f"{len(outcomes)}项量化指标中，{units_counted([(name, outcomes.count(name)) for name in OUTCOMES], '项')}。"


def annual_targets(course: Course, settings: Settings) -> list[Block]:
    """Every target with what became of it, its months, and why it was missed in the unit's words."""
    rows = course.targets()
    if not rows:
        return []
    table = tuple(_target(row, course) for row in rows)
    blocks: list[Block] = [Heading(1, "二、量化指标完成情况"), Table("全年量化指标完成情况表", _TARGETS, table)]
    if any(course.told_in(row) for row in rows):
        blocks.append(Paragraph((Run("注：累计后注明月份的，此后未取得有效数据，按该月数据列出。"),), "note"))
    blocks += _chart([row for row in rows if course.outcome(row) in ("未完成", "期限未到")])
    blocks += _months(course, rows)
    return blocks + _missed([row for row in rows if course.outcome(row) == "未完成"], settings)


def _chart(rows: Sequence[LedgerRow]) -> list[Block]:
    """The targets not reached, those furthest from it first; of one there is nothing to compare."""
    open_ = sorted((row for row in rows if row.share_pct is not None), key=_share)
    if len(open_) < 2:
        return []
    bars = tuple(_bar(row) for row in open_[:MOST_BARS])
    note = "注：横条为完成率，竖线为应完成的进度；已完成和不评定的未列入。"
    return [Chart("图1  未完成指标完成率图", bars), Paragraph((Run(note),), "note")]


def _share(row: LedgerRow) -> int:
    return row.share_pct or 0


def _target(row: LedgerRow, course: Course) -> tuple[Run, ...]:
    share = "—" if row.share_pct is None else f"{row.share_pct}%"
    told = "—" if row.cumulative is None else figure_text(row.cumulative)
    if period := course.told_in(row):
        told += f"（{month_name(period)}）"
    outcome = course.outcome(row)
    cells = (row.measure, row.metric, row.unit, row.target)
    return (
        *(Run(text) for text in cells),
        Run(told, source=row.source),
        Run(share),
        Run(outcome, strong=outcome == "未完成"),
    )


def _bar(row: LedgerRow) -> Bar:
    label = row.metric if len(row.metric) <= 17 else row.metric[:16] + "…"
    share = row.share_pct or 0
    return Bar(label, share, row.elapsed_pct or 0, row.light, f"{share}%", row.source)


def _months(course: Course, rows: Sequence[LedgerRow]) -> list[Block]:
    """Cumulative figures month by month, where there is more than one."""
    periods = course.periods[-_MONTHS_ON_THE_PAGE:]
    if len(periods) < 2:
        return []
    table = []
    for row in rows:
        known = course.figures(row)
        cells = [Run(figure_text(value)) if (value := known.get(p)) is not None else Run("—") for p in periods]
        table.append((Run(row.measure), Run(f"{row.metric}（{row.metric_unit}）"), *cells))
    return [Table("全年量化指标逐月累计表", month_columns(periods), tuple(table))]


def _missed(rows: Sequence[LedgerRow], settings: Settings) -> list[Block]:
    """Why targets were missed, in units' words, and who gave no reason; how far they came is in the table."""
    if not rows:
        return []
    reasons: dict[tuple[str, str], list[LedgerRow]] = {}
    for row in rows:
        reasons.setdefault((row.unit, row.problems.strip() if says_something(row.problems) else ""), []).append(row)
    told = [(unit, words, found) for (unit, words), found in reasons.items() if words]
    silent = [f"{unit}（{_numbers(found)}）" for (unit, words), found in reasons.items() if not words]
    text = f"未完成的{len(rows)}项指标，" + ("牵头单位所报原因：" if told else "牵头单位均未说明原因。")
    blocks: list[Block] = [Paragraph((Run(text),))]
    for number, (unit, words, found) in enumerate(told, start=1):
        names = "、".join(metric_words(row.metric) for row in found)
        head = Run(f"{number}. {unit}（{_numbers(found)}）{names}：")
        reason = quoted(words, settings.brief.quote_chars)
        blocks.append(Paragraph((head, Run(reason, source=found[0].source, quote=True))))
    if told and silent:
        blocks.append(Paragraph((Run(f"未说明原因的：{'、'.join(silent)}。"),)))
    return blocks


def _numbers(rows: Sequence[LedgerRow]) -> str:
    return f"第{'、'.join(dict.fromkeys(row.measure for row in rows))}项"


def annual_measures(course: Course, plan: Plan, settings: Settings) -> list[Block]:
    """Section by section: each measure's lights over the months, and what its unit said last."""
    blocks: list[Block] = [Heading(1, "三、各项措施推进过程")]
    first = {row.measure: row for row in reversed(course.rows)}
    for section in plan.sections:
        own = [m for m in plan.measures if m.section == section.no and m.no in first]
        if own:
            blocks.append(Heading(2, f"（{section.no}）{section.title}"))
            blocks += [_measure(first[m.no], course, settings) for m in own]
    return blocks


def _measure(row: LedgerRow, course: Course, settings: Settings) -> Paragraph:
    runs = [Run(f"{row.measure}. {short_title(row.text)}（{row.unit}）。{_course(course.lights(row.measure))}。")]
    if said := _last_words(row.measure, course):
        runs.append(Run(quoted(said, settings.brief.quote_chars), quote=True))
    return Paragraph(tuple(runs))


def _course(lights: Sequence[tuple[str, Light]]) -> str:
    """10月红灯，11月至12月绿灯: months of one light together."""
    spans = []
    for light, found in groupby(lights, key=lambda told: told[1]):
        months = [month_name(period) for period, _ in found]
        span = months[0] if len(months) == 1 else f"{months[0]}至{months[-1]}"
        spans.append(f"{span}{LIGHT_NAMES[light]}")
    return "，".join(spans)


def _last_words(measure: str, course: Course) -> str:
    """What the unit said of the measure in the last month in which it said anything."""
    for month in reversed(course.months):
        for row in month.ledger:
            if row.measure == measure and says_something(row.progress):
                return row.progress
    return ""


def annual_highlights(course: Course, settings: Settings) -> list[Block]:
    """Each highlight of the year once, with its unit, measure and first month."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for month in course.months:
        for row in month.ledger:
            if says_something(row.highlights):
                found.setdefault((row.unit, row.highlights.strip()), (row.measure, month.period))
    blocks: list[Block] = [Heading(1, "四、亮点做法")]
    if not found:
        return [*blocks, Paragraph((Run("全年各单位未报送亮点做法。"),))]
    for number, ((unit, words), (measure, period)) in enumerate(found.items(), start=1):
        head = Run(f"{number}. {unit}（第{measure}项，{month_name(period)}）：")
        blocks.append(Paragraph((head, Run(quoted(words, settings.brief.quote_chars), quote=True))))
    return blocks


def annual_matters(matters: Sequence[Matter], on: dt.date, settings: Settings) -> list[Block]:
    """What the meeting followed over the year, and what of it is still open."""
    blocks: list[Block] = [Heading(1, "五、协调事项和议定事项办理情况")]
    if not matters:
        return [*blocks, Paragraph((Run("全年没有提请联席会议协调、议定的事项。"),))]
    closed = sum(m.state == "已销号" for m in matters)
    late = sum(m.is_overdue(on) for m in matters)
    kinds = [(name, sum(m.kind == name for m in matters)) for name in ("协调事项", "议定事项")]
    told = "、".join(f"{name}{count}项" for name, count in kinds if count)
    text = f"全年{told}，已销号{closed}项，办理中{len(matters) - closed}项{f'（超期{late}项）' if late else ''}。"
    limit = settings.brief.quote_chars
    rows = tuple(
        (
            *(Run(words) for words in (m.no, in_cell(m.words, limit), m.owner or NOBODY, day_words(m.due, on))),
            Run(standing_words(m, on, limit), strong=m.is_overdue(on)),
        )
        for m in matters
    )
    return [*blocks, Paragraph((Run(text),)), Table("全年协调事项、议定事项办理情况表", _MATTERS, rows)]
