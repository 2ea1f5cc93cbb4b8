"""Which period's brief is now due. Pure: closing days of duties against one day.

Belongs here: that one question. When duties close is decided when they are dealt out (issue).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from tasks.model.submission import Duty


def period_to_brief(duties: Iterable[Duty], today: dt.date) -> str | None:
    """The latest period of monthly reports that closed before `today`; None where none has.

    The whole period must have closed: one unit's extension holds it open no longer than its own closing day.
    """
    closes: dict[str, dt.date] = {}
    for duty in duties:
        if duty.kind == "progress":
            closes[duty.period] = max(closes.get(duty.period, duty.closes), duty.closes)
    closed = [period for period, day in closes.items() if day < today]
    return max(closed, key=lambda period: closes[period], default=None)
