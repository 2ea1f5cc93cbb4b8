"""单位报送情况记录表: the record of each unit over a quarter or a year, as a table.

Belongs here: its columns and note. Does not belong here: the counting (`rollup.scorecard`), marks or ranks.
"""

from __future__ import annotations

from collections.abc import Sequence

from tasks.brief.value import Block, Column, Paragraph, Run, Table
from tasks.matters import Score

_COLUMNS = (
    Column("序号", 10),
    Column("单位", 44, "left"),
    Column("应报", 10),
    Column("按时", 10),
    Column("一次合格", 17),
    Column("迟报天数", 17),
    Column("未报", 10),
    Column("退回次数", 17),
    Column("简报后更正", 21),
)
_NOTE = (
    "注：“按时”含零报告；“一次合格”指首次报送即受理；“迟报天数”为超过报送期限（批准延期的按延期后期限）的工作日，未报的"
    "计至制表日；“简报后更正”指简报印发后又更正的次数。"
)


def score_blocks(scores: Sequence[Score]) -> list[Block]:
    """The table, its note, and the exemptions in words."""
    rows = tuple(
        tuple(Run(text) for text in (str(number), score.unit, *(_count(value) for value in _counts(score))))
        for number, score in enumerate(scores, start=1)
    )
    exempt = [f"{score.unit}{words}" for score in scores for words in score.exemptions]
    told = f"豁免：{'；'.join(exempt)}。" if exempt else "本期没有豁免事项。"
    return [Table("", _COLUMNS, rows), Paragraph((Run(f"{_NOTE}{told}"),), "note")]


def _counts(score: Score) -> tuple[int, ...]:
    return (
        score.expected,
        score.on_time,
        score.first_right,
        score.late_workdays,
        score.missing,
        score.returns,
        score.corrections,
    )


def _count(value: int) -> str:
    return str(value) if value else "—"
