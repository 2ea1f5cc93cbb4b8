"""Matters put to the meeting and followed from issue to issue until closed (销号): which this issue names, and how.

Belongs here: numbering what units raised, what became of earlier matters, their tables.
Does not belong here: the meeting's own paper (agenda), the register an office fills (register_sheet).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from tasks.brief.background import BriefBackground
from tasks.brief.brief_document import Block, Heading, Paragraph, Run, Table, TableColumn, text_paragraph
from tasks.brief.source_list import SourceList
from tasks.brief.words.masking import mask_numbers
from tasks.brief.words.prose import joined, long_date, on_one_line, short_date, trimmed
from tasks.model.meeting import Matter
from tasks.model.progress import MeasureProgress, RollUp
from tasks.text import says_something

# A day of another year, 2023年12月31日, on one line.
DAY_MM = 34
_RAISED = (
    TableColumn("编号", 26),
    TableColumn("需协调事项", 38, "left"),
    TableColumn("提出单位", 23, "left"),
    TableColumn("措施", 11),
    TableColumn("责任单位", 24, "left"),
    TableColumn("办结期限", DAY_MM),
)
_FOLLOWED = (
    TableColumn("编号", 26),
    TableColumn("事项", 33, "left"),
    TableColumn("责任单位", 24, "left"),
    TableColumn("办结期限", DAY_MM),
    TableColumn("办理情况", 39, "left"),
)
NOBODY = "待会议明确"


@dataclass(frozen=True, slots=True)
class IssueMatters:
    """The matters of one issue: `raised` this month, `again` those of them that were open already, `followed` the
    earlier ones, open or closed since the last issue. `asking` gives the measure behind each raised number."""

    raised: tuple[Matter, ...]
    followed: tuple[Matter, ...]
    again: tuple[str, ...]
    asking: tuple[tuple[str, MeasureProgress], ...]

    @property
    def all(self) -> tuple[Matter, ...]:
        """Earlier matters first."""
        return (*self.followed, *self.raised)


def matters_of_issue(rollup: RollUp, annals: BriefBackground) -> IssueMatters:
    """Number what units ask of the meeting this month, and pick the earlier matters that this issue reports on.

    What a unit asks again of the same measure in the same words is the matter it was; everything else is new.
    """
    told = {m.no for issue in annals.issues for m in issue.matters if m.state == "已销号"}
    earlier = [m for m in annals.matters if m.period != rollup.period or m.kind == "议定事项"]
    followed = tuple(m for m in earlier if m.state == "办理中" or m.no not in told)
    known = {(m.measure, m.raised_by, _plain(m.words)): m.no for m in followed if m.state == "办理中"}
    raised: list[Matter] = []
    again: list[str] = []
    asking: list[tuple[str, MeasureProgress]] = []
    for measure in rollup.measures:
        if not says_something(measure.coordination):
            continue
        number = known.get((measure.no, measure.unit, _plain(on_one_line(mask_numbers(measure.coordination)))))
        if number:
            again.append(number)
            continue
        matter = _raised(measure, rollup.period, len(raised) + 1, annals.matter_due)
        raised.append(matter)
        asking.append((matter.no, measure))
    return IssueMatters(tuple(raised), followed, tuple(again), tuple(asking))


def _raised(measure: MeasureProgress, period: str, number: int, due: dt.date | None) -> Matter:
    owner = measure.coordination_unit.strip() if says_something(measure.coordination_unit) else ""
    words = on_one_line(mask_numbers(measure.coordination))
    return Matter(f"协{period}-{number}", "协调事项", period, measure.no, measure.unit, words, owner, due)


def _plain(words: str) -> str:
    return "".join(words.split()).rstrip("。；;.")


def raised_blocks(found: IssueMatters, on: dt.date, sources: SourceList, quote_chars: int) -> list[Block]:
    """（二）需联席会议协调事项: how many from whom, and the table of the new ones."""
    blocks: list[Block] = [Heading(2, "（二）需联席会议协调事项")]
    repeated = f"往期已提出、本期再次提出的{len(found.again)}项（{joined(found.again)}）。" if found.again else ""
    if not found.raised:
        text = f"本期各单位未{'新' if repeated else ''}提出需联席会议协调的事项。"
        return [*blocks, _text(f"{text}{repeated}")]
    units = len({matter.raised_by for matter in found.raised})
    text = f"{units}家单位{'新' if repeated else ''}提出协调事项{len(found.raised)}项，提请联席会议研究。{repeated}"
    asking = dict(found.asking)
    rows = tuple(
        (
            Run(m.no),
            Run(in_cell(m.words, quote_chars), source=sources.add(asking[m.no]), quote=True),
            Run(m.raised_by),
            Run(m.measure),
            Run(m.owner or NOBODY),
            Run(day_words(m.due, on)),
        )
        for m in found.raised
    )
    return [*blocks, _text(text), Table("需联席会议协调事项", _RAISED, rows)]


def followed_blocks(found: IssueMatters, on: dt.date, quote_chars: int) -> list[Block]:
    """（三）往期事项办理情况: counts first, then every open matter and those closed since the last issue."""
    if not found.followed:
        return []
    closed = sum(m.state == "已销号" for m in found.followed)
    late = [m for m in found.followed if m.is_overdue(on)]
    still = len(found.followed) - closed
    counts = [("本期销号", closed), ("办理中", still)]
    told = "，".join(f"{what}{count}项" for what, count in counts if count)
    text = f"往期协调事项、议定事项{len(found.followed)}项，{told}"
    if late:
        text += f"，其中超过办结期限{len(late)}项（{owners(late)}）"
    rows = tuple(
        (
            Run(m.no),
            Run(in_cell(m.words, quote_chars)),
            Run(m.owner or NOBODY),
            Run(day_words(m.due, on)),
            Run(standing_words(m, on, quote_chars), strong=m.is_overdue(on)),
        )
        for m in found.followed
    )
    table = Table("往期协调事项、议定事项办理情况", _FOLLOWED, rows)
    return [Heading(2, "（三）往期事项办理情况"), _text(f"{text}。"), table]


def owners(matters: Iterable[Matter]) -> str:
    """Who must act on these matters, each unit once though it acts with others on one and alone on another."""
    named = [unit for matter in matters for unit in (matter.owner or NOBODY).split("、")]
    return joined(list(dict.fromkeys(named)))


def standing_words(matter: Matter, on: dt.date, limit: int) -> str:
    """What became of a matter: 已于11月15日销号 or 办理中 or 超期未办结, and what its owner has told."""
    told = f"：{in_cell(matter.progress, limit)}" if matter.progress.strip() else ""
    if matter.state == "已销号":
        return f"{day_words(matter.closed_on, on) if matter.closed_on else '已'}销号{told}"
    return f"{'超期未办结' if matter.is_overdue(on) else '办理中'}{told}"


def in_cell(words: str, limit: int) -> str:
    """A matter's words as a cell of a table holds them: masked, trimmed, without a stop at the end."""
    return trimmed(mask_numbers(words), limit).rstrip("。；")


def day_words(day: dt.date | None, on: dt.date) -> str:
    """11月30日 as a table of the day `on` shows it, with its year where that is another, or 待会议明确."""
    return NOBODY if day is None else short_date(day) if day.year == on.year else long_date(day)


def _text(words: str) -> Paragraph:
    return text_paragraph(words)
