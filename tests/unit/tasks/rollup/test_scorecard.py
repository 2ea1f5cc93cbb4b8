"""Units' records: what counts as on time, right the first time, late, returned, corrected afterwards, exempt."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from config.calendar import Period
from tasks.model.meeting import UnitRecord
from tasks.model.submission import Duty, Finding, Submission
from tasks.rollup.scorecard import quarter_ended_by, scorecard
from tasks.rollup.standing import decide_standings_at
from tests import factories
from tests.factories import HOUSING, ZONE
from tests.golden import story

QUARTER = Period.parse("2023-Q4")
NOW = dt.datetime(2023, 11, 1, 9, tzinfo=ZONE)
FROZEN = {"2023-10": dt.datetime(2023, 11, 1, tzinfo=ZONE)}
RETURN = (Finding("V301", "return", "本期累计小于上期累计", "请核对"),)


def sent(day: int, state: str = "accepted", month: int = 10, **changes: Any) -> Submission:
    received = dt.datetime(2023, month, day, 10, tzinfo=ZONE)
    findings = RETURN if state == "returned" else ()
    values = {"received_at": received, "decided_at": received, "findings": findings, "unit": HOUSING, **changes}
    return factories.submission(state, **values)


def score(*received: Submission, duty: Duty | None = None, now: dt.datetime = NOW) -> UnitRecord:
    duties = [duty or factories.duty(grace_until=dt.date(2023, 10, 20))]
    context = story.context(now)
    standings = decide_standings_at(duties, received, context)
    (found,) = scorecard(standings, received, QUARTER, FROZEN, context)
    return found


def test_in_time_and_accepted_at_once_is_a_clean_record() -> None:
    assert score(sent(17)) == UnitRecord(HOUSING, 1, 1, 1, 0, 0, 0, 0)


@pytest.mark.parametrize(("day", "late"), [(20, 0), (23, 1), (24, 2), (27, 5)])
def test_late_days_are_workdays_after_the_last_day_in_time(day: int, late: int) -> None:
    assert score(sent(day)).late_workdays == late


def test_a_file_that_was_returned_is_no_first_right_and_one_return_though_still_on_time() -> None:
    found = score(sent(17, "returned", id=1, version=1), sent(18, id=2, version=2))
    assert (found.on_time, found.first_right, found.returns, found.late_workdays) == (1, 0, 1, 0)


def test_who_sent_nothing_is_missing_and_late_up_to_today() -> None:
    found = score()
    assert (found.missing, found.on_time, found.late_workdays) == (1, 0, 8)


def test_a_version_accepted_after_the_brief_is_a_correction() -> None:
    later = dt.datetime(2023, 11, 10, tzinfo=ZONE)
    found = score(sent(17, "superseded", id=1), sent(6, month=11, id=2, version=2), now=later)
    assert (found.corrections, found.first_right, found.on_time) == (1, 1, 1)


def test_a_late_first_report_after_the_brief_is_late_and_no_correction() -> None:
    found = score(sent(6, month=11), now=dt.datetime(2023, 11, 10, tzinfo=ZONE))
    assert (found.corrections, found.on_time) == (0, 0)


def test_an_extension_is_named_and_its_day_counts() -> None:
    extended = factories.duty(grace_until=dt.date(2023, 10, 20), extended_to=dt.date(2023, 10, 25))
    found = score(sent(25), duty=extended)
    assert (found.on_time, found.late_workdays) == (1, 0)
    assert found.exemptions == ("2023年10月月度报送经批准延期至10月25日",)


def test_a_duty_outside_the_span_or_not_yet_due_does_not_count() -> None:
    for duty in (factories.duty(due=dt.date(2023, 9, 28)), factories.duty(grace_until=dt.date(2023, 11, 20))):
        standings = decide_standings_at([duty], [], story.context(NOW))
        assert scorecard(standings, [], QUARTER, {}, story.context(NOW)) == ()


@pytest.mark.parametrize(
    ("period", "quarter"),
    [("2023-09", "2023-Q3"), ("2023-10", None), ("2023-12", "2023-Q4"), ("2023-Q4", None), ("2023", None)],
)
def test_a_quarters_record_comes_with_its_last_month(period: str, quarter: str | None) -> None:
    found = quarter_ended_by(Period.parse(period))
    assert (found.text if found else None) == quarter
