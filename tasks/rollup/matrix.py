"""The coordinator's table of units and standings, and the counts of a period.

Belongs here: rows of Chinese strings, and counts, made from standings.
Does not belong here: deciding a standing (`standing`), sentences (`tasks.brief`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from tasks.model.submission import Duty, Standing
from tasks.model.words import PROVISIONAL

KIND_NAMES = {"roster": "联系人名单", "progress": "月度报送", "deliverable": "专项报送", "annual": "年度总结"}


def matrix(standings: Sequence[Standing]) -> list[dict[str, str]]:
    """One row per duty with Chinese column names, the most urgent first."""
    return [_row(standing) for standing in by_urgency(standings)]


def by_urgency(standings: Sequence[Standing]) -> list[Standing]:
    """The standings in the order of the matrix, the most urgent first."""
    return sorted(standings, key=_urgency)


def rates(standings: Sequence[Standing]) -> dict[str, int]:
    """Counts of duties: expected, received, accepted, on_time (nil reports in time included)."""
    return {
        "expected": len(standings),
        "received": sum(standing.first_received is not None for standing in standings),
        "accepted": sum(standing.first_accepted is not None for standing in standings),
        "on_time": sum(standing.name in ("按时", "零报告") for standing in standings),
    }


_ATTENTION = ("未报", "待更正", "待说明", "迟报", "延期", "未到期", "零报告", "按时")


def _urgency(standing: Standing) -> tuple[int, int, str, str]:
    return (_ATTENTION.index(standing.name), -standing.overdue_workdays, standing.duty.unit, standing.duty.kind)


def _row(standing: Standing) -> dict[str, str]:
    duty = standing.duty
    return {
        "单位": duty.unit,
        "报送事项": KIND_NAMES[duty.kind],
        "期间": duty.period,
        "情形": standing.name,
        "应报日期": due_cell(duty),
        "首次报送": _minute(standing.first_received),
        "逾期工作日": str(standing.overdue_workdays) if standing.overdue_workdays else "",
    }


def due_cell(duty: Duty) -> str:
    """The day a duty is due, marked where a notice of holidays may still move it."""
    day = duty.extended_to or duty.due
    return day.isoformat() + (PROVISIONAL if duty.is_provisional(day) else "")


def _minute(instant: dt.datetime | None) -> str:
    return instant.strftime("%Y-%m-%d %H:%M") if instant else ""
