"""The duties of one period: who owes what by when."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from config.calendar import Period
from config.plan import DutyRule
from config.settings import Settings
from config.settings_file import load_settings
from tasks.issue.duties_due import duties_of
from tasks.model.submission import Duty
from tests import factories
from tests.factories import COMMERCE, FINANCE, HOUSING, INSURANCE, TOURISM, TOWN_NAMES


def settings(**changes: Any) -> Settings:
    base = load_settings(env={})
    return base.model_copy(update={"duties": base.duties.model_copy(update=changes)})


def duties(period: str, plan: Any = None, **changes: Any) -> dict[str, Duty]:
    context = factories.context(settings=settings(**changes), plan=plan or factories.plan())
    found = duties_of(context, Period.parse(period))
    assert len({duty.key for duty in found}) == len(found)
    return {f"{duty.unit} {duty.kind}": duty for duty in found}


def units(period: str, kind: str, **changes: Any) -> list[str]:
    return [duty.unit for duty in duties(period, **changes).values() if duty.kind == kind]


def test_every_unit_with_a_measure_owes_a_roster_members_of_groups_included() -> None:
    assert units("2023-09", "roster") == [COMMERCE, FINANCE, *TOWN_NAMES, TOURISM, HOUSING, INSURANCE]


def test_by_default_only_reporting_units_owe_progress_and_the_sole_responsible_unit_is_one() -> None:
    assert units("2023-10", "progress") == [COMMERCE, TOURISM, HOUSING, INSURANCE]


def test_an_office_may_have_every_unit_report_and_a_unit_without_a_lead_reports_on_what_it_supports() -> None:
    found = duties("2023-10", reporters="measure_units")
    assert found[f"{COMMERCE} progress"].measures == ("1", "2", "6")
    assert found[f"{FINANCE} progress"].measures == ("1", "3", "4", "6")
    assert found[f"{TOWN_NAMES[1]} progress"].measures == ("1",)


@pytest.mark.parametrize(
    ("period", "expected"),
    [("2023-09", 0), ("2023-10", 4), ("2023-11", 4), ("2023-12", 4), ("2024-01", 0), ("2023-Q4", 0), ("2022-11", 0)],
)
def test_monthly_reports_run_from_the_first_report_to_the_end_of_its_year(period: str, expected: int) -> None:
    assert len(units(period, "progress")) == expected


def test_the_dated_first_report_is_not_doubled_by_the_monthly_one() -> None:
    assert duties("2023-10")[f"{HOUSING} progress"].text == "报送工作开展情况"
    assert duties("2023-11")[f"{HOUSING} progress"].text == "月度报送"


def test_a_deliverable_is_owed_by_the_unit_named_for_its_measure() -> None:
    assert duties("2023-09")[f"{COMMERCE} deliverable"].measures == ("6",)


def test_the_yearly_summary_is_owed_by_every_unit_for_the_year() -> None:
    assert len(units("2023", "annual")) == 7


@pytest.mark.parametrize(
    ("policy", "due"),
    [
        ("keep", dt.date(2023, 9, 30)),
        ("next_workday", dt.date(2023, 10, 7)),
        ("previous_workday", dt.date(2023, 9, 28)),
    ],
)
def test_a_due_day_in_a_holiday_follows_the_policy_and_knows_working_weekends(policy: str, due: dt.date) -> None:
    found = duties("2023-09", on_holiday=policy, grace_workdays=0, close_workdays=0)[f"{COMMERCE} deliverable"]
    assert (found.due, found.grace_until, found.closes) == (due, due, due)


def test_grace_and_closing_count_workdays() -> None:
    found = duties("2023-10", grace_workdays=1, close_workdays=7)[f"{HOUSING} progress"]
    assert (found.due, found.grace_until, found.closes) == (
        dt.date(2023, 10, 20), dt.date(2023, 10, 23), dt.date(2023, 10, 31),
    )  # fmt: skip


def test_nothing_opens_before_the_document_was_issued_or_after_it_is_due() -> None:
    assert duties("2023-09")[f"{HOUSING} roster"].opens == dt.date(2023, 9, 19)
    late = duties("2023-11", opens_day=31, due_day=20)[f"{HOUSING} progress"]
    assert late.opens == late.due
    year = duties("2023")[f"{HOUSING} annual"]
    assert (year.opens, year.due) == (dt.date(2023, 12, 11), dt.date(2024, 1, 2))


@pytest.mark.parametrize(("due_day", "due"), [(20, 20), (28, 28), (31, 30)])
def test_a_due_day_past_the_end_of_the_month_is_its_last_day(due_day: int, due: int) -> None:
    assert duties("2023-11", due_day=due_day, on_holiday="keep")[f"{HOUSING} progress"].due == dt.date(2023, 11, due)


def test_a_unit_that_has_ceased_owes_nothing() -> None:
    county = factories.county()
    closed = [replace(unit, valid_to=dt.date(2023, 10, 1)) if unit.name == HOUSING else unit for unit in county.units]
    county = factories.county(units=tuple(closed))
    found = duties_of(factories.context(county=county), Period.parse("2023-10"))
    assert HOUSING not in {duty.unit for duty in found}


def test_two_dated_duties_of_one_kind_and_period_become_one_with_both_texts() -> None:
    both = tuple(
        DutyRule(
            id=f"d{day}", kind="deliverable", who=(COMMERCE,), text=f"材料{day}", due=dt.date(2023, 11, day), measure=no
        )
        for day, no in ((24, "1"), (10, "6"))
    )
    found = duties("2023-11", plan=factories.plan(duties=both))[f"{COMMERCE} deliverable"]
    assert (found.text, found.due, found.measures) == ("材料24；材料10", dt.date(2023, 11, 10), ("1", "6"))


def test_a_group_may_be_named_in_a_rule() -> None:
    rule = DutyRule(id="t", kind="deliverable", who=(factories.TOWNS,), text="报送台账", due=dt.date(2023, 11, 10))
    assert units("2023-11", "deliverable", plan=factories.plan(duties=(rule,))) == list(TOWN_NAMES)
