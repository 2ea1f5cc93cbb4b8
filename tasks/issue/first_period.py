"""A county's first period and the due day of a document that names none, for `lianxi new`."""

from __future__ import annotations

import datetime as dt

from config.calendar import Period
from config.plan import Plan
from config.settings import DutySettings
from tasks.issue.duties_due import duties_of
from tasks.model.run_context import Context
from tasks.model.submission import Duty

_MONTHS_AHEAD = 15


def next_due_day(today: dt.date, settings: DutySettings) -> dt.date:
    """The next due day by the settings, today included; the last day of a month that is shorter."""
    month = today if today.day <= settings.due_day else today.replace(day=1) + dt.timedelta(days=32)
    last = (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
    return last.replace(day=min(settings.due_day, last.day))


def first_period(context: Context, named: str | None) -> tuple[str, tuple[Duty, ...]]:
    """The period that was named, else the first month whose reports are not all due yet, else the last with reports.

    Returns its text and its duties; '' and none where there is no such month. Raises InputError for a bad name.
    """
    if named:
        return named, duties_of(context, context.period(named))
    past: tuple[str, tuple[Duty, ...]] = ("", ())
    for period in _months(context.plan, context.today):
        duties = duties_of(context, period)
        if duties and max(duty.due for duty in duties) >= context.today:
            return period.text, duties
        past = past if past[1] or not duties else (period.text, duties)
    return past


def _months(plan: Plan, today: dt.date) -> list[Period]:
    """The months in which something may be due: from the document's day on, of each dated report, from today on."""
    days = [plan.document.issued_on, today, *(duty.due for duty in plan.duties)]
    found: set[Period] = set()
    for day in days:
        period = Period.parse(f"{day:%Y-%m}") if day else None
        for _ in range(_MONTHS_AHEAD if day in days[:2] else 1):
            if period:
                found.add(period)
                period = period.next()
    return sorted(found, key=lambda period: period.start)
