"""批复延期: the coordinator's answer to a request for an extension -> the ledger -> the ladder -> a letter."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from prefect import flow, get_run_logger

from config.calendar import Period
from flows.audit import note_head
from flows.forms import (
    BY,
    DECISION,
    KINDS,
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
    run_name,
)
from flows.office import Office, open_office
from flows.post import Posted, post
from flows.standings import show_month
from flows.todo import publish_todo
from tasks.errors import InputError
from tasks.mail.task import write_extension_answer
from tasks.shapes import Duty
from tasks.store.duties import Key, extension_requests, grant_extension
from tasks.store.extensions import refuse_extension
from tasks.store.task import load_contacts, load_duties, prepare_ledger


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
    """Grant or refuse an extension, with its reason; what is waiting to be sent about the duty is decided anew.

    Raises InputError for a unit, duty or day that cannot be, and for a refusal nobody asked for.
    """
    office = open_office(plan, now)
    prepare_ledger(office.url)
    key = key_of_duty(office, unit, kind, period)
    granted = decision == "批准"
    duty = _grant(office, key, until, reason, by) if granted else _refuse(office, key, reason, by)
    note_head(office.url, office.data)
    get_run_logger().info("%s%s：%s，期限 %s", duty.unit, duty.period, decision, duty.extended_to or duty.due)
    contacts = load_contacts(office.url, office.plan.id, office.now.date(), label=duty.unit)
    letters = write_extension_answer(
        duty, granted, reason, contacts, office.plan, office.county, office.now.date(), label=duty.unit
    )
    posted = post(office, letters)
    show_month(office, Period.parse(duty.period))
    publish_todo(office)
    return Extended(duty.unit, duty.period, granted, duty.extended_to or duty.due, posted)


def key_of_duty(office: Office, unit: str, kind: str, period: str) -> Key:
    """(plan, unit, kind, period) of what a person named. Raises InputError for a name that the county does not know."""
    return (office.plan.id, office.unit_named(unit), KINDS[kind], office.period(period).text)


def _grant(office: Office, key: Key, until: dt.date | None, reason: str, by: str) -> Duty:
    asked = [each.until for each in extension_requests(office.url, key[0], key[3]) if each.key == key]
    day = until or (asked[-1] if asked else None)
    if day is None:
        raise InputError(f"{key[1]}没有申请延期，请填写“延期至”")
    return grant_extension(office.url, key, day, reason, by, office.now)


def _refuse(office: Office, key: Key, reason: str, by: str) -> Duty:
    refuse_extension(office.url, key, reason, by, office.now)
    return next(each for each in load_duties(office.url, key[0], key[3], label=key[1]) if each.key == key)
