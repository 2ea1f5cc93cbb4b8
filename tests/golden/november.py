"""The month after the story's October: the second issue, with corrections to the first.

Belongs here: October from December's data (one figure corrected, one filed late), the meeting's matters, November's
rows. Every unit, figure and text is invented.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tasks.brief.approve_draft import approved_draft
from tasks.brief.background import BriefBackground
from tasks.brief.brief_document import Brief
from tasks.brief.compose import compose_content
from tasks.brief.writers.agenda_word import write_agenda
from tasks.brief.writers.word import write_word
from tasks.model.meeting import Matter, UnitRecord
from tasks.model.progress import RollUp
from tasks.model.submission import Duty, ProgressRow, Submission
from tasks.rollup.roll_up import roll_up
from tasks.rollup.standing import decide_standings_at
from tests import factories
from tests.factories import ZONE
from tests.golden import story

NOW = dt.datetime(2023, 12, 1, 9, 0, tzinfo=ZONE)
PERIOD = "2023-11"
TEXT, AGENDA_TEXT = story.GOLDEN / "brief-2023-11.txt", story.GOLDEN / "agenda-2023-11.txt"
NOTE = "各单位要对照红灯事项抓紧整改。\n请于12月20日前报送年终数据。"
CORRECTED = ("3", "公租房")
FILED = ("4", "医保凭证激活率")


def october_rows() -> tuple[ProgressRow, ...]:
    """October's rows as they are in force in December: 公租房 corrected from 79.2 to 81.2, 县医保局 accepted at last."""
    found = [replace(r, cumulative=81.2) if (r.measure, r.metric) == CORRECTED else r for r in story.rows()]
    late = factories.progress_row(
        *FILED, unit=story.QUERIED, metric_unit="%", target=85.0, cumulative=60.0, progress="已激活60%。", cell="H11", row=11,
    )  # fmt: skip
    return (*found, late)


@cache
def october() -> RollUp:
    """October rolled up again."""
    received = tuple(
        replace(one, state="accepted", findings=()) if one.unit == story.QUERIED else one for one in story.submissions()
    )
    standings = decide_standings_at(story.duties(), received, story.context(NOW))
    rows, before = october_rows(), story.rows("2023-09", 0.8)
    return roll_up(story.context(NOW), "2023-10", standings, rows, before)


def duties() -> tuple[Duty, ...]:
    """November's monthly report of every unit."""
    days = {name: dt.date(2023, 11, 20) for name in ("due", "grace_until")}
    return tuple(
        factories.duty(
            unit, period=PERIOD, measures=(), opens=dt.date(2023, 11, 9), closes=dt.date(2023, 11, 30), **days
        )
        for unit in story.UNITS
    )


def submissions() -> tuple[Submission, ...]:
    """Everybody on time but 县供销社, who sent nothing."""
    received = dt.datetime(2023, 11, 16, 10, tzinfo=ZONE)
    return tuple(
        factories.submission(
            "accepted", id=100 + n, unit=unit, period=PERIOD, received_at=received, decided_at=received
        )
        for n, unit in enumerate(story.UNITS)
        if unit != "县供销社"
    )


@cache
def rollup() -> RollUp:
    """November as a whole; 县住建局 asks again for what it asked in October, 县商工局 for something new."""
    rows = [row for row in story.rows(PERIOD, 1.1) if row.unit != "县供销社"]
    rows = [_asking(row, "请协调展销场地。", "县文旅局") if row.measure == "1" else row for row in rows]
    rows = [replace(row, cumulative=200.0) if row.metric == "招聘活动" else row for row in rows]
    standings = decide_standings_at(duties(), submissions(), story.context(NOW))
    return roll_up(story.context(NOW), PERIOD, standings, rows, october_rows())


def _asking(row: ProgressRow, words: str, whom: str) -> ProgressRow:
    return replace(row, coordination=words, coordination_unit=whom)


@cache
def first_issue() -> Brief:
    """October's issue as it was approved."""
    return approved_draft(story.brief(), 1)


def matters() -> tuple[Matter, ...]:
    """October's two, one of them closed since, and two decisions, one of them overdue."""
    asked, closed = first_issue().matters
    decided = ("议定事项", "2023-10", "", "联席会议")
    return (
        asked,
        replace(closed, state="已销号", closed_on=dt.date(2023, 11, 15), progress="用地预审已完成。"),
        Matter("议2023-10-1", *decided, "拨付消费券补贴资金。", "县财政局", dt.date(2023, 11, 20)),
        Matter("议2023-10-2", *decided, "制定年货节方案。", "", None),
    )


def background() -> BriefBackground:
    """The background of the second issue."""
    return BriefBackground(
        past=(october(),),
        issues=(first_issue(),),
        matters=matters(),
        matter_due=dt.date(2024, 1, 2),
        scores=(
            UnitRecord("县商工局", 2, 2, 1, 0, 0, 1, 0, ("2023年11月月度报送经批准延期至11月24日",)),
            UnitRecord("县供销社", 2, 0, 0, 17, 2, 0, 0),
        ),
        span="2023年第四季度",
        files={2: "briefs/shili-2023/原件/2023-10/县商工局_第2版.xlsx"},
        troubles=("2023-10 议定事项登记表第6行：办结期限“月底”不是日期，请写成 2023-11-30",),
    )


@cache
def brief() -> Brief:
    """The second issue of 2023, approved with a 按语 of two lines."""
    made = compose_content(rollup(), story.context(NOW), 2, background())
    return approved_draft(made, 2, NOTE)


def texts() -> tuple[str, str]:
    """The issue and the meeting's paper as their Word files read."""
    with TemporaryDirectory() as folder:
        write_word(brief(), Path(folder) / "brief.docx")
        write_agenda(brief(), Path(folder) / "agenda.docx")
        return story.word_text(Path(folder) / "brief.docx"), story.word_text(Path(folder) / "agenda.docx")


if __name__ == "__main__":
    for path, text in zip((TEXT, AGENDA_TEXT), texts(), strict=True):
        path.write_text(text, encoding="utf-8")
