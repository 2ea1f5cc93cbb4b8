"""The joint meeting's agenda (议程), and a one-page table of the matters to decide.

Belongs here: the points that follow from the month. Does not belong here: time, place and speakers: a person fills them
in on blank lines.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from config.calendar import Period
from config.county import County
from tasks.brief.brief_document import Block, Heading, Run, Table, TableColumn, text_paragraph
from tasks.brief.parts.followed_matters import DAY_MM, UNASSIGNED, IssueMatters, day_words, matter_text, owners
from tasks.brief.words.brief_wording import disputes, named_measures
from tasks.brief.words.prose import chinese_numeral, joined
from tasks.model.meeting import Matter
from tasks.model.progress import RollUp

AGENDA_FILE = "联席会议议程.docx"
_COLUMNS = (
    TableColumn("编号", 26),
    TableColumn("需议定的事项", 51, "left"),
    TableColumn("提出单位", 22, "left"),
    TableColumn("建议责任单位", 23, "left"),
    TableColumn("建议期限", DAY_MM),
)
# Rows that fit on one page below the title, at two or three lines a row.
_ROWS_ON_A_PAGE, _CHARS_OF_A_ROW, _CHARS_WHEN_MANY = 14, 44, 28
_MANY = 9


def agenda(rollup: RollUp, county: County, matters: IssueMatters, on: dt.date) -> tuple[Block, ...]:
    """The proposed agenda, then the table of matters to decide, on a page of its own."""
    label = Period.parse(rollup.period).label
    title = Heading(0, f"{label}{county.meeting}议程（建议稿）")
    blank = text_paragraph("时间：　　　　　　　　地点：　　　　　　　　主持：　　　　")
    points = [text_paragraph(text) for text in _points(rollup, county, matters, on)]
    return (title, blank, *points, *_decisions(rollup, label, matters, on))


def _points(rollup: RollUp, county: County, matters: IssueMatters, on: dt.date) -> list[str]:
    red = [m for m in rollup.measures if m.light == "红"]
    missing = list(dict.fromkeys(s.duty.unit for s in rollup.standings if s.name == "未报"))
    open_ = [m for m in matters.followed if m.state == "办理中"]
    late = [m for m in open_ if m.is_overdue(on)]
    texts = [f"通报各项措施进展情况和报送情况（{county.office}）"]
    if red:
        texts.append(f"听取红灯措施情况汇报：{named_measures(red)}")
    if missing:
        texts.append(f"听取未报送单位情况说明：{joined(missing)}")
    if open_:
        overdue = f"，其中超期{len(late)}项（{owners(late)}）" if late else ""
        texts.append(f"听取往期协调事项、议定事项办理情况：办理中{len(open_)}项{overdue}")
    if matters.raised:
        # The table on the next page gives their numbers.
        units = joined(list(dict.fromkeys(m.raised_by for m in matters.raised)))
        texts.append(f"研究{units}提出的协调事项{len(matters.raised)}项")
    texts.append("部署下一步工作")
    return [f"{chinese_numeral(number)}、{text}。" for number, text in enumerate(texts, start=1)]


def _decisions(rollup: RollUp, label: str, matters: IssueMatters, on: dt.date) -> list[Block]:
    late = [m for m in matters.followed if m.is_overdue(on)]
    rows = [*_rows(matters.raised, on), *_rows(late, on, "（超期未办结）"), *_disputed(rollup)]
    title = Heading(0, f"{label}需联席会议议定事项一览表")
    if not rows:
        return [title, text_paragraph("本期没有需联席会议议定的事项。")]
    limit = _CHARS_WHEN_MANY if len(rows) > _MANY else _CHARS_OF_A_ROW
    shown = tuple(
        (Run(no), Run(matter_text(words, limit)), Run(by), Run(owner), Run(due))
        for no, words, by, owner, due in rows[:_ROWS_ON_A_PAGE]
    )
    left = len(rows) - len(shown)
    note = f"其余{left}项见简报。" if left > 0 else ""
    note += "会议议定后，请将责任单位、办结期限填入“议定事项登记表”，下期简报跟踪至销号。"
    return [title, Table("", _COLUMNS, shown), text_paragraph(f"注：{note}", "note")]


_Row = tuple[str, str, str, str, str]


def _rows(matters: Sequence[Matter], on: dt.date, head: str = "") -> list[_Row]:
    return [(m.no, f"{head}{m.words}", m.raised_by, m.owner or UNASSIGNED, day_words(m.due, on)) for m in matters]


def _disputed(rollup: RollUp) -> list[_Row]:
    """Figures on which two units disagree; the meeting decides which one counts."""
    return [
        (f"第{m.no}项", f"数据以何为准：{line}", m.unit, m.unit, "下期报送前")
        for m in rollup.measures
        for line in disputes(m)
    ]
