"""单位报送情况记录表: the table of units' records over a quarter or a year.

Belongs here: its columns and note. Does not belong here: the counting (`tasks.rollup.scorecard`), marks or ranks.
"""

from __future__ import annotations

from collections.abc import Sequence

from tasks.brief.brief_document import Block, Run, Table, TableColumn, text_paragraph
from tasks.model.meeting import UnitRecord

_COLUMNS = (
    TableColumn("序号", 10),
    TableColumn("单位", 44, "left"),
    TableColumn("应报", 10),
    TableColumn("按时", 10),
    TableColumn("一次合格", 17),
    TableColumn("迟报天数", 17),
    TableColumn("未报", 10),
    TableColumn("退回次数", 17),
    TableColumn("简报后更正", 21),
)
_NOTE = (
    "注：“按时”含零报告；“一次合格”指首次报送即受理；“迟报天数”为超过报送期限（批准延期的按延期后期限）的工作日，未报的"
    "计至制表日；“简报后更正”指简报印发后又更正的次数。"
)


def unit_record_blocks(scores: Sequence[UnitRecord]) -> list[Block]:
    """The table, and its note with the exemptions."""
    rows = tuple(
        tuple(Run(text) for text in (str(number), score.unit, *(_count(value) for value in _counts(score))))
        for number, score in enumerate(scores, start=1)
    )
    exempt = [f"{score.unit}{words}" for score in scores for words in score.exemptions]
    exemptions = f"豁免：{'；'.join(exempt)}。" if exempt else "本期没有豁免事项。"
    return [Table("", _COLUMNS, rows), text_paragraph(f"{_NOTE}{exemptions}", "note")]


def _counts(score: UnitRecord) -> tuple[int, ...]:
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
