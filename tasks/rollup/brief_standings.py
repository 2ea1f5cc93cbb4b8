"""Which standings an issue of the brief reports on: the month's own, and what else fell due or was settled since.

Belongs here: that choice. Does not belong here: deciding a standing (standing), words (brief).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from tasks.model.submission import Standing
from tasks.model.words import OPEN


def of_issue(standings: Iterable[Standing], period: str, since: dt.datetime | None) -> tuple[Standing, ...]:
    """The duties of `period`, then rosters, deliverables and summaries due by now that `since` (the last issue) has not
    settled: still open, or met since. A first issue (None) tells them all.

    Other months' reports are told by their own issues.
    """
    every = tuple(standings)
    own = [s for s in every if s.duty.period == period]
    others = [s for s in every if s.duty.period != period and s.duty.kind != "progress" and s.name != "未到期"]
    return (*own, *(s for s in others if _is_news(s, since)))


def _is_news(standing: Standing, since: dt.datetime | None) -> bool:
    if since is None or standing.name in OPEN:
        return True
    accepted = standing.first_accepted
    return standing.duty.due > since.date() or (accepted is not None and accepted > since)
