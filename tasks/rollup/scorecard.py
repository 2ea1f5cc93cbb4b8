"""Count units' records over a quarter or a year: 按时, 一次合格, 迟报天数, 退回次数, 简报后更正, 豁免.

Belongs here: counting from duties and all versions received. Does not belong here: the table (`tasks.brief`), marks or
ranks: a record consists of counts that a unit can check against its own files.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from config.calendar import Period, WorkCalendar
from tasks.model.meeting import UnitRecord
from tasks.model.run_context import Context
from tasks.model.submission import Standing, Submission
from tasks.model.words import KIND_TITLES, NOT_ACCEPTED, NOT_COUNTED_YET, ON_TIME
from tasks.rollup.standing import final_day, was_accepted


def quarter_ended_by(period: Period) -> Period | None:
    """The quarter that ends with this month; None for other months, quarters and years."""
    if period.months != 1 or period.end.month % 3:
        return None
    return Period.parse(f"{period.end.year:04}-Q{period.end.month // 3}")


def scorecard(
    standings: Iterable[Standing],
    submissions: Iterable[Submission],
    span: Period,
    frozen: Mapping[str, dt.datetime],
    context: Context,
) -> tuple[UnitRecord, ...]:
    """One record per unit with a duty due within `span` whose last day in time has passed, in the order of standings.

    `frozen` is the time at which each period's brief was frozen. Missing duties count as late until today.
    """
    versions: dict[tuple[str, str, str], list[Submission]] = defaultdict(list)
    for one in submissions:
        if one.unit and one.kind and one.period:
            versions[(one.unit, one.kind, one.period)].append(one)
    by_unit: dict[str, list[Standing]] = {}
    for standing in standings:
        if span.contains(standing.duty.due) and standing.name not in NOT_COUNTED_YET:
            by_unit.setdefault(standing.duty.unit, []).append(standing)
    return tuple(_score(unit, own, versions, frozen, context) for unit, own in by_unit.items())


def _score(
    unit: str,
    own: Sequence[Standing],
    versions: Mapping[tuple[str, str, str], Sequence[Submission]],
    frozen: Mapping[str, dt.datetime],
    context: Context,
) -> UnitRecord:
    files = {s.duty.key: _in_order(versions.get((unit, s.duty.kind, s.duty.period), ())) for s in own}
    return UnitRecord(
        unit=unit,
        expected=len(own),
        on_time=sum(s.name in ON_TIME for s in own),
        first_right=sum(bool(sent) and was_accepted(sent[0]) for sent in files.values()),
        late_workdays=sum(_late(s, context.calendar, context.today) for s in own),
        missing=sum(s.first_received is None for s in own),
        returns=sum(_was_returned(one) for sent in files.values() for one in sent),
        corrections=sum(_is_after(one, frozen.get(one.period or "")) for sent in files.values() for one in sent[1:]),
        exemptions=tuple(_exemption(s) for s in own if s.duty.extended_to),
    )


def _in_order(sent: Sequence[Submission]) -> list[Submission]:
    return sorted(sent, key=lambda one: (one.received_at, one.version, one.id))


def _late(standing: Standing, calendar: WorkCalendar, today: dt.date) -> int:
    """Workdays from the last day in time to the accepted file, or to `today` without one; 0 where on time."""
    if standing.name in ON_TIME:
        return 0
    accepted = standing.first_accepted
    until = accepted.date() if accepted else today
    last = final_day(standing.duty)
    return max(0, calendar.workdays_between(last, until)) if until > last else 0


def _was_returned(one: Submission) -> bool:
    return one.state in (*NOT_ACCEPTED, "superseded") and not was_accepted(one)


def _is_after(one: Submission, frozen_at: dt.datetime | None) -> bool:
    return frozen_at is not None and was_accepted(one) and one.received_at > frozen_at


def _exemption(standing: Standing) -> str:
    duty = standing.duty
    day = duty.extended_to or duty.due
    return f"{Period.parse(duty.period).label}{KIND_TITLES[duty.kind]}经批准延期至{day.month}月{day.day}日"
