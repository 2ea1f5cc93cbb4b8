"""Settle provisional dates: what a duty's dates are once the holidays of the year are known.

Belongs here: one pure decision over duties on record. Dates as first given are `duties_due`'s; writing them is the
store's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from config.calendar import Period, WorkCalendar
from tasks.issue.duties_due import dates_of, duties_of
from tasks.model.run_context import Context
from tasks.model.submission import Duty


def settle_dates(stored: Iterable[Duty], context: Context, corrected: frozenset[int] = frozenset()) -> tuple[Duty, ...]:
    """The duties whose dates change now, with their new dates.

    These are provisional ones whose year has become known, and those that have not closed in a `corrected` year. A duty
    that has opened keeps the day on which it did: its form is out.
    """
    calendar, today, settings = context.calendar, context.today, context.settings.duties
    open_ones = [duty for duty in stored if _is_to_settle(duty, calendar, today, corrected)]
    again = {
        duty.key: duty
        for period in {duty.period for duty in open_ones}
        for duty in duties_of(context, Period.parse(period))
    }
    settled = []
    for duty in open_ones:
        # A duty that the plan does not know any more is counted from the day it has.
        fresh = again.get(duty.key) or replace(
            duty, **{**dates_of(duty.due, None, calendar, settings)._asdict(), "opens": duty.opens}
        )
        opens = min(duty.opens if duty.opens <= today else fresh.opens, fresh.due)
        changed = replace(
            duty,
            opens=opens,
            due=fresh.due,
            grace_until=fresh.grace_until,
            closes=fresh.closes,
            provisional_from=fresh.provisional_from,
        )
        settled += [changed] if changed != duty else []
    return tuple(settled)


def _is_to_settle(duty: Duty, calendar: WorkCalendar, today: dt.date, corrected: frozenset[int]) -> bool:
    if duty.provisional_from is not None:
        return calendar.knows(duty.provisional_from, duty.closes)
    return duty.closes >= today and any(duty.opens.year <= year <= duty.closes.year for year in corrected)
