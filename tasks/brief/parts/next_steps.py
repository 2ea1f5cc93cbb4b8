"""Part 六、下一步工作: requests that follow from the month's facts, and the next steps that units reported.

Does not belong here: requests that no rule derives from the data.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from config.settings import Settings
from tasks.brief.brief_document import Block, Heading, text_paragraph
from tasks.brief.parts.highlights_problems import quotation_blocks
from tasks.brief.source_list import SourceList
from tasks.brief.words.brief_wording import named_measures
from tasks.brief.words.prose import joined, long_date, quoted
from tasks.model.progress import MeasureProgress, RollUp
from tasks.model.words import KIND_TITLES, LAGGING, Kind, StandingName
from tasks.text import says_something

_OWED: Mapping[Kind, str] = {
    **KIND_TITLES,
    "progress": "本期进展情况",
    "deliverable": f"{KIND_TITLES['deliverable']}材料",
}


def next_steps_part(rollup: RollUp, on: dt.date, sources: SourceList, settings: Settings) -> list[Block]:
    """Requests on missing reports, lagging measures and expiring policies; then the units' own next steps."""
    requests = [
        ("补报更正", _missing(rollup)),
        ("加快进度", _lagging(rollup.measures)),
        ("政策衔接", _expiring(rollup, on)),
    ]
    shown = [(head, text) for head, text in requests if text]
    blocks: list[Block] = [Heading(1, "六、下一步工作")]
    blocks += [text_paragraph(f"{number}. {head}。{text}") for number, (head, text) in enumerate(shown, start=1)]
    lagging = [(m, m.next_steps) for m in rollup.measures if m.light in LAGGING and says_something(m.next_steps)]
    if lagging:
        blocks.append(text_paragraph(f"{len(shown) + 1}. 整改安排。亮红灯、黄灯措施的牵头单位报告了下一步安排："))
        blocks += quotation_blocks(lagging, sources, settings, numbered=False)
    if not shown and not lagging:
        blocks.append(text_paragraph("各单位按既定安排推进，按期报送下期进展。"))
    return blocks


def _missing(rollup: RollUp) -> str:
    def units(name: StandingName, *kinds: Kind) -> list[str]:
        duties = [s.duty for s in rollup.standings if s.name == name and (not kinds or s.duty.kind in kinds)]
        return list(dict.fromkeys(duty.unit for duty in duties))

    parts = [(units("未报", kind), f"立即补报{words}") for kind, words in _OWED.items()]
    parts += [
        (units("待更正"), "按退回的问题清单更正后重新报送"),
        (units("待说明"), "对存疑数据作出说明"),
    ]
    requests = [f"{joined(names)}{what}" for names, what in parts if names]
    return f"请{'，'.join(requests)}。" if requests else ""


def _lagging(measures: Sequence[MeasureProgress]) -> str:
    red = [m for m in measures if m.light == "红"]
    yellow = [m for m in measures if m.light == "黄"]
    text = f"{named_measures(red)}亮红灯，请牵头单位查明原因、倒排工期，在下次联席会议上说明。" if red else ""
    return text + (f"{named_measures(yellow)}亮黄灯，请牵头单位加快推进。" if yellow else "")


def _expiring(rollup: RollUp, on: dt.date) -> str:
    """Policies about to end, by date. A count of days left would be wrong by the time the issue is read."""
    units = {m.no: m.unit for m in rollup.measures}
    by_day: dict[dt.date, list[str]] = {}
    for no, day, words in rollup.expiring:
        what = quoted(words, 60).replace("。”", "”")
        by_day.setdefault(day, []).append(f"第{no}项（{units.get(no, '')}）{what}")
    text = ""
    for day, policies in sorted(by_day.items()):
        when = f"{'已' if day < on else '将'}于{long_date(day)}到期"
        text += (
            f"{policies[0]}{when}。" if len(policies) == 1 else f"{when}的{len(policies)}项：{'；'.join(policies)}。"
        )
    return text
