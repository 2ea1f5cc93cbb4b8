"""记录通话: a telephone call of the coordinator on record, and the call list of the day shown anew with it.

Belongs here: the form, what a noted call must be, and the order of the steps. Whom to call is decided in `tasks.mail`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from prefect import flow

from flows.artifacts import publish_calls
from flows.forms import BY, NOW, PLAN, UNIT, Words, field, run_name
from flows.office import Office, instant, open_office
from flows.standings import standings_of
from tasks.errors import InputError
from tasks.mail.history import by_now, last_contacts, last_said
from tasks.mail.task import decide_steps
from tasks.outcomes import CallNote
from tasks.store import calls, outbox
from tasks.store.database import migrate
from tasks.store.task import load_contacts, prepare_ledger

Who = Literal["业务负责人", "分管领导", "其他"]
_WORDS_MOST = 500
_WORDS = field("说了什么", "对方的答复，如 答应今日下班前报来；没有接通的可不填。不必写姓名和电话号码", "")
_WHO = field("打给谁", "按联系人名单上的角色选；不必写姓名", "业务负责人")
_ANSWERED = field("已接通", "没有接通的不要勾选", True)
_CALLED_AT = field("通话时间", "留空为现在，如 2023-10-27T15:30")


@dataclass(frozen=True, slots=True)
class Noted:
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
) -> Noted:
    """Note one call; the same call noted again changes nothing. Raises InputError for what cannot be noted."""
    office = open_office(plan, now)
    note = _note(office, unit, words, who, answered, called_at, by)
    prepare_ledger(office.url)
    new = calls.note_call(office.url, note, office.now)
    _show_anew(office)
    return _noted(office, note.unit, new)


def contacts_with(unit: str, plan: str | None = None, now: str | None = None) -> Noted:
    """The last contacts with a unit, letters and calls. Starts no Prefect and notes nothing."""
    office = open_office(plan, now)
    migrate(office.url)
    return _noted(office, office.unit_named(unit), new=False)


def _note(office: Office, unit: str, words: str, who: Who, answered: bool, called_at: str | None, by: str) -> CallNote:
    said, noted_by = " ".join(words.split()), " ".join(by.split())
    at = instant(called_at, office.settings.timezone) if called_at else office.now
    at = at.replace(second=0, microsecond=0)
    if at > office.now:
        raise InputError(f"通话时间 {at:%Y-%m-%d %H:%M} 还没有到，请核对")
    if answered and not said:
        raise InputError("请写明对方说了什么；没有接通的请注明没有接通")
    if len(said) > _WORDS_MOST:
        raise InputError(f"通话内容有 {len(said)} 字，请压缩到 {_WORDS_MOST} 字以内")
    if not noted_by:
        raise InputError("请写明经办人")
    return CallNote(office.plan.id, office.unit_named(unit), who, at, answered, said, noted_by)


def _show_anew(office: Office) -> None:
    """The call list of the day with the new call on it. On a day off there is none."""
    day = office.now.date()
    if not office.calendar.is_workday(day):
        return
    label = day.isoformat()
    contacts = load_contacts(office.url, office.plan.id, day, label=label)
    _, found = decide_steps(
        standings_of(office, None, label),
        contacts,
        outbox.records(office.url, office.plan.id),
        calls.load_calls(office.url, office.plan.id),
        office.county,
        office.calendar,
        office.now,
        office.settings,
        label=label,
    )
    publish_calls(office.plan.id, label, found)


def _noted(office: Office, unit: str, new: bool) -> Noted:
    records, notes = by_now(
        outbox.records(office.url, office.plan.id), calls.load_calls(office.url, office.plan.id, unit), office.now
    )
    return Noted(unit, new, last_said(unit, notes), last_contacts(unit, records, notes))
