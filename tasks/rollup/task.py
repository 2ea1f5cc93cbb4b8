"""Prefect task of the roll-up stage."""

from __future__ import annotations

from tasks.model.progress import RollUp
from tasks.rollup.roll_up import roll_up
from tasks.task import as_task


def _summary(rolled: RollUp) -> str:
    reported = sum(measure.reported for measure in rolled.measures)
    return f"{len(rolled.measures)}项措施中{reported}项有进展报告，量化指标{len(rolled.figures)}项"


roll_up_task = as_task(roll_up, "汇总", run_name="汇总 {context.county.name} {period}", log=_summary)
