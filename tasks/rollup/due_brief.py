"""Decide which period's brief is due, from the closing days of duties. Pure.

Does not belong here: when duties close (`tasks.issue.duties_due`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from tasks.model.submission import Duty


def period_to_brief(duties: Iterable[Duty], today: dt.date) -> str | None:
    """The latest period whose monthly reports all closed before `today`; None where there is none."""
    closes: dict[str, dt.date] = {}
    for duty in duties:
        if duty.kind == "progress":
            closes[duty.period] = max(closes.get(duty.period, duty.closes), duty.closes)
    closed = [period for period, day in closes.items() if day < today]
    return max(closed, key=lambda period: closes[period], default=None)
