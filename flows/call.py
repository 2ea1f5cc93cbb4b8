"""记录通话: record a telephone call of the coordinator, and publish the day's call list with it.

Belongs here: the form, what a noted call must be, and the order of the steps. `tasks.mail` decides whom to call.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from prefect import flow

from flows.context import instant_of, open_context
from flows.steps.settle_calendar import settle_calendar
from flows.steps.standings import standings_of
from flows.ui.artifacts import publish_calls
from flows.ui.forms import BY, NOW, PLAN, UNIT, Words, field, run_name
from tasks.errors import InputError
from tasks.mail.contact_history import known_at, last_answer, last_contacts
from tasks.mail.morning import decide_steps
from tasks.model.letter import CallNote
from tasks.model.run_context import Context
from tasks.store import call_notes, outbox
from tasks.store.accepted_rows import contacts_on
from tasks.store.migrate import migrate
from tasks.store.task import prepare_ledger

Who = Literal["业务负责人", "分管领导", "其他"]
_WORDS_MOST = 500
_WORDS = field("说了什么", "对方的答复，如 答应今日下班前报来；没有接通的可不填。不必写姓名和电话号码", "")
_WHO = field("打给谁", "按联系人名单上的角色选；不必写姓名", "业务负责人")
_ANSWERED = field("已接通", "没有接通的不要勾选", True)
_CALLED_AT = field("通话时间", "留空为现在，如 2023-10-27T15:30")


@dataclass(frozen=True, slots=True)
class NotedCall:
    """A call on record: the unit's name in full, whether it is new, and the last contacts with the unit."""

    unit: str
    new: bool
    said: str
    last: tuple[str, ...]


@flow(name="记录通话", flow_run_name=run_name)
def call(
    unit: Words = UNIT,
    words: Words = _WORDS,
    who: Who = _WHO,
    answered: bool = _ANSWERED,
    called_at: str | None = _CALLED_AT,
    by: Words = BY,
    plan: str | None = PLAN,
    now: str | None = NOW,
) -> NotedCall:
    """Note one call; noting it again changes nothing. Raises InputError for an entry that cannot be used."""
    context = open_context(plan, now)
    note = _note(context, unit, words, who, answered, called_at, by)
    prepare_ledger(context.url)
    settle_calendar(context)
    new = call_notes.note_call(context.url, note, context.now)
    _publish_calls(context)
    return _noted(context, note.unit, new)


def contacts_with(unit: str, plan: str | None = None, now: str | None = None) -> NotedCall:
    """The last contacts with a unit, letters and calls. Starts no Prefect and notes nothing."""
    context = open_context(plan, now)
    migrate(context.url)
    return _noted(context, context.unit_named(unit), new=False)


def _note(
    context: Context, unit: str, words: str, who: Who, answered: bool, called_at: str | None, by: str
) -> CallNote:
    text, noted_by = " ".join(words.split()), " ".join(by.split())
    at = instant_of(called_at, context.settings.timezone) if called_at else context.now
    at = at.replace(second=0, microsecond=0)
    if at > context.now:
        raise InputError(f"通话时间 {at:%Y-%m-%d %H:%M} 还没有到，请核对")
    if answered and not text:
        raise InputError("请写明对方说了什么；没有接通的请注明没有接通")
    if len(text) > _WORDS_MOST:
        raise InputError(f"通话内容有 {len(text)} 字，请压缩到 {_WORDS_MOST} 字以内")
    if not noted_by:
        raise InputError("请写明经办人")
    return CallNote(context.plan.id, context.unit_named(unit), who, at, answered, text, noted_by)


def _publish_calls(context: Context) -> None:
    """The call list of the day with the new call on it. On a day off there is none."""
    if not context.calendar.is_workday(context.today):
        return
    url, plan = context.url, context.plan.id
    contacts, records = contacts_on(url, plan, context.today), outbox.letter_records(url, plan)
    notes = call_notes.load_calls(url, plan)
    _, calls = decide_steps(standings_of(context, None), contacts, records, notes, context)
    publish_calls(plan, context.today.isoformat(), calls)


def _noted(context: Context, unit: str, new: bool) -> NotedCall:
    records, notes = known_at(
        outbox.letter_records(context.url, context.plan.id),
        call_notes.load_calls(context.url, context.plan.id, unit),
        context.now,
    )
    return NotedCall(unit, new, last_answer(unit, notes), last_contacts(unit, records, notes))
