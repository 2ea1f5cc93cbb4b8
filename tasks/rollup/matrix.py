"""The coordinator's table of units and standings, and the counts of a period.

Belongs here: rows of Chinese strings, and counts, made from standings.
Does not belong here: deciding a standing (`standing`), sentences (`tasks.brief`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from tasks.model.submission import Duty, Standing
from tasks.model.words import BY_URGENCY, KIND_TITLES, ON_TIME, PROVISIONAL


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
        "on_time": sum(standing.name in ON_TIME for standing in standings),
    }


def _urgency(standing: Standing) -> tuple[int, int, str, str]:
    return (BY_URGENCY.index(standing.name), -standing.overdue_workdays, standing.duty.unit, standing.duty.kind)


def _row(standing: Standing) -> dict[str, str]:
    duty = standing.duty
    return {
        "单位": duty.unit,
        "报送事项": KIND_TITLES[duty.kind],
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
