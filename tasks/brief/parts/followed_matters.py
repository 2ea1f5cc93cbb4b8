"""Matters put to the meeting, followed from issue to issue until closed (销号).

Belongs here: choosing and numbering an issue's matters, and the two tables that report on them.
Does not belong here: the agenda (`agenda`), the workbook of decisions (`writers.decisions_workbook`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from tasks.brief.background import BriefBackground
from tasks.brief.brief_document import Block, Heading, Run, Table, TableColumn, text_paragraph
from tasks.brief.source_list import SourceList
from tasks.brief.words.prose import joined, long_date, on_one_line, short_date, trimmed
from tasks.model.meeting import Matter
from tasks.model.progress import MeasureProgress, RollUp
from tasks.personal_numbers import mask_personal_numbers
from tasks.text import says_something

# Wide enough for 2023年12月31日 on one line.
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
UNASSIGNED = "待会议明确"


@dataclass(frozen=True, slots=True)
class IssueMatters:
    """The matters that one issue reports on.

    raised: matters new this month. followed: earlier ones, open or closed since the last issue. again: numbers of open
    matters that a unit raised again this month. asking: (number, measure) of each matter in `raised`.
    """

    raised: tuple[Matter, ...]
    followed: tuple[Matter, ...]
    again: tuple[str, ...]
    asking: tuple[tuple[str, MeasureProgress], ...]

    @property
    def all(self) -> tuple[Matter, ...]:
        """Earlier matters first."""
        return (*self.followed, *self.raised)


def matters_of_issue(rollup: RollUp, background: BriefBackground) -> IssueMatters:
    """Number the matters that units raise this month, and pick the earlier ones to report on.

    The same request of the same unit about the same measure keeps its number while it is open; any other is new.
    """
    reported_closed = {m.no for issue in background.issues for m in issue.matters if m.state == "已销号"}
    earlier = [m for m in background.matters if m.period != rollup.period or m.kind == "议定事项"]
    followed = tuple(m for m in earlier if m.state == "办理中" or m.no not in reported_closed)
    open_numbers = {(m.measure, m.raised_by, _plain(m.words)): m.no for m in followed if m.state == "办理中"}
    raised: list[Matter] = []
    again: list[str] = []
    asking: list[tuple[str, MeasureProgress]] = []
    for measure in rollup.measures:
        if not says_something(measure.coordination):
            continue
        number = open_numbers.get(
            (measure.no, measure.unit, _plain(on_one_line(mask_personal_numbers(measure.coordination))))
        )
        if number:
            again.append(number)
            continue
        matter = _raised(measure, rollup.period, len(raised) + 1, background.matter_due)
        raised.append(matter)
        asking.append((matter.no, measure))
    return IssueMatters(tuple(raised), followed, tuple(again), tuple(asking))


def _raised(measure: MeasureProgress, period: str, number: int, due: dt.date | None) -> Matter:
    owner = measure.coordination_unit.strip() if says_something(measure.coordination_unit) else ""
    words = on_one_line(mask_personal_numbers(measure.coordination))
    return Matter(f"协{period}-{number}", "协调事项", period, measure.no, measure.unit, words, owner, due)


def _plain(words: str) -> str:
    return "".join(words.split()).rstrip("。；;.")


def raised_blocks(matters: IssueMatters, on: dt.date, sources: SourceList, quote_chars: int) -> list[Block]:
    """（二）需联席会议协调事项: the counts, and the table of new matters."""
    blocks: list[Block] = [Heading(2, "（二）需联席会议协调事项")]
    repeated = f"往期已提出、本期再次提出的{len(matters.again)}项（{joined(matters.again)}）。" if matters.again else ""
    if not matters.raised:
        text = f"本期各单位未{'新' if repeated else ''}提出需联席会议协调的事项。"
        return [*blocks, text_paragraph(f"{text}{repeated}")]
    units = len({matter.raised_by for matter in matters.raised})
    text = f"{units}家单位{'新' if repeated else ''}提出协调事项{len(matters.raised)}项，提请联席会议研究。{repeated}"
    asking = dict(matters.asking)
    rows = tuple(
        (
            Run(m.no),
            Run(matter_text(m.words, quote_chars), source=sources.add(asking[m.no]), quote=True),
            Run(m.raised_by),
            Run(m.measure),
            Run(m.owner or UNASSIGNED),
            Run(day_words(m.due, on)),
        )
        for m in matters.raised
    )
    return [*blocks, text_paragraph(text), Table("需联席会议协调事项", _RAISED, rows)]


def followed_blocks(matters: IssueMatters, on: dt.date, quote_chars: int) -> list[Block]:
    """（三）往期事项办理情况: the counts, and the table of matters open or closed since the last issue."""
    if not matters.followed:
        return []
    closed = sum(m.state == "已销号" for m in matters.followed)
    late = [m for m in matters.followed if m.is_overdue(on)]
    counts = [("本期销号", closed), ("办理中", len(matters.followed) - closed)]
    parts = "，".join(f"{what}{count}项" for what, count in counts if count)
    text = f"往期协调事项、议定事项{len(matters.followed)}项，{parts}"
    if late:
        text += f"，其中超过办结期限{len(late)}项（{owners(late)}）"
    rows = tuple(
        (
            Run(m.no),
            Run(matter_text(m.words, quote_chars)),
            Run(m.owner or UNASSIGNED),
            Run(day_words(m.due, on)),
            Run(matter_state_words(m, on, quote_chars), strong=m.is_overdue(on)),
        )
        for m in matters.followed
    )
    table = Table("往期协调事项、议定事项办理情况", _FOLLOWED, rows)
    return [Heading(2, "（三）往期事项办理情况"), text_paragraph(f"{text}。"), table]


def owners(matters: Iterable[Matter]) -> str:
    """The units responsible for these matters, each once."""
    named = [unit for matter in matters for unit in (matter.owner or UNASSIGNED).split("、")]
    return joined(list(dict.fromkeys(named)))


def matter_state_words(matter: Matter, on: dt.date, limit: int) -> str:
    """State of a matter (11月15日销号, 办理中 or 超期未办结), followed by its progress in the owner's words."""
    progress = f"：{matter_text(matter.progress, limit)}" if matter.progress.strip() else ""
    if matter.state == "已销号":
        return f"{day_words(matter.closed_on, on) if matter.closed_on else '已'}销号{progress}"
    return f"{'超期未办结' if matter.is_overdue(on) else '办理中'}{progress}"


def matter_text(words: str, limit: int) -> str:
    """A matter's text for a table cell: masked, trimmed, without a full stop at the end."""
    return trimmed(mask_personal_numbers(words), limit).rstrip("。；")


def day_words(day: dt.date | None, on: dt.date) -> str:
    """11月30日, with the year where it is not that of `on`; 待会议明确 for None."""
    return UNASSIGNED if day is None else short_date(day) if day.year == on.year else long_date(day)
