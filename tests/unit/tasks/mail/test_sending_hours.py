"""Quiet hours and the daily limit."""

from __future__ import annotations

import datetime as dt

import pytest

from tasks.mail.sending_hours import day_begins, is_quiet, may_leave
from tests.unit.tasks.mail.mail_values import ZONE, mail


@pytest.mark.parametrize(
    ("start", "end", "time", "quiet"),
    [
        ("20:00", "08:00", "19:59", False),
        ("20:00", "08:00", "20:00", True),
        ("20:00", "08:00", "00:00", True),
        ("20:00", "08:00", "07:59", True),
        ("20:00", "08:00", "08:00", False),
        ("12:00", "14:30", "11:59", False),
        ("12:00", "14:30", "12:00", True),
        ("12:00", "14:30", "14:30", False),
        ("08:00", "08:00", "08:00", False),
    ],
)
def test_quiet_hours_may_run_over_midnight_and_begin_and_end_on_the_minute(
    start: str, end: str, time: str, quiet: bool
) -> None:
    now = dt.datetime.combine(dt.date(2023, 10, 23), dt.time.fromisoformat(time), ZONE)
    assert is_quiet(mail(25, "none", quiet_from=start, quiet_until=end), now) is quiet


@pytest.mark.parametrize(("left", "waiting", "leaves"), [(0, 3, 3), (8, 3, 2), (10, 3, 0), (12, 3, 0)])
def test_the_days_limit_holds_back_what_is_too_much(left: int, waiting: int, leaves: int) -> None:
    assert may_leave(mail(25, "none", per_day=10), left, waiting) == leaves
    assert may_leave(mail(25, "none", per_day=10, mode="dry-run"), left, waiting) == waiting


def test_the_day_begins_at_midnight_in_the_offices_zone() -> None:
    assert day_begins(dt.datetime(2023, 10, 23, 9, 30, tzinfo=ZONE)) == dt.datetime(2023, 10, 23, tzinfo=ZONE)
