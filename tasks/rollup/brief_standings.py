"""Choose the standings that an issue of the brief reports on.

Does not belong here: deciding a standing (`standing`), sentences (`tasks.brief`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from tasks.model.submission import Standing
from tasks.model.words import OPEN


def standings_of_issue(standings: Iterable[Standing], period: str, since: dt.datetime | None) -> tuple[Standing, ...]:
    """The duties of `period`, then rosters, deliverables and summaries that are due and news since the last issue.

    News are duties still open, due after `since` (the day of the last issue; None for a first issue) or met after it.
    Monthly reports of other periods are left to their own issues.
    """
    known = tuple(standings)
    own = [s for s in known if s.duty.period == period]
    others = [s for s in known if s.duty.period != period and s.duty.kind != "progress" and s.name != "未到期"]
    return (*own, *(s for s in others if _is_news(s, since)))


def _is_news(standing: Standing, since: dt.datetime | None) -> bool:
    if since is None or standing.name in OPEN:
        return True
    accepted = standing.first_accepted
    return standing.duty.due > since.date() or (accepted is not None and accepted > since)
