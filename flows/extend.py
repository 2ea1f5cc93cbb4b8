"""批复延期: the coordinator's answer to a request for an extension -> the ledger -> the ladder -> a letter."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from prefect import flow, get_run_logger

from config.calendar import Period
from flows.context import open_context
from flows.steps.audit_trail import note_head
from flows.steps.results import Posted
from flows.steps.send_letters import send_letters
from flows.steps.settle_calendar import settle_calendar
from flows.steps.standings import show_month
from flows.ui.forms import (
    BY,
    DECISION,
    NOW,
    OWED_KIND,
    OWED_PERIOD,
    PLAN,
    REASON,
    UNIT,
    UNTIL,
    Decision,
    KindTitle,
    Words,
    kind_titled,
    run_name,
)
from flows.ui.todo import publish_todo
from tasks.errors import InputError
from tasks.mail.coordinator_letters import extension_answer_letter
from tasks.mail.letter_builder import LetterBuilder
from tasks.model.run_context import Context
from tasks.model.submission import Duty, DutyKey
from tasks.store.accepted_rows import contacts_on
from tasks.store.duty_table import extension_requests, grant_extension, read_duties
from tasks.store.extensions import refuse_extension
from tasks.store.task import prepare_ledger


@dataclass(frozen=True, slots=True)
class Extended:
    """One answer: whose duty, whether it was granted, the day in force, and the letter to the unit."""

    unit: str
    period: str
    granted: bool
    until: dt.date
    posted: Posted


@flow(name="批复延期", flow_run_name=run_name)
def extend(
    unit: Words = UNIT,
    period: str = OWED_PERIOD,
    decision: Decision = DECISION,
    until: dt.date | None = UNTIL,
    reason: Words = REASON,
    kind: KindTitle = OWED_KIND,
    by: Words = BY,
    plan: str | None = PLAN,
    now: str | None = NOW,
) -> Extended:
    """Grant or refuse an extension, with its reason. Unsent letters about the duty are decided again.

    Raises InputError for an unknown unit or duty, an impossible day, and the refusal of a request that was not made.
    """
    context = open_context(plan, now)
    prepare_ledger(context.url)
    settle_calendar(context)
    key = context.duty_key(unit, kind_titled(kind), period)
    granted = decision == "批准"
    duty = _grant(context, key, until, reason, by) if granted else _refuse(context, key, reason, by)
    note_head(context.url, context.data)
    get_run_logger().info("%s%s：%s，期限 %s", duty.unit, duty.period, decision, duty.extended_to or duty.due)
    contacts = contacts_on(context.url, context.plan.id, context.today)
    letter = extension_answer_letter(duty, granted, reason, contacts, LetterBuilder.of(context), context.today)
    posted = send_letters(context, [letter] if letter else [])
    show_month(context, Period.parse(duty.period))
    publish_todo(context)
    return Extended(duty.unit, duty.period, granted, duty.extended_to or duty.due, posted)


def _grant(context: Context, key: DutyKey, until: dt.date | None, reason: str, by: str) -> Duty:
    asked = [each.until for each in extension_requests(context.url, key[0], key[3]) if each.key == key]
    day = until or (asked[-1] if asked else None)
    if day is None:
        raise InputError(f"{key[1]}没有申请延期，请填写“延期至”")
    return grant_extension(context.url, key, day, reason, by, context.now)


def _refuse(context: Context, key: DutyKey, reason: str, by: str) -> Duty:
    refuse_extension(context.url, key, reason, by, context.now)
    return next(each for each in read_duties(context.url, key[0], key[3]) if each.key == key)
