"""The Prefect coat of this stage: name, log line, one call. No decisions here.

Sending itself wears no coat: the flow walks `post.deliver` and closes the outbox row of each letter as it goes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from config.calendar import Period, WorkCalendar
from config.county import County
from config.plan import Plan
from config.settings import Settings
from tasks.mail import contact_history, coordinator_letters, event_letters, ladder, ladder_letters
from tasks.mail.letter_builder import LetterBuilder
from tasks.mail.letter_templates import load_templates
from tasks.model.letter import Attachment, Call, CallNote, Letter, LetterKey, LetterRecord, Supervision
from tasks.model.submission import Contact, Duty, DutyKey, PreviousVersion, Standing, Submission, WrittenFile

_LOST = ("uncertain", "failed", "refused")
_OPEN = ("uncertain", "failed")
_TOLD_DAYS = 3


@task(name="研判催报", task_run_name="研判催报 {label}", cache_policy=NO_CACHE)
def decide_steps(
    standings: Sequence[Standing],
    contacts: Sequence[Contact],
    records: Sequence[LetterRecord],
    notes: Sequence[CallNote],
    county: County,
    calendar: WorkCalendar,
    now: dt.datetime,
    settings: Settings,
    *,
    label: str,
) -> tuple[tuple[ladder.LadderStep, ...], tuple[Call, ...]]:
    """See `ladder.decide`; `records` is the whole outbox, `notes` all calls noted: each call bears the last of both."""
    keys = contact_history.said_keys(records, live=settings.mail.mode == "send")
    dead, lost = _dead(records, now, settings), contact_history.undelivered(records)
    today = now.date()
    left = {each.name: each.valid_to for each in county.units if each.valid_to is not None and each.valid_to < today}
    steps, calls = ladder.decide_ladder(standings, contacts, keys, calendar, today, settings, dead, lost, left)
    get_run_logger().info("%s：催报 %d 项，电话 %d 项", label, len(steps), len(calls))
    return steps, contact_history.with_contacts(calls, *contact_history.by_now(records, notes, now))


@task(name="拟督办单", task_run_name="拟督办单 {label}", cache_policy=NO_CACHE)
def write_supervisions(
    steps: Sequence[ladder.LadderStep],
    records: Sequence[LetterRecord],
    plan: Plan,
    county: County,
    now: dt.datetime,
    *,
    label: str,
) -> tuple[Supervision, ...]:
    """See `letters.supervisions`: the words of each 督办单, to be written as a Word file before `write_reminders`."""
    day = now.date()
    return ladder_letters.supervisions(steps, _paper(plan, county), day, ladder_letters.next_no(records, day.year))


@task(name="拟催报信", task_run_name="拟催报信 {label}", cache_policy=NO_CACHE)
def write_reminders(
    steps: Sequence[ladder.LadderStep],
    workbooks: Mapping[DutyKey, Sequence[Attachment]],
    forms: Mapping[DutyKey, Sequence[Attachment]],
    plan: Plan,
    county: County,
    now: dt.datetime,
    *,
    label: str,
) -> tuple[Letter, ...]:
    """See `letters.compose`."""
    return _logged(
        label, ladder_letters.compose_ladder_letters(steps, _paper(plan, county), now.date(), workbooks, forms)
    )


@task(name="拟填报通知", task_run_name="拟填报通知 {label}", cache_policy=NO_CACHE)
def write_issue_notices(
    duties: Sequence[Duty],
    workbooks: Sequence[WrittenFile],
    contacts: Sequence[Contact],
    plan: Plan,
    county: County,
    now: dt.datetime,
    *,
    label: str,
) -> tuple[Letter, ...]:
    """See `notices.issue_notices`. `workbooks` are those of the duties, in their order, relative to the share."""
    attached = {duty.key: (in_share(written),) for duty, written in zip(duties, workbooks, strict=True)}
    return _logged(label, event_letters.issue_notices(duties, contacts, _paper(plan, county), now.date(), attached))


@task(name="拟回执", task_run_name="拟回执 {label}", cache_policy=NO_CACHE)
def write_answers(
    answered: Sequence[tuple[Submission, WrittenFile | None]],
    duties: Sequence[Duty],
    contacts: Sequence[Contact],
    sent_keys: Iterable[LetterKey],
    plan: Plan,
    county: County,
    calendar: WorkCalendar,
    settings: Settings,
    before: Mapping[int, PreviousVersion],
    *,
    label: str,
) -> tuple[Letter, ...]:
    """See `notices.verdict_notice`: one letter for each submission that belongs to a duty, with its reply (data/).

    `before` is what was in force when each was decided: an answer given late says the same as one given at once.
    """
    owed = {duty.key: duty for duty in duties}
    red = event_letters.open_reds(sent_keys)
    paper, found = _paper(plan, county), []
    for submission, reply in answered:
        if not (submission.unit and submission.kind and submission.period):
            continue
        key = (submission.plan, submission.unit, submission.kind, submission.period)
        if (duty := owed.get(key)) is None:
            continue
        files = [in_data(reply)] if reply and submission.state != "accepted" else []
        in_force = before[submission.id].version if submission.id in before else 0
        letter = event_letters.verdict_notice(
            submission, duty, contacts, paper, calendar, settings, files, key in red, in_force
        )
        found += [letter] if letter else []
    return _logged(label, found)


@task(name="拟简报通知", task_run_name="拟简报通知 {label}", cache_policy=NO_CACHE)
def write_brief_notices(
    units: Sequence[str],
    contacts: Sequence[Contact],
    plan: Plan,
    county: County,
    approved_on: dt.date,
    period: Period,
    name: str,
    issue_no: int,
    attachments: Sequence[Attachment],
    *,
    label: str,
) -> tuple[Letter, ...]:
    """See `notices.brief_notices`."""
    paper = _paper(plan, county)
    return _logged(
        label, event_letters.brief_notices(units, contacts, paper, approved_on, period, name, issue_no, attachments)
    )


@task(name="拟催报摘要", task_run_name="拟催报摘要 {label}", cache_policy=NO_CACHE)
def write_digest(
    standings: Sequence[Standing],
    calls: Sequence[Call],
    todays: Sequence[Letter],
    contacts: Sequence[Contact],
    records: Sequence[LetterRecord],
    plan: Plan,
    county: County,
    now: dt.datetime,
    settings: Settings,
    asked: Sequence[str] = (),
    *,
    label: str,
) -> tuple[Letter, ...]:
    """See `notices.digest`; empty where the coordinator has no usable address. `records` is the whole outbox."""
    records, _ = contact_history.by_now(records, (), now)
    lost = [each for each in records if (each.state in _LOST or each.partly) and _is_news(each, now)]
    resolved = contact_history.resolved_reds(standings, records, now.date())
    nobody = event_letters.without_contact(standings, contacts, _dead(records, now, settings))
    paper, day = _paper(plan, county), now.date()
    letter = event_letters.digest(standings, calls, todays, lost, paper, day, resolved, nobody, asked)
    return _logged(label, [letter] if letter else [])


@task(name="拟延期批复", task_run_name="拟延期批复 {label}", cache_policy=NO_CACHE)
def write_extension_answer(
    duty: Duty,
    granted: bool,
    reason: str,
    contacts: Sequence[Contact],
    plan: Plan,
    county: County,
    day: dt.date,
    *,
    label: str,
) -> tuple[Letter, ...]:
    """See `desk.extension_answer`; none where the unit has no usable address."""
    letter = coordinator_letters.extension_answer_letter(duty, granted, reason, contacts, _paper(plan, county), day)
    return _logged(label, [letter] if letter else [])


@task(name="拟报警信", task_run_name="拟报警信 {label}", cache_policy=NO_CACHE)
def write_alarm(
    cause: str,
    title: str,
    steps: Sequence[str],
    facts: Sequence[str],
    plan: Plan,
    county: County,
    day: dt.date,
    *,
    label: str,
) -> tuple[Letter, ...]:
    """See `desk.alarm`; none where the county names no usable address."""
    letter = coordinator_letters.alarm_letter(cause, title, steps, facts, _paper(plan, county), day)
    return _logged(label, [letter] if letter else [])


def _is_news(record: LetterRecord, now: dt.datetime) -> bool:
    """A letter given up, or that some did not get, is told for three days; one that is still open every morning."""
    return record.state in _OPEN or (now.date() - record.day).days <= _TOLD_DAYS


def _dead(records: Sequence[LetterRecord], now: dt.datetime, settings: Settings) -> frozenset[str]:
    return contact_history.dead_addresses(records, now - dt.timedelta(days=settings.mail.dead_days))


def in_share(written: WrittenFile) -> Attachment:
    """A file of the share as an attachment; `parcel.Counter` finds it wherever the share lies."""
    return Attachment(written.path.rpartition("/")[2], f"share/{written.path}")


def in_data(written: WrittenFile) -> Attachment:
    """A file of data/ as an attachment."""
    return Attachment(written.path.rpartition("/")[2], written.path)


def _paper(plan: Plan, county: County) -> LetterBuilder:
    return LetterBuilder(county, plan, load_templates())


def _logged(label: str, written: Sequence[Letter]) -> tuple[Letter, ...]:
    get_run_logger().info("%s：拟信 %d 封", label, len(written))
    return tuple(written)
