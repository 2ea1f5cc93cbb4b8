"""四、亮点做法, 五、存在问题及需联席会议协调事项, 六、下一步工作: what units say and what follows from it.

Belongs here: quotations under the unit and measure they belong to, and requests that follow from the facts.
Does not belong here: anything a unit did not say and no rule derives.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from config.settings import Settings
from tasks.brief.model import Block, Heading, Paragraph, Run
from tasks.brief.parts.followed_matters import Docket, followed_blocks, raised_blocks
from tasks.brief.sources import Sources
from tasks.brief.words.brief_wording import by_unit
from tasks.brief.words.prose import joined, long_date, quoted
from tasks.model.progress import MeasureProgress, RollUp
from tasks.model.words import KIND_TITLES, LAGGING, Kind, StandingName
from tasks.text import says_something

_OWED: Mapping[Kind, str] = {
    **KIND_TITLES,
    "progress": "本期进展情况",
    "deliverable": f"{KIND_TITLES['deliverable']}材料",
}


def highlights_part(rollup: RollUp, sources: Sources, settings: Settings) -> list[Block]:
    """Each unit's highlight in its own words, numbered; a month without any says so."""
    found = [m for m in rollup.measures if says_something(m.highlights)]
    blocks: list[Block] = [Heading(1, "四、亮点做法")]
    if not found:
        return [*blocks, _plain("本期各单位未报送亮点做法。")]
    return blocks + _quoted([(m, m.highlights) for m in found], sources, settings)


def problems_part(rollup: RollUp, found: Docket, on: dt.date, sources: Sources, settings: Settings) -> list[Block]:
    """（一）存在问题 in units' words; （二）需协调事项 under their numbers; （三）what became of the earlier ones."""
    problems = [(m, m.problems) for m in rollup.measures if says_something(m.problems)]
    blocks: list[Block] = [Heading(1, "五、存在问题及需联席会议协调事项"), Heading(2, "（一）存在问题")]
    blocks += _quoted(problems, sources, settings) if problems else [_plain("本期各单位未报送存在问题。")]
    blocks += raised_blocks(found, on, sources, settings.brief.quote_chars)
    return blocks + followed_blocks(found, on, settings.brief.quote_chars)


def next_part(rollup: RollUp, on: dt.date, sources: Sources, settings: Settings) -> list[Block]:
    """What is asked of whom: missing reports, lagging measures, policies about to end, units' own next steps."""
    requests = [
        ("补报更正", _missing(rollup)),
        ("加快进度", _lagging(rollup.measures)),
        ("政策衔接", _expiring(rollup, on)),
    ]
    said = [(head, text) for head, text in requests if text]
    blocks: list[Block] = [Heading(1, "六、下一步工作")]
    blocks += [_plain(f"{number}. {head}。{text}") for number, (head, text) in enumerate(said, start=1)]
    lagging = [(m, m.next_steps) for m in rollup.measures if m.light in LAGGING and says_something(m.next_steps)]
    if lagging:
        blocks.append(_plain(f"{len(said) + 1}. 整改安排。亮红灯、黄灯措施的牵头单位报告了下一步安排："))
        blocks += _quoted(lagging, sources, settings, numbered=False)
    if not said and not lagging:
        blocks.append(_plain("各单位按既定安排推进，按期报送下期进展。"))
    return blocks


def _missing(rollup: RollUp) -> str:
    def units(name: StandingName, *kinds: Kind) -> list[str]:
        found = [s.duty for s in rollup.standings if s.name == name and (not kinds or s.duty.kind in kinds)]
        return list(dict.fromkeys(duty.unit for duty in found))

    parts = [(units("未报", kind), f"立即补报{words}") for kind, words in _OWED.items()]
    parts += [
        (units("待更正"), "按退回的问题清单更正后重新报送"),
        (units("待说明"), "对存疑数据作出说明"),
    ]
    asked = [f"{joined(found)}{what}" for found, what in parts if found]
    return f"请{'，'.join(asked)}。" if asked else ""


def _lagging(measures: Sequence[MeasureProgress]) -> str:
    red = [m for m in measures if m.light == "红"]
    yellow = [m for m in measures if m.light == "黄"]
    text = f"{by_unit(red)}亮红灯，请牵头单位查明原因、倒排工期，在下次联席会议上说明。" if red else ""
    return text + (f"{by_unit(yellow)}亮黄灯，请牵头单位加快推进。" if yellow else "")


def _expiring(rollup: RollUp, on: dt.date) -> str:
    """By the day alone: days still left would be wrong on the day it is printed, and on the day it is read."""
    units = {m.no: m.unit for m in rollup.measures}
    by_day: dict[dt.date, list[str]] = {}
    for no, day, words in rollup.expiring:
        what = quoted(words, 60).replace("。”", "”")
        by_day.setdefault(day, []).append(f"第{no}项（{units.get(no, '')}）{what}")
    text = ""
    for day, found in sorted(by_day.items()):
        when = f"{'已' if day < on else '将'}于{long_date(day)}到期"
        text += f"{found[0]}{when}。" if len(found) == 1 else f"{when}的{len(found)}项：{'；'.join(found)}。"
    return text


def _quoted(
    said: Sequence[tuple[MeasureProgress, str]], sources: Sources, settings: Settings, *, numbered: bool = True
) -> list[Block]:
    """One paragraph per unit and text: what a unit says alike of several measures is said once."""
    groups: dict[tuple[str, str], list[MeasureProgress]] = {}
    for measure, words in said:
        groups.setdefault((measure.unit, words.strip()), []).append(measure)
    blocks: list[Block] = []
    for number, ((unit, words), measures) in enumerate(groups.items(), start=1):
        head = f"{number}. " if numbered else ""
        which = "、".join(measure.no for measure in measures)
        text = quoted(words, settings.brief.quote_chars)
        runs = (Run(f"{head}{unit}（第{which}项）："), Run(text, source=sources.add(measures[0]), quote=True))
        blocks.append(Paragraph(runs))
    return blocks


def _plain(text: str) -> Paragraph:
    return Paragraph((Run(text),))
