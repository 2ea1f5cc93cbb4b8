"""An issue reports on its own month, and on rosters and deliverables until they are met, once."""

from __future__ import annotations

import datetime as dt

import pytest

from tasks.rollup.brief_standings import standings_of_issue
from tasks.rollup.standing import decide_standings_at
from tests import factories
from tests.factories import ZONE

LAST_ISSUE = dt.datetime(2023, 11, 1, 9, tzinfo=ZONE)
NOW = dt.datetime(2023, 12, 1, 9, tzinfo=ZONE)
_DAYS = {"opens": dt.date(2023, 9, 19), "closes": dt.date(2023, 10, 9)}


def is_reported(kind: str, due: dt.date, accepted: dt.datetime | None, since: dt.datetime | None) -> bool:
    """Whether November's issue reports on a duty of September."""
    duty = factories.duty("县人社局", kind, "2023-09", due=due, grace_until=due, **_DAYS)
    month = factories.duty("县商工局", period="2023-11")
    came = [
        factories.submission("accepted", unit="县人社局", kind=kind, period="2023-09", received_at=at, decided_at=at)
        for at in [accepted]
        if at
    ]
    found = standings_of_issue(decide_standings_at([duty, month], came, factories.context(now=NOW)), "2023-11", since)
    assert month in [s.duty for s in found]
    return duty in [s.duty for s in found]


@pytest.mark.parametrize(
    ("kind", "due", "accepted", "since", "reported"),
    [
        ("deliverable", dt.date(2023, 9, 28), None, None, True),
        ("deliverable", dt.date(2023, 9, 28), None, LAST_ISSUE, True),
        ("deliverable", dt.date(2023, 9, 28), LAST_ISSUE - dt.timedelta(days=9), LAST_ISSUE, False),
        ("deliverable", dt.date(2023, 9, 28), LAST_ISSUE + dt.timedelta(days=9), LAST_ISSUE, True),
        ("roster", dt.date(2023, 11, 1), LAST_ISSUE - dt.timedelta(days=9), LAST_ISSUE, False),
        ("roster", dt.date(2023, 11, 2), LAST_ISSUE - dt.timedelta(days=9), LAST_ISSUE, True),
        ("deliverable", dt.date(2023, 12, 2), None, None, False),
        ("progress", dt.date(2023, 9, 20), None, None, False),
    ],
    ids=["first issue", "still open", "reported already", "met since", "due before", "due since", "not yet due", "other month"],
)  # fmt: skip
def test_what_is_open_or_was_settled_since_the_last_issue_reported(
    kind: str, due: dt.date, accepted: dt.datetime | None, since: dt.datetime | None, reported: bool
) -> None:
    assert is_reported(kind, due, accepted, since) is reported
