"""Part 一、总体情况: duties, measures by light, targets; counts first.

Belongs here: its three paragraphs and the table of lead units.
Does not belong here: single measures and units' own text (`measures_figures`, `highlights_problems`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from tasks.brief.brief_document import Block, Heading, Paragraph, Run, Table, TableColumn
from tasks.brief.words.brief_wording import named_measures, units_counted
from tasks.brief.words.prose import joined, percent_words, short_date
from tasks.model.progress import GroupTally, RollUp, TargetProgress
from tasks.model.submission import Standing
from tasks.model.words import KIND_TITLES, LAGGING, LIGHT_NAMES, LIGHTS, ON_TIME, SENT_BACK, Light, StandingName

_PHRASES: dict[StandingName, str] = {
    "迟报": "迟报",
    "待更正": "已报待更正",
    "待说明": "已报待说明",
    "延期": "批准延期",
    "未到期": "未到期",
    "未报": "未报送",
}
_JUDGED: dict[Light, str] = {"绿": "符合序时进度", "黄": "略低于序时进度", "红": "明显滞后"}

_UNIT_COLUMNS = (
    TableColumn("牵头单位", 44, "left"),
    TableColumn("措施", 14),
    TableColumn("有报告", 14),
    TableColumn("绿灯", 14),
    TableColumn("黄灯", 14),
    TableColumn("红灯", 14),
    TableColumn("未评定", 14),
    TableColumn("指标", 14),
    TableColumn("已完成", 14),
)
# Smaller groups are clearer as text.
_ENOUGH_FOR_A_TABLE = 3
_ENOUGH_FOR_A_RATE = 5


def overall_part(rollup: RollUp, on: dt.date) -> list[Block]:
    """The heading, up to three paragraphs, each with its run-in heading, and the table of lead units.

    `on` is the day of the standings; measures and figures are as of `rollup.as_of`.
    """
    paragraphs = [
        ("（一）报送情况。", _duties(rollup.standings, rollup.period, on)),
        ("（二）措施进展。", _measures(rollup)),
        ("（三）量化指标。", _figures(rollup.figures)),
    ]
    shown = [Paragraph((Run(head, strong=True), Run(text))) for head, text in paragraphs if text]
    return [Heading(1, "一、总体情况"), *shown, *_by_unit(rollup)]


def _by_unit(rollup: RollUp) -> list[Block]:
    """The table of lead units, those with the most red and yellow measures first; nothing for fewer than three units."""
    if len(rollup.by_unit) < _ENOUGH_FOR_A_TABLE or not any(one.reported for one in rollup.by_unit):
        return []

    def behind(one: GroupTally) -> tuple[int, int]:
        lights = dict(one.lights)
        return (-lights["红"], -lights["黄"])

    rows = [_tallied("".join(one.group), one) for one in sorted(rollup.by_unit, key=behind)]
    lights = tuple((light, sum(dict(one.lights)[light] for one in rollup.by_unit)) for light in LIGHTS)
    measures, reported, figures, done = (
        sum(getattr(one, name) for one in rollup.by_unit) for name in ("measures", "reported", "figures", "done")
    )
    whole = _tallied("合计", GroupTally((), measures, reported, lights, figures, done))
    total = tuple(replace(run, strong=True) for run in whole)
    return [Table("各牵头单位措施进展情况表", _UNIT_COLUMNS, (*rows, total))]


def _tallied(name: str, one: GroupTally) -> tuple[Run, ...]:
    counts = (one.measures, one.reported, *(count for _, count in one.lights), one.figures, one.done)
    return (Run(name), *(Run(str(count) if count else "—") for count in counts))


def _duties(standings: Sequence[Standing], period: str, on: dt.date) -> str:
    monthly = [s for s in standings if s.duty.kind == "progress" and s.duty.period == period]
    text = f"截至{short_date(on)}，{_one_kind(KIND_TITLES['progress'], monthly)}" if monthly else ""
    others = [s for s in standings if s.name != "未到期"]
    for kind in ("roster", "annual"):
        if own := [s for s in others if s.duty.kind == kind]:
            text += _one_kind(KIND_TITLES[kind], own)
    return text + _deliverables([s for s in others if s.duty.kind == "deliverable"])


def _deliverables(standings: Sequence[Standing]) -> str:
    """专项报送应报2件，按时报送1件。…: each with its unit, name, due date and state."""
    if not standings:
        return ""
    in_time = sum(s.name == "按时" for s in standings)
    listed = [
        f"{s.duty.unit}{f'“{what}”' if (what := s.duty.text.rstrip('。；')) else ''}"
        f"应于{short_date(s.duty.extended_to or s.duty.due)}前报送，{_deliverable_state(s)}"
        for s in standings
    ]
    counts = f"，按时报送{in_time}件" if len(standings) > 1 else ""
    return f"{KIND_TITLES['deliverable']}应报{len(standings)}件{counts}：{'；'.join(listed)}。"


def _deliverable_state(standing: Standing) -> str:
    days = f"，逾期{standing.overdue_workdays}个工作日" if standing.overdue_workdays else ""
    if standing.name in ("未报", "延期"):
        return f"尚未报送{days}"
    if standing.name in SENT_BACK:
        return f"已报{standing.name}{days}"
    # A late file counts from the version that was accepted.
    late = standing.name == "迟报"
    day = standing.first_accepted if late else standing.first_received
    when = f"已于{short_date(day.date())}报送" if day else "已报送"
    return f"{when}（迟报）" if late else when


def _one_kind(what: str, standings: Sequence[Standing]) -> str:
    """月度报送应报17家，已报15家，其中按时12家，按时率71%。…: counts by standing; units not on time by name."""
    received = sum(s.first_received is not None for s in standings)
    in_time = sum(s.name in ON_TIME for s in standings)
    text = f"{what}应报{len(standings)}家，已报{received}家"
    if received == len(standings) == in_time:
        return f"{text}，全部按时。"
    if all(s.name == "未报" for s in standings) and len(standings) > 1:
        return f"{what}应报{len(standings)}家，均未报送。"
    rate = ""
    if not in_time:
        rate = "，均未按时报送" if received else ""
    elif len(standings) >= _ENOUGH_FOR_A_RATE:
        nil = f"（含零报告{n}家）" if (n := len(_units(standings, "零报告"))) else ""
        rate = f"，其中按时{in_time}家{nil}，按时率{percent_words(in_time / len(standings))}%"
    named = [(_PHRASES[name], units) for name in _PHRASES if (units := _units(standings, name))]
    parts = "、".join(f"{phrase}{len(units)}家（{joined(units, 8)}）" for phrase, units in named)
    return f"{text}{rate}{'。' if rate and parts else '，' if parts else ''}{parts}。"


def _units(standings: Sequence[Standing], name: StandingName) -> list[str]:
    return [s.duty.unit for s in standings if s.name == name]


def _measures(rollup: RollUp) -> str:
    measures = rollup.measures
    if not measures:
        return ""
    counts = [(LIGHT_NAMES[light], sum(m.light == light for m in measures)) for light in LIGHTS]
    only = [name for name, count in counts if count == len(measures) > 1]
    text = (
        f"{len(measures)}项措施均为{only[0]}。" if only else f"{len(measures)}项措施中，{units_counted(counts, '项')}。"
    )
    reported = sum(m.reported for m in measures)
    if not reported:
        text += "本期各项措施均未取得有效报告。"
    elif reported < len(measures):
        nil_units = set(_units(rollup.standings, "零报告"))
        nil = sum(m.reported and m.unit in nil_units for m in measures)
        of_them_nil = f"（含零报告{nil}项）" if nil else ""
        text += f"本期有报告的{reported}项{of_them_nil}，未取得有效报告的{len(measures) - reported}项。"
    for light in LAGGING:
        own = [m for m in measures if m.light == light]
        if own:
            text += f"{LIGHT_NAMES[light]}措施为{named_measures(own)}。"
    return text


def _figures(figures: Sequence[TargetProgress]) -> str:
    if not figures:
        return ""
    done = sum(f.is_done for f in figures)
    open_ = [f for f in figures if not f.is_done]
    parts = [("已完成", done)]
    parts += [(words, sum(f.light == light for f in open_)) for light, words in _JUDGED.items()]
    unlit = [f for f in open_ if f.light == "无"]
    unknown = sum(f.cumulative is None for f in unlit)
    parts += [("未取得有效数据", unknown), ("不作评定", len(unlit) - unknown)]
    if unknown == len(figures) > 1:
        return f"{len(figures)}项量化指标均未取得有效数据。"
    text = f"{len(figures)}项量化指标中，{units_counted(parts, '项')}。"
    changes = [f.change for f in figures if f.change is not None]
    moves = [
        ("增加", sum(change > 0 for change in changes)),
        ("减少", sum(change < 0 for change in changes)),
        ("持平", sum(change == 0 for change in changes)),
    ]
    moved = "、".join(f"{what}{count}项" for what, count in moves if count)
    return text + (f"可与上月比较的{len(changes)}项中，累计数较上月{moved}。" if changes else "")
