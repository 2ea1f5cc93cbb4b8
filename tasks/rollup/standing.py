"""Decide the standing of each duty at one instant: the only place that decides who is overdue.

Belongs here: standings from submissions and the calendar. Brief, letters and the coordinator's screen all use the same
result, so they cannot disagree. Does not belong here: what follows from a standing (`tasks.mail`), sentences (`tasks.brief`).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from config.calendar import WorkCalendar
from tasks.model.run_context import Context
from tasks.model.submission import Duty, Finding, Standing, Submission
from tasks.model.words import BLOCKING, NOT_ACCEPTED, OPEN, StandingName, State

_UNUSABLE: frozenset[State] = frozenset({"refused", "returned"})


def decide_standings_at(
    duties: Iterable[Duty],
    submissions: Iterable[Submission],
    context: Context,
) -> tuple[Standing, ...]:
    """The standing of every duty at `context.now`, in the order of the duties.

    Submissions received after that and submissions that belong to no duty are left out of account.
    """
    versions: dict[tuple[str, str, str, str], list[Submission]] = defaultdict(list)
    for sub in submissions:
        if sub.unit and sub.kind and sub.period and sub.received_at <= context.now:
            versions[(sub.plan, sub.unit, sub.kind, sub.period)].append(sub)
    return tuple(_decide_one(duty, sorted(versions[duty.key], key=_order), context) for duty in duties)


def _order(sub: Submission) -> tuple[dt.datetime, int, int]:
    return (sub.received_at, sub.version, sub.id)


def _decide_one(duty: Duty, versions: Sequence[Submission], context: Context) -> Standing:
    """One duty, by its latest accepted file, else by its latest file, else by there being none."""
    calendar, now = context.calendar, context.now
    accepted = [sub for sub in versions if was_accepted(sub)]
    sent_back = [sub for sub in versions if sub.state in NOT_ACCEPTED]
    counts = accepted[-1] if accepted else versions[-1] if versions else None
    in_time = _in_time(duty, versions, calendar, now.tzinfo, context.settings.duties.correction_workdays)
    name = _name(duty, versions, counts, in_time, now.date())
    returned_at = sent_back[-1].decided_at if sent_back else None
    return Standing(
        duty=duty,
        name=name,
        overdue_workdays=_overdue(duty, name, returned_at, calendar, now),
        first_received=versions[0].received_at if versions else None,
        first_accepted=accepted[0].received_at if accepted else None,
        returned_at=returned_at,
        submission_id=counts.id if counts else None,
        version=counts.version if counts else None,
        findings=_blocking(counts) if counts and not accepted else (),
    )


def counting_and_newest(received: Iterable[Submission], counting: Collection[int | None]) -> list[Submission]:
    """The submissions of one period to show: of each duty the file that counts, and the newest where that is another.

    `counting` are the numbers of the submissions that count, from the standings. The newest may not be accepted yet.
    """
    known = sorted(received, key=lambda each: each.version)
    newest = {(each.unit, each.kind): each.id for each in known}
    return [each for each in known if each.id in counting or each.id == newest[each.unit, each.kind]]


def was_accepted(sub: Submission) -> bool:
    """Whether the file is accepted, or was until a later version superseded it."""
    if sub.state == "superseded":
        return not _blocking(sub)
    return sub.state == "accepted"


def _blocking(sub: Submission) -> tuple[Finding, ...]:
    return tuple(finding for finding in sub.findings if finding.severity in BLOCKING)


def _in_time(
    duty: Duty, versions: Sequence[Submission], calendar: WorkCalendar, zone: dt.tzinfo | None, correction_workdays: int
) -> bool:
    """Whether the first accepted version came in time: by the last day, or within `correction_workdays` of a return.

    Each return opens a new window. A unit that answers every return within its window stays on time; one missed window
    makes it late.
    """
    last_day = final_day(duty)
    for sub in versions:
        if sub.received_at.astimezone(zone).date() > last_day:
            return False
        if was_accepted(sub) or sub.state == "received":
            return True
        returned_on = sub.decided_at.astimezone(zone).date()
        last_day = max(last_day, calendar.add_workdays(returned_on, correction_workdays))
    return False


def final_day(duty: Duty) -> dt.date:
    """The last day on which the duty can be met on time. An approved extension replaces the grace period."""
    return duty.extended_to or duty.grace_until


def _name(
    duty: Duty, versions: Sequence[Submission], counts: Submission | None, in_time: bool, today: dt.date
) -> StandingName:
    if counts is None:
        return _name_without_file(duty, today)
    if was_accepted(counts):
        if not in_time:
            return "迟报"
        return "零报告" if counts.nil else "按时"
    judged = [sub for sub in versions if sub.state in NOT_ACCEPTED]
    if not judged:
        # Not judged yet. It counts as received, so no reminder goes out; the next intake pass judges it.
        return "按时" if in_time else "迟报"
    return "待更正" if judged[-1].state in _UNUSABLE else "待说明"


def _name_without_file(duty: Duty, today: dt.date) -> StandingName:
    if duty.extended_to and today <= duty.extended_to:
        return "延期"
    return "未到期" if today <= final_day(duty) else "未报"


def _overdue(
    duty: Duty, name: StandingName, returned_at: dt.datetime | None, calendar: WorkCalendar, now: dt.datetime
) -> int:
    """Workdays overdue at `now`, counted from the end of the grace period; 0 until then and once accepted.

    A return restarts the count.
    """
    start = final_day(duty)
    if now.date() <= start or name not in OPEN:
        return 0
    if returned_at is not None and name != "未报":
        start = max(start, returned_at.astimezone(now.tzinfo).date())
    return max(0, calendar.workdays_between(start, now.date()))
