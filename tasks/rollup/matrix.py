"""Units × standing as the coordinator sees them, and the rates of a period.

Belongs here: tables of plain Chinese strings and counts made of standings.
Does not belong here: deciding a standing (standing), sentences about it (brief).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from tasks.model.submission import Standing
from tasks.model.words import BY_URGENCY, KIND_TITLES, ON_TIME


def matrix(standings: Sequence[Standing]) -> list[dict[str, str]]:
    """One line per duty with Chinese columns; the duties that need somebody's attention come first."""
    return [_line(standing) for standing in by_urgency(standings)]


def by_urgency(standings: Sequence[Standing]) -> list[Standing]:
    """The order of the matrix: what needs somebody's attention first."""
    return sorted(standings, key=_urgency)


def rates(standings: Sequence[Standing]) -> dict[str, int]:
    """Counts of duties: expected, received, accepted, on_time. Nil reports in time count as on time."""
    return {
        "expected": len(standings),
        "received": sum(standing.first_received is not None for standing in standings),
        "accepted": sum(standing.first_accepted is not None for standing in standings),
        "on_time": sum(standing.name in ON_TIME for standing in standings),
    }


def _urgency(standing: Standing) -> tuple[int, int, str, str]:
    return (BY_URGENCY.index(standing.name), -standing.overdue_workdays, standing.duty.unit, standing.duty.kind)


def _line(standing: Standing) -> dict[str, str]:
    duty = standing.duty
    return {
        "单位": duty.unit,
        "报送事项": KIND_TITLES[duty.kind],
        "期间": duty.period,
        "情形": standing.name,
        "应报日期": (duty.extended_to or duty.due).isoformat(),
        "首次报送": _minute(standing.first_received),
        "逾期工作日": str(standing.overdue_workdays) if standing.overdue_workdays else "",
    }


def _minute(instant: dt.datetime | None) -> str:
    return instant.strftime("%Y-%m-%d %H:%M") if instant else ""
