"""催报: standing -> the ladder -> letters -> mail, and the coordinator's call list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from prefect import flow

from config.calendar import Period
from flows.context import open_context
from flows.steps.ask_for_holidays import ask_for_holidays
from flows.steps.send_letters import Posted, send_letters, show_letters_of_today, withdraw_stale_letters
from flows.steps.settle_calendar import settle_calendar
from flows.steps.standings import standings_of
from flows.ui.artifacts import publish_calls, publish_matrix
from flows.ui.forms import NOW, PLAN, run_name
from flows.ui.todo import publish_todo
from tasks.brief.task import write_supervision_forms
from tasks.issue.place_workbook import issued_path
from tasks.mail.ladder import LadderStep
from tasks.mail.task import decide_steps, in_data, write_digest, write_reminders, write_supervisions
from tasks.model.context import Context
from tasks.model.letter import Attachment, Call, Letter
from tasks.model.submission import DutyKey, Standing
from tasks.store.call_notes import load_calls
from tasks.store.outbox import letter_records
from tasks.store.reply_records import paths_of_replies
from tasks.store.task import load_contacts, prepare_ledger


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
    """One morning's reminders, over all duties that are open. On a day that is no workday nobody is written to."""
    context = open_context(plan, now)
    day = context.now.date()
    prepare_ledger(context.url)
    if not context.calendar.is_workday(day):
        return Chased(day.isoformat(), False, {}, (), Posted())
    settle_calendar(context)
    standings = standings_of(context, None, day.isoformat())
    # First, so that what did not leave on its own day is decided anew and never arrives in a burst.
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
    plan, county, label = context.plan, context.county, context.now.date().isoformat()
    contacts = load_contacts(context.url, plan.id, context.now.date(), label=label)
    on_record = letter_records(context.url, plan.id)
    steps, calls = decide_steps(
        standings,
        contacts,
        on_record,
        load_calls(context.url, plan.id),
        county,
        context.calendar,
        context.now,
        context.settings,
        label=label,
    )
    workbooks = _workbooks(context, steps)
    supervisions = write_supervisions(steps, on_record, plan, county, context.now, label=label)
    written = write_supervision_forms(
        supervisions, context.data / "supervision" / plan.id / label, context.data, label=label
    )
    forms = {key: (in_data(form),) for said, form in zip(supervisions, written, strict=True) for key in said.keys}
    letters = write_reminders(steps, workbooks, forms, plan, county, context.now, label=label)
    asked = ask_for_holidays(context.calendar, context.today)
    digest = write_digest(
        standings, calls, letters, contacts, on_record, plan, county, context.now, context.settings, asked, label=label
    )
    return steps, calls, (*letters, *digest)


def _workbooks(context: Context, steps: Sequence[LadderStep]) -> dict[DutyKey, tuple[Attachment, ...]]:
    """The workbook each step is about: the unit's own with the remarks where it was sent back, else as it was issued."""
    back = [step.standing for step in steps if step.standing.name in ("待更正", "待说明")]
    # In a file that could not be read there is nothing to remark on.
    legible = [each for each in back if all(finding.severity != "refuse" for finding in each.findings)]
    annotated = paths_of_replies(
        context.url, [each.submission_id for each in legible if each.submission_id is not None]
    )
    found: dict[DutyKey, tuple[Attachment, ...]] = {}
    for step in steps:
        path = annotated.get(step.standing.submission_id or 0, "")
        issued = issued_path(step.standing.duty)
        if path and (context.data / path).is_file():
            found[step.standing.duty.key] = (Attachment(path.rpartition("/")[2], path),)
        elif (context.share / issued).is_file():
            found[step.standing.duty.key] = (Attachment(issued.rpartition("/")[2], f"share/{issued}"),)
    return found


def _publish(context: Context, standings: Sequence[Standing], calls: Sequence[Call]) -> None:
    day = context.now.date()
    publish_calls(context.plan.id, day.isoformat(), calls)
    by_period: dict[str, list[Standing]] = {}
    for standing in standings:
        by_period.setdefault(standing.duty.period, []).append(standing)
    for text, found in by_period.items():
        if any(standing.name not in ("按时", "零报告", "迟报", "未到期") for standing in found):
            publish_matrix(context, Period.parse(text), found)
    publish_todo(context)
