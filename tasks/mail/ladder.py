"""Decides who is chased this morning, at which rung, and whom the coordinator must call instead.

Belongs here: one pure decision over standings, contacts, sent letters and the calendar, without clock or database.
Does not belong here: writing the letters (`ladder_letters`), deciding whether a duty is overdue (`rollup.standing`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from config.calendar import WorkCalendar
from config.settings import RungSettings, Settings
from tasks.mail.addresses import is_deliverable
from tasks.mail.letter_keys import SentRung, sent_rungs
from tasks.mail.letter_wording import day_text, duty_title, measure_list, overdue_text
from tasks.model.letter import Call, LetterKey
from tasks.model.run_context import Context
from tasks.model.submission import Contact, Duty, DutyKey, Standing
from tasks.model.words import OPEN, PROVISIONAL_WHY, RUNGS, SENT_BACK

_NO_MAIL = "没有可用的邮箱，催报信件无法发出"
_SUCCESSOR = "不再发信，请确定由哪个单位接续报送"


@dataclass(frozen=True, slots=True)
class LadderStep:
    """One duty's rung for this morning, and the contacts it goes to.

    `deadline` is the day the rung counts from: due, end of grace, extended day, or end of the time for correction;
    `late_workdays` the workdays since then (0 on or before it). `provisional` where a notice of holidays that is not
    published yet may still move that day or change the count.
    """

    standing: Standing
    rung: RungSettings
    deadline: dt.date
    late_workdays: int
    to: tuple[Contact, ...]
    cc: tuple[Contact, ...]
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class MailHistory:
    """What the outbox knows that bears on this morning.

    `sent_keys` are the keys of all letters that were sent or will be; `unreachable` the addresses (lower case) that a
    server has called unknown; `undelivered` the duties whose last letter reached nobody, with the reason.
    """

    sent_keys: Collection[LetterKey] = ()
    unreachable: Collection[str] = ()
    undelivered: Mapping[DutyKey, str] = field(default_factory=dict)


def decide_ladder(
    standings: Sequence[Standing], contacts: Iterable[Contact], history: MailHistory, context: Context
) -> tuple[tuple[LadderStep, ...], tuple[Call, ...]]:
    """The steps and calls of one morning; both empty on a day that is no workday.

    A duty whose last letter reached nobody has its step again and is called as well. Nobody in a unit that exists no
    more is written to: the coordinator's call list asks who takes over. A unit that had its letter today has no other
    until tomorrow, so that running again the same day with the new keys gives nothing twice.
    """
    calendar, today, settings, unreachable = context.calendar, context.today, context.settings, history.unreachable
    left = {each.name: each.valid_to for each in context.county.units if each.valid_to and each.valid_to < today}
    if not calendar.is_workday(today):
        return (), ()
    people: dict[tuple[str, str], list[Contact]] = {}
    for contact in contacts:
        people.setdefault((contact.plan, contact.unit), []).append(contact)
    keys = history.sent_keys
    rungs, written, steps, calls = sent_rungs(keys), _written_to(keys, today), [], []
    for standing in standings:
        duty = standing.duty
        roster = people.get((duty.plan, duty.unit), [])
        if last_day := left.get(duty.unit):
            if standing.name in ("未到期", *OPEN) and today >= duty.opens:
                calls.append(_call(standing, (), f"该单位已于{day_text(last_day)}撤并，{_SUCCESSOR}"))
            continue
        reachable = [each for each in roster if is_deliverable(each.mail) and each.mail.lower() not in unreachable]
        step = None
        if (duty.plan, duty.unit) not in written:
            step = _step(standing, reachable, rungs.get(duty.key, ()), calendar, today, settings)
        why = history.undelivered.get(duty.key, "") if step else ""
        if step and step.to:
            steps.append(step)
        else:
            why = _why_call(standing, reachable, step, rungs.get(duty.key, ()), today, settings) or why
        if why:
            calls.append(_call(standing, roster, why, _counted(standing, calendar, today)))
    there = [standing.duty for standing in standings if standing.duty.unit not in left]
    calls += _dead_calls(there, people, calls, unreachable)
    return tuple(steps), tuple(sorted(calls, key=lambda call: -call.overdue_workdays))


def _written_to(keys: Iterable[LetterKey], today: dt.date) -> frozenset[tuple[str, str]]:
    """(plan, unit) of those that already had a letter of the ladder today; anything else waits for tomorrow's."""
    return frozenset((key[0], key[1]) for key in keys if key[3] in RUNGS and key[4] == today.isoformat())


def _dead_calls(
    duties: Iterable[Duty],
    people: Mapping[tuple[str, str], Sequence[Contact]],
    calls: Iterable[Call],
    unreachable: Collection[str],
) -> Iterator[Call]:
    """One call for each unit with an address that no longer exists, unless it is called for its lack of addresses."""
    called = {call.unit for call in calls if call.why == _NO_MAIL}
    for plan, unit in dict.fromkeys((duty.plan, duty.unit) for duty in duties):
        roster = people.get((plan, unit), ())
        roles = dict.fromkeys(each.role for each in roster if each.mail.lower() in unreachable)
        if roles and unit not in called:
            why = "邮箱已失效（服务器答复无此用户），请核对并请单位重报联系人名单"
            yield Call(unit, f"{'、'.join(roles)}的邮箱", why, _phone(roster), 0)


def _step(
    standing: Standing,
    reachable: Sequence[Contact],
    history: Sequence[SentRung],
    calendar: WorkCalendar,
    today: dt.date,
    settings: Settings,
) -> LadderStep | None:
    """The highest rung now due, unless it or a higher one was already sent. Lower rungs are skipped for good."""
    if standing.name not in ("未到期", *OPEN) or today < standing.duty.opens:
        return None
    since = _restarted_on(standing, today)
    if since is not None and today <= since:
        return None
    deadline, elapsed = _elapsed(standing, calendar, today, settings)
    if standing.name == "未到期":
        elapsed = min(elapsed, 0)
    rungs = settings.ladder_for(standing.duty.kind)
    due = [place for place, rung in enumerate(rungs) if rung.workdays <= elapsed]
    if not due or due[-1] <= _highest_sent(history, since, rungs):
        return None
    rung = rungs[due[-1]]
    to = _with_roles(reachable, rung.to) or tuple(reachable)
    cc = tuple(each for each in _with_roles(reachable, rung.cc) if each not in to)
    return LadderStep(
        standing, rung, deadline, max(0, elapsed), to, cc, _is_provisional(standing, deadline, calendar, today)
    )


def _is_provisional(standing: Standing, deadline: dt.date, calendar: WorkCalendar, today: dt.date) -> bool:
    duty = standing.duty
    if today > deadline or deadline not in (duty.due, duty.grace_until, duty.extended_to):
        return not calendar.knows(today, deadline)
    return duty.is_provisional(deadline)


def _elapsed(standing: Standing, calendar: WorkCalendar, today: dt.date, settings: Settings) -> tuple[dt.date, int]:
    """The day the ladder counts from, and the workdays from it to today: negative before, 0 on it and in grace."""
    duty = standing.duty
    first, last = _due(duty)
    if (returned_on := _returned_on(standing, today)) is not None:
        corrected_by = calendar.add_workdays(returned_on, settings.duties.correction_workdays)
        if corrected_by > last:
            first = last = corrected_by
    if today <= first:
        return first, -calendar.workdays_between(today, first)
    return last, calendar.workdays_between(last, today) if today > last else 0


def _due(duty: Duty) -> tuple[dt.date, dt.date]:
    """(due, end of grace); an approved extension replaces both."""
    return (duty.extended_to, duty.extended_to) if duty.extended_to else (duty.due, duty.grace_until)


def _returned_on(standing: Standing, today: dt.date) -> dt.date | None:
    """The day the file was returned, in the office's time zone; None if no correction is awaited."""
    if standing.name not in SENT_BACK or standing.returned_at is None:
        return None
    return min(standing.returned_at.date(), today)


def _restarted_on(standing: Standing, today: dt.date) -> dt.date | None:
    """The day the ladder restarted because of a return after the due day; letters up to that day no longer count."""
    returned_on = _returned_on(standing, today)
    return returned_on if returned_on is not None and returned_on >= _due(standing.duty)[1] else None


def _highest_sent(history: Sequence[SentRung], since: dt.date | None, ladder: Sequence[RungSettings]) -> int:
    """Index of the highest rung sent since the ladder last started; -1 for none."""
    places = [_rung_index(each, ladder) for each in history if since is None or each.day > since]
    if since is not None:
        # The return notice already is the reminder before the day for correction.
        places += [place for place, rung in enumerate(ladder) if rung.workdays < 0]
    return max(places, default=-1)


def _rung_index(entry: SentRung, ladder: Sequence[RungSettings]) -> int:
    """Index on today's ladder of a rung sent earlier, found by name, so that an office may change a rung's day.

    If several rungs have that name (提醒 twice), the last one that was due at the time.
    """
    named = [place for place, rung in enumerate(ladder) if rung.name == entry.rung]
    reached = [place for place in named if ladder[place].workdays <= entry.workdays]
    return reached[-1] if reached else named[0] if named else -1


def _with_roles(people: Sequence[Contact], roles: Collection[str]) -> tuple[Contact, ...]:
    return tuple(each for each in people if each.role in roles)


def _why_call(
    standing: Standing,
    reachable: Sequence[Contact],
    step: LadderStep | None,
    history: Sequence[SentRung],
    today: dt.date,
    settings: Settings,
) -> str:
    """Why this duty needs a telephone call today; '' if it does not."""
    overdue = standing.name in OPEN and (standing.overdue_workdays > 0 or standing.name in SENT_BACK)
    if not reachable and (step or overdue):
        return _NO_MAIL
    since = _restarted_on(standing, today)
    rungs = settings.ladder_for(standing.duty.kind)
    at_the_top = _highest_sent(history, since, rungs) == len(rungs) - 1
    if not overdue or step or not history or not at_the_top:
        return ""
    last = max(each.day for each in history)
    return f"{rungs[-1].name}色督办已于{last.month}月{last.day}日发出，至今未办结" if last < today else ""


def _counted(standing: Standing, calendar: WorkCalendar, today: dt.date) -> str:
    """Why the days of a line may still change; '' if they may not."""
    duty = standing.duty
    overdue = standing.overdue_workdays and not calendar.knows(duty.due, today)
    return PROVISIONAL_WHY if overdue or duty.is_provisional(duty.extended_to or duty.due) else ""


def _call(standing: Standing, roster: Sequence[Contact], why: str, counted: str = "") -> Call:
    """One duty's entry in the call list."""
    what = duty_title(standing.duty)
    if standing.duty.measures:
        what += f"（{measure_list(standing.duty.measures)}）"
    parts = (what, standing.name, overdue_text(standing), counted)
    what = "，".join(part for part in parts if part)
    return Call(standing.duty.unit, what, why, _phone(roster), standing.overdue_workdays)


def _phone(roster: Sequence[Contact]) -> str:
    """The telephone number to call: the clerk's (业务负责人) if there is one, else any of the unit's."""
    with_phone = sorted((each for each in roster if each.phone), key=lambda each: each.role != "业务负责人")
    return with_phone[0].phone if with_phone else ""
