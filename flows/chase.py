"""催报: standing -> the ladder -> letters -> mail, and the coordinator's call list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from prefect import flow

from config.calendar import Period
from flows.context import open_context
from flows.steps.ask_for_holidays import ask_for_holidays
from flows.steps.results import Posted
from flows.steps.send_letters import send_letters, show_letters_of_today, withdraw_stale_letters
from flows.steps.settle_calendar import settle_calendar
from flows.steps.standings import standings_of
from flows.ui.artifacts import publish_calls, publish_matrix
from flows.ui.forms import NOW, PLAN, run_name
from flows.ui.todo import publish_todo
from tasks.issue.place_workbook import find_issued
from tasks.mail.chased_files import annotated_replies, workbooks_to_attach
from tasks.mail.ladder import LadderStep
from tasks.mail.ladder_letters import compose_ladder_letters, next_no, supervisions
from tasks.mail.letter_builder import LetterBuilder
from tasks.mail.morning import write_digest
from tasks.mail.task import decide_steps_task
from tasks.model.letter import Attachment, Call, Letter, LetterRecord
from tasks.model.run_context import Context
from tasks.model.submission import DutyKey, Standing
from tasks.model.words import REPORTED
from tasks.store.accepted_rows import contacts_on
from tasks.store.call_notes import load_calls
from tasks.store.outbox import letter_records
from tasks.store.reply_records import paths_of_replies
from tasks.store.task import prepare_ledger


@dataclass(frozen=True, slots=True)
class Chased:
    """One morning: whether it is a workday, duties by rung, the call list, the letters, and what is asked of the desk."""

    day: str
    workday: bool
    rungs: dict[str, int]
    calls: tuple[Call, ...]
    posted: Posted
    asked: tuple[str, ...] = ()


@flow(name="催报", flow_run_name=run_name)
def chase(plan: str | None = PLAN, now: str | None = NOW) -> Chased:
    """One morning's reminders, over all open duties. On a day that is no workday no letter is written."""
    context = open_context(plan, now)
    day = context.today
    prepare_ledger(context.url)
    if not context.calendar.is_workday(day):
        return Chased(day.isoformat(), False, {}, (), Posted())
    settle_calendar(context)
    standings = standings_of(context, None)
    # First, so that letters that did not leave on their day are decided again and never arrive in a burst.
    withdraw_stale_letters(context, standings)
    steps, calls, letters = _decide(context, standings)
    posted = send_letters(context, letters)
    if not posted.sent:
        show_letters_of_today(context)
    _publish(context, standings, calls)
    rungs: Counter[str] = Counter(step.rung.name for step in steps)
    asked = ask_for_holidays(context.calendar, day)
    return Chased(day.isoformat(), True, dict(rungs), calls, posted, asked)


def _decide(
    context: Context, standings: Sequence[Standing]
) -> tuple[tuple[LadderStep, ...], tuple[Call, ...], tuple[Letter, ...]]:
    """The steps, the call list, and the letters (reminders and the coordinator's digest) of this morning."""
    url, plan = context.url, context.plan.id
    contacts, records = contacts_on(url, plan, context.today), letter_records(url, plan)
    steps, calls = decide_steps_task(standings, contacts, records, load_calls(url, plan), context)
    builder = LetterBuilder.of(context)
    forms = _supervision_forms(context, steps, records, builder)
    letters = compose_ladder_letters(steps, builder, context.today, _workbooks(context, steps), forms)
    asked = ask_for_holidays(context.calendar, context.today)
    digest = write_digest(standings, calls, letters, contacts, records, context, asked)
    return steps, calls, (*letters, *([digest] if digest else []))


def _supervision_forms(
    context: Context, steps: Sequence[LadderStep], records: Sequence[LetterRecord], builder: LetterBuilder
) -> dict[DutyKey, tuple[Attachment, ...]]:
    """The 督办单 of the red steps, written as Word files, by the duties they are about."""
    # Imported here: on most mornings no unit is at the red rung.
    from tasks.brief.writers.supervision_form import write_forms

    forms = supervisions(steps, builder, context.today, next_no(records, context.today.year))
    folder = context.data / "supervision" / context.plan.id / context.today.isoformat()
    written = write_forms(forms, folder, context.data)
    return {
        key: (Attachment.in_data(file.path),) for form, file in zip(forms, written, strict=True) for key in form.keys
    }


def _workbooks(context: Context, steps: Sequence[LadderStep]) -> dict[DutyKey, tuple[Attachment, ...]]:
    """The workbook of each step that is on disk."""
    replies = paths_of_replies(context.url, annotated_replies(steps))
    issued = {step.standing.duty.key: find_issued(context.share, step.standing.duty) for step in steps}
    return workbooks_to_attach(steps, replies, issued, context)


def _publish(context: Context, standings: Sequence[Standing], calls: Sequence[Call]) -> None:
    day = context.today
    publish_calls(context.plan.id, day.isoformat(), calls)
    by_period: dict[str, list[Standing]] = {}
    for standing in standings:
        by_period.setdefault(standing.duty.period, []).append(standing)
    for text, found in by_period.items():
        if any(standing.name not in (*REPORTED, "未到期") for standing in found):
            publish_matrix(context, Period.parse(text), found)
    publish_todo(context)
