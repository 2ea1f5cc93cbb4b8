"""Who is on time, late, missing: each name at its edge."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from config.calendar import load_calendar
from config.settings import Settings
from config.settings_file import load_settings
from tasks.model.submission import Finding, Standing, Submission
from tasks.rollup.standing import decide_standings_at
from tests import factories
from tests.factories import ZONE

CALENDAR = load_calendar()
BACK = (Finding("V101", "return", "累计数不是数字", "请改正"),)
ASKED = (Finding("V301", "query", "累计下降", "请说明"),)


@pytest.fixture(scope="module")
def settings() -> Settings:
    """The shipped settings; three workdays to correct a returned file."""
    shipped = load_settings(env={})
    return shipped.model_copy(update={"duties": shipped.duties.model_copy(update={"correction_workdays": 3})})


def at(day: int, hour: int = 10, month: int = 10) -> dt.datetime:
    return dt.datetime(2023, month, day, hour, tzinfo=ZONE)


def came(day: int, state: str, version: int = 1, hour: int = 10, month: int = 10, **changes: Any) -> Submission:
    received = at(day, hour, month)
    found = {"returned": BACK, "refused": BACK, "queried": ASKED}.get(state, ())
    values = {"id": version, "version": version, "received_at": received, "decided_at": received, "findings": found}
    return factories.submission(state, **{**values, **changes})


def stands(settings: Settings, *sent: Submission, now: dt.datetime, **duty: Any) -> Standing:
    """One duty due on Friday the 20th with grace to Monday the 23rd, unless `duty` says otherwise."""
    (standing,) = decide_standings_at([factories.duty(**duty)], sent, factories.context(settings=settings, now=now))
    return standing


@pytest.mark.parametrize(
    ("now", "name", "overdue"),
    [
        (at(19), "未到期", 0),
        (at(20, 23), "未到期", 0),
        (at(21), "未到期", 0),
        (at(23, 23), "未到期", 0),
        (at(24, 0), "未报", 1),
        (at(27), "未报", 4),
        # Over a weekend nothing is added.
        (at(29), "未报", 4),
        (at(30), "未报", 5),
    ],
)
def test_nothing_came_is_missing_only_after_the_grace(
    settings: Settings, now: dt.datetime, name: str, overdue: int
) -> None:
    standing = stands(settings, now=now)
    assert (standing.name, standing.overdue_workdays) == (name, overdue)
    assert standing.first_received is standing.version is standing.submission_id is None


@pytest.mark.parametrize(
    ("day", "hour", "name"),
    [(20, 10, "按时"), (23, 23, "按时"), (24, 0, "迟报"), (30, 10, "迟报")],
)
def test_a_file_accepted_at_once_is_on_time_to_the_last_minute_of_the_grace(
    settings: Settings, day: int, hour: int, name: str
) -> None:
    standing = stands(settings, came(day, "accepted", hour=hour), now=at(31))
    assert (standing.name, standing.overdue_workdays) == (name, 0)


def test_an_instant_in_another_zone_is_judged_by_the_offices_day(settings: Settings) -> None:
    late_evening = dt.datetime(2023, 10, 23, 15, 59, tzinfo=dt.UTC)
    sub = came(20, "accepted", received_at=late_evening)
    assert stands(settings, sub, now=at(31)).name == "按时"
    assert (
        stands(settings, came(20, "accepted", received_at=late_evening + dt.timedelta(minutes=1)), now=at(31)).name
        == "迟报"
    )


@pytest.mark.parametrize(
    ("corrected_on", "month", "name"),
    # Returned on Monday the 23rd: three workdays are the 24th, 25th and 26th.
    [(25, 10, "按时"), (26, 10, "按时"), (27, 10, "迟报")],
)
def test_a_correction_is_on_time_within_three_workdays_of_the_return(
    settings: Settings, corrected_on: int, month: int, name: str
) -> None:
    sent = (came(23, "returned"), came(corrected_on, "accepted", version=2))
    assert stands(settings, *sent, now=at(1, month=11)).name == name


def test_each_return_opens_a_window_of_its_own(settings: Settings) -> None:
    prompt = (came(23, "returned"), came(26, "returned", 2), came(31, "accepted", 3))
    assert stands(settings, *prompt, now=at(1, month=11)).name == "按时"
    slow = (came(23, "returned"), came(30, "returned", 2), came(31, "accepted", 3))
    assert stands(settings, *slow, now=at(1, month=11)).name == "迟报"


def test_a_first_file_that_came_late_stays_late_however_prompt_the_correction(settings: Settings) -> None:
    sent = (came(24, "returned"), came(24, "accepted", 2, hour=15))
    assert stands(settings, *sent, now=at(31)).name == "迟报"


@pytest.mark.parametrize(("state", "name"), [("returned", "待更正"), ("refused", "待更正"), ("queried", "待说明")])
def test_a_file_sent_back_is_never_shown_as_missing(settings: Settings, state: str, name: str) -> None:
    standing = stands(settings, came(19, state), now=at(31))
    assert standing.name == name
    assert standing.findings == (ASKED if state == "queried" else BACK)
    assert standing.first_received == at(19)
    assert standing.first_accepted is None


@pytest.mark.parametrize(
    ("returned_on", "now", "overdue"),
    [
        (19, at(20), 0),
        (19, at(23), 0),
        (19, at(24), 1),
        (25, at(25, 18), 0),
        (25, at(26), 1),
        # Friday to Monday is one workday.
        (27, at(30), 1),
    ],
)
def test_a_return_restarts_the_count_and_nothing_counts_before_the_due_day(
    settings: Settings, returned_on: int, now: dt.datetime, overdue: int
) -> None:
    assert stands(settings, came(returned_on, "returned"), now=now).overdue_workdays == overdue


def test_a_nil_report_in_time_is_nil_and_a_late_one_is_late(settings: Settings) -> None:
    assert stands(settings, came(20, "accepted", nil=True), now=at(31)).name == "零报告"
    assert stands(settings, came(24, "accepted", nil=True), now=at(31)).name == "迟报"


def test_a_nil_report_replaced_by_a_real_one_is_on_time_not_nil(settings: Settings) -> None:
    sent = (came(18, "superseded", nil=True), came(19, "accepted", 2))
    standing = stands(settings, *sent, now=at(31))
    assert (standing.name, standing.version, standing.first_accepted) == ("按时", 2, at(18))


def test_an_accepted_file_stays_in_force_when_a_later_one_is_returned(settings: Settings) -> None:
    standing = stands(settings, came(19, "accepted"), came(20, "returned", 2), now=at(31))
    assert (standing.name, standing.version, standing.findings) == ("按时", 1, ())
    assert standing.returned_at == at(20)


@pytest.mark.parametrize(
    ("now", "name", "overdue"),
    [(at(16), "延期", 0), (at(27, 23), "延期", 0), (at(28), "未报", 0), (at(30), "未报", 1)],
)
def test_an_extension_moves_the_due_day_and_takes_the_place_of_the_grace(
    settings: Settings, now: dt.datetime, name: str, overdue: int
) -> None:
    standing = stands(settings, now=now, extended_to=dt.date(2023, 10, 27))
    assert (standing.name, standing.overdue_workdays) == (name, overdue)


def test_a_file_within_its_extension_is_on_time(settings: Settings) -> None:
    extended = {"extended_to": dt.date(2023, 10, 27)}
    assert stands(settings, came(27, "accepted"), now=at(31), **extended).name == "按时"
    assert stands(settings, came(28, "accepted"), now=at(31), **extended).name == "迟报"


def test_working_weekends_count_and_holidays_do_not(settings: Settings) -> None:
    # Due on 28 September; the break runs to 6 October, and the 7th and 8th are worked.
    days = {name: dt.date(2023, 9, 28) for name in ("due", "grace_until")}
    assert stands(settings, now=at(6), **days).overdue_workdays == 0
    assert stands(settings, now=at(8), **days).overdue_workdays == 2


def test_a_file_not_judged_yet_stops_the_reminders_but_is_not_accepted(settings: Settings) -> None:
    standing = stands(settings, came(20, "received"), now=at(31))
    assert (standing.name, standing.first_accepted, standing.overdue_workdays) == ("按时", None, 0)


def test_what_came_after_now_or_for_another_duty_is_left_out(settings: Settings) -> None:
    others = (came(25, "accepted"), came(19, "accepted", unit="县财政局"), came(19, "accepted", period=None))
    assert stands(settings, *others, now=at(24)).name == "未报"


def test_the_order_of_submissions_does_not_matter(settings: Settings) -> None:
    sent = (came(19, "returned"), came(20, "accepted", 2), came(23, "queried", 3))
    now = at(31)
    assert stands(settings, *sent, now=now) == stands(settings, *reversed(sent), now=now)


def test_standings_come_in_the_order_of_the_duties(settings: Settings) -> None:
    duties = [factories.duty(unit) for unit in ("县文旅局", "县住建局", "县财政局")]
    assert [s.duty for s in decide_standings_at(duties, (), factories.context(settings=settings, now=at(20)))] == duties
