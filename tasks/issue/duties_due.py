"""The duties of one period: the plan's rules, assigned to units and dated. Pure.

Belongs here: rules × period -> duties. Does not belong here: how a duty stands (`rollup.standing`).
"""

from __future__ import annotations

import calendar as month_lengths
import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from config.calendar import Period, WorkCalendar
from config.county import County
from config.plan import DutyRule, Plan
from config.settings import DutySettings
from tasks.issue.unit_roles import LEAD, measures_by_unit, measures_to_report, members_of
from tasks.model.run_context import Context
from tasks.model.submission import Duty

_KEYWORDS = ("measure_units", "reporting_units")


def duties_of(context: Context, period: Period) -> tuple[Duty, ...]:
    """Every duty of one period, units in the order in which the plan names them; none for a period without rules.

    A month that has a dated report has no monthly one beside it. Dates in a year without a notice of holidays are
    marked as provisional.
    """
    plan, calendar, settings = context.plan, context.calendar, context.settings.duties
    found: dict[tuple[str, str, str, str], Duty] = {}
    for rule, due in rules_due(plan, period, settings):
        dates = dates_of(due, plan.document.issued_on, calendar, settings)
        for unit, measures in _units_owing(rule, plan, context.county, dates.due, settings):
            duty = Duty(
                plan=plan.id,
                unit=unit,
                kind=rule.kind,
                period=period.text,
                text=rule.text,
                measures=measures,
                **dates._asdict(),
            )
            found[duty.key] = _merged(found.get(duty.key), duty, rule.every_month)
    return tuple(found.values())


def rules_due(plan: Plan, period: Period, settings: DutySettings) -> Iterator[tuple[DutyRule, dt.date]]:
    """The rules of a period, dated ones first, each with its day before holidays are taken into account."""
    for rule in plan.duties:
        if rule.due is not None and _period_text(rule) == period.text:
            yield rule, rule.due
    for rule in plan.duties:
        if rule.every_month and _is_reporting_month(plan, period):
            yield rule, _day_of_month(period.start, settings.due_day)


def _period_text(rule: DutyRule) -> str:
    assert rule.due is not None
    return rule.period or (f"{rule.due:%Y}" if rule.kind == "annual" else f"{rule.due:%Y-%m}")


def _is_reporting_month(plan: Plan, period: Period) -> bool:
    """Monthly reports begin with the first dated report, else the month of issue, and end with that year."""
    dated = [rule.due for rule in plan.duties if rule.kind == "progress" and rule.due is not None]
    first = min(dated, default=plan.document.issued_on)
    if first is None or (period.start.year, period.start.month) != (period.end.year, period.end.month):
        return False
    return first.year == period.start.year and first.month <= period.start.month


def _day_of_month(start: dt.date, day: int) -> dt.date:
    return start.replace(day=min(day, month_lengths.monthrange(start.year, start.month)[1]))


class DutyDates(NamedTuple):
    """The dates of a duty, under the names that `Duty` gives them."""

    opens: dt.date
    due: dt.date
    grace_until: dt.date
    closes: dt.date
    provisional_from: dt.date | None


def dates_of(written: dt.date, issued_on: dt.date | None, calendar: WorkCalendar, settings: DutySettings) -> DutyDates:
    """The dates that follow from the day as `written`: in that order in time, whatever the settings.

    A duty opens in the month of the day as written, even where a holiday moves the due day into the next month.
    """
    due = calendar.shift(written, settings.on_holiday)
    begins = _day_of_month(written, settings.opens_day)
    if issued_on is not None:
        begins = max(begins, issued_on)
    opens = min(calendar.shift(begins, "next_workday"), due)
    grace = _after(due, settings.grace_workdays, calendar)
    closes = max(grace, _after(due, settings.close_workdays, calendar))
    # Each of the dates is counted from the one before it here. Once one may move, so may all that follow.
    moved_by = ((begins, opens), (written, due), (due, grace), (due, closes))
    provisional = next((day for start, day in moved_by if not calendar.knows(start, day)), None)
    return DutyDates(opens, due, grace, closes, provisional)


def _after(day: dt.date, workdays: int, calendar: WorkCalendar) -> dt.date:
    return calendar.add_workdays(day, workdays) if workdays else day


def _units_owing(
    rule: DutyRule, plan: Plan, county: County, day: dt.date, settings: DutySettings
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each unit that owes the duty of a rule, with the measures it reports on."""
    roles = measures_by_unit(plan, county, day)
    for who in rule.who:
        # The document asks every unit for its first report; an office chooses who reports on progress.
        keyword = settings.reporters if rule.kind == "progress" and who in _KEYWORDS else who
        for unit in _named(keyword, roles, county, day):
            yield unit, _measures(rule, roles.get(unit, {}))


def _named(who: str, roles: dict[str, dict[str, str]], county: County, day: dt.date) -> Iterator[str]:
    if who == "measure_units":
        yield from roles
    elif who == "reporting_units":
        yield from (unit for unit, own in roles.items() if LEAD in own.values())
    else:
        yield from members_of(who, county, day)


def _measures(rule: DutyRule, roles: dict[str, str]) -> tuple[str, ...]:
    if rule.kind == "roster":
        return ()
    return (rule.measure,) if rule.measure else measures_to_report(roles)


def _merged(first: Duty | None, second: Duty, monthly: bool) -> Duty:
    """One duty per unit, kind and period: a second dated rule adds its text and measures, a monthly one nothing."""
    if first is None:
        return second
    if monthly or first.text == second.text:
        return first
    earlier = min(first, second, key=lambda duty: duty.due)
    measures = tuple(dict.fromkeys(first.measures + second.measures))
    return replace(earlier, text=f"{first.text}；{second.text}", measures=measures)
