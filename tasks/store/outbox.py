"""The outbox: a letter is recorded before it is sent and closed with the server's answer afterwards.

    ready -> sending -> sent | uncertain | failed | refused        ready, failed, uncertain -> withdrawn

`uncertain`: it may have been sent (its sender died, or the connection dropped). `failed`: a temporary error, retried
later. `refused`: nobody received it, and it is not retried. `withdrawn`: no longer needed.
Belongs here: these states and their transitions. Does not belong here: which letters to write, sending (`tasks/mail`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, Connection, Row, insert, or_, select, update

from tasks.errors import InputError, PipelineError
from tasks.model.letter import Attachment, Letter, LetterKey, LetterOutcome, LetterRecord
from tasks.model.words import LETTER_STATES, NOT_SENT_FOR_GOOD, UNCLOSED, ClosedState, LetterState
from tasks.store.audit_chain import append_act
from tasks.store.engine import reading, writing
from tasks.store.process_presence import has_ended, register_presence
from tasks.store.schema.letter_tables import LetterRow
from tasks.store.sending_process import this_process

UncertainPolicy = Literal["resend", "ask"]

_FINAL = ("sent", "refused", "withdrawn")
_KEPT_NAMES = ("state", "day", "attempts", "sender", "enqueued_at", "doubtful", "to", "cc")
_KEPT = [LetterRow.__table__.columns[name] for name in _KEPT_NAMES]
_INTERRUPTED = "发送中断，不能确定是否已送达"


@dataclass(frozen=True, slots=True)
class Patience:
    """When to retry a letter that was not sent: the pauses in minutes, and the hours after which it is given up."""

    retry_minutes: tuple[int, ...] = (10, 30, 60, 120, 240)
    give_up_hours: int = 72

    def retry_after(self, attempts: int, now: dt.datetime) -> dt.datetime:
        """The instant from which the letter may be retried after this many attempts."""
        return now + dt.timedelta(minutes=self.retry_minutes[min(max(attempts, 1), len(self.retry_minutes)) - 1])

    def is_over(self, enqueued_at: dt.datetime, now: dt.datetime) -> bool:
        """Whether the letter is to be given up."""
        return now - enqueued_at >= dt.timedelta(hours=self.give_up_hours)


PATIENCE = Patience()


def enqueue_letters(url: str, letters: Sequence[Letter], now: dt.datetime) -> tuple[Letter, ...]:
    """Record letters as ready; returns the new ones. A letter whose key is on record is left unchanged."""
    new: list[Letter] = []
    for plan in sorted({letter.plan for letter in letters}):
        with writing(url, plan) as connection:
            on_record = set(_keys(connection, plan))
            # By key, so that a letter given twice is sent once.
            wanted = {letter.key: letter for letter in letters if letter.plan == plan and letter.key not in on_record}
            if wanted:
                connection.execute(insert(LetterRow), [columns_of(letter, now) for letter in wanted.values()])
            new += wanted.values()
    return tuple(new)


def load_ready_letters(
    url: str, plan: str, now: dt.datetime, policy: UncertainPolicy = "resend", patience: Patience = PATIENCE
) -> tuple[Letter, ...]:
    """The letters to send now: those with the fewest attempts first, then in the order they were enqueued.

    Letters that a dead process left in `sending` become uncertain first. Under policy `resend` uncertain letters are
    returned too, with their old Message-ID; under `ask`, and once they are given up, they wait for a person. No letter
    is returned before its pause has passed.
    """
    if abandoned := _abandoned(url, plan):
        with writing(url, plan) as connection:
            for letter_id, sender in abandoned:
                _mark_uncertain(connection, letter_id, sender)
    query = select(LetterRow.__table__).where(LetterRow.plan == plan, _may_be_sent(now, policy, patience))
    # Fewest attempts first: a letter that crashes its sender every time must not block the others.
    query = query.order_by(LetterRow.attempts, LetterRow.id)
    with reading(url) as connection:
        return tuple(_letter(row) for row in connection.execute(query))


def mark_sending(
    url: str, key: LetterKey, now: dt.datetime, policy: UncertainPolicy = "resend", patience: Patience = PATIENCE
) -> bool:
    """Claim a letter for this process right before sending it; False if another has it or it may not be sent now."""
    me = register_presence(url)
    with writing(url, key[0]) as connection:
        claimed = connection.execute(
            update(LetterRow)
            .where(*is_letter(key), _may_be_sent(now, policy, patience))
            .values(state="sending", sender=me, attempts=LetterRow.attempts + 1)
        )
        return claimed.rowcount == 1


def close_letter(
    url: str, key: LetterKey, outcome: LetterOutcome, now: dt.datetime, patience: Patience = PATIENCE
) -> None:
    """Close a letter with the server's answer. What is final stays so, whatever is said later.

    A letter that another process is sending is left to it. One that `failed` until patience is over becomes refused.
    One that may have arrived at an earlier try stays uncertain until it is known to be sent: it must never be taken
    for one that nobody got. From now on it goes to nobody but `outcome.again`, if any are named.
    Raises PipelineError for a letter that is not on record, ValueError for a state no letter is closed in.
    """
    if outcome.state not in get_args(ClosedState):
        raise ValueError(f"a letter is closed as one of {get_args(ClosedState)}, not {outcome.state!r}")
    with writing(url, key[0]) as connection:
        row = connection.execute(select(*_KEPT).where(*is_letter(key))).first()
        if row is None:
            raise PipelineError(f"发件箱中没有这封信：{' '.join(key[1:])}")
        if row.state in _FINAL or (row.state == "sending" and row.sender != this_process()):
            return
        # A try that found no server at all was never marked as sending.
        attempts = row.attempts + (row.state != "sending")
        doubtful = bool(row.doubtful) or "uncertain" in (row.state, outcome.state)
        state = "uncertain" if doubtful and outcome.state != "sent" else outcome.state
        values: dict[str, Any] = {"state": state, "answer": outcome.answer, "code": outcome.code}
        values |= {"attempts": attempts, "doubtful": doubtful}
        # A letter that waited for the workday it is dated has been tried since then, not since it was written.
        since = max(row.enqueued_at, dt.datetime.combine(row.day, dt.time(), now.tzinfo))
        if state == "failed" and patience.is_over(since, now):
            values["state"] = "refused"
            values["answer"] = f"试了{patience.give_up_hours}小时仍未发出，不再重试：{outcome.answer}"
        elif state in ("failed", "uncertain"):
            values["retry_after"] = patience.retry_after(attempts, now)
        values |= {"sender": None, "closed_at": now, "dead": sorted(outcome.dead) or None}
        values |= _still_waiting(row, outcome.again)
        connection.execute(update(LetterRow).where(*is_letter(key)).values(values))


def _still_waiting(row: Row[Any], again: Collection[str]) -> dict[str, list[str]]:
    """The recipients of the next attempt: unchanged unless only some of them still wait for the letter."""
    to, cc = ([address for address in each if address in again] for each in (row.to, row.cc))
    if not to + cc:
        return {}
    return {"to": to or cc, "cc": cc if to else []}


def withdraw_letters(url: str, keys: Iterable[LetterKey], why: str, now: dt.datetime) -> int:
    """Withdraw letters that have not been sent. Returns how many."""
    return sum(_close_unsent(url, key, "withdrawn", UNCLOSED, why, now) for key in keys)


def give_up_letters(url: str, keys: Iterable[LetterKey], why: str, now: dt.datetime) -> int:
    """Close letters that certainly nobody received as refused, with `why` as their answer. Returns how many."""
    certain = LetterRow.doubtful.is_not(True)
    return sum(_close_unsent(url, key, "refused", ("ready", "failed"), why, now, certain) for key in keys)


def resolve_uncertain(url: str, plan: str, mark: str, arrived: bool, now: dt.datetime, *, by: str) -> LetterRecord:
    """Close an uncertain letter as a person (`by`) decides: it arrived, or it is to be sent again.

    `mark` is the beginning of its Message-ID. Raises InputError unless exactly one uncertain letter matches.
    """
    found = [each for each in letter_records(url, plan) if each.state == "uncertain" and _mark(each).startswith(mark)]
    if len(found) != 1 or not mark:
        raise InputError(
            f"没有编号以“{mark}”开头、且不能确定是否送达的信" if not found else f"以“{mark}”开头的信不止一封"
        )
    values = (
        {"state": "sent", "answer": "经人工核实已送达"} if arrived else {"state": "ready", "answer": "经人工决定重发"}
    )
    with writing(url, plan) as connection:
        still = (*is_letter(found[0].key), LetterRow.state == "uncertain")
        done = connection.execute(
            update(LetterRow).where(*still).values(**values, code=None, retry_after=None, doubtful=True, closed_at=now)
        )
        if done.rowcount:
            about = f"{found[0].unit}，编号 {_mark(found[0])[:8]}，{found[0].rung} {found[0].day}"
            append_act(connection, plan, "核实信件", about, by, values["answer"], now)
    return found[0]


def sent_keys(url: str, plan: str) -> frozenset[LetterKey]:
    """The keys of all letters except refused and withdrawn ones."""
    with reading(url) as connection:
        return frozenset(_keys(connection, plan, LetterRow.state.not_in(NOT_SENT_FOR_GOOD)))


def load_letters(url: str, plan: str) -> tuple[tuple[Letter, LetterState, str], ...]:
    """All letters with their state and last answer, in the order they were enqueued."""
    query = select(LetterRow.__table__).where(LetterRow.plan == plan).order_by(LetterRow.id)
    with reading(url) as connection:
        return tuple((_letter(row), row.state, row.answer) for row in connection.execute(query))


def letter_records(url: str, plan: str, states: Collection[str] = LETTER_STATES) -> tuple[LetterRecord, ...]:
    """All letters, or those in some states, without their texts, in the order they were enqueued."""
    text = ("text", "html", "attachments")
    columns = [column for column in LetterRow.__table__.columns if column.name not in text]
    wanted = (LetterRow.plan == plan, LetterRow.state.in_(states))
    query = select(*columns).where(*wanted).order_by(LetterRow.id)
    with reading(url) as connection:
        return tuple(_record(row) for row in connection.execute(query))


def _may_be_sent(now: dt.datetime, policy: UncertainPolicy, patience: Patience) -> ColumnElement[bool]:
    """WHERE clause that matches the letters that may be sent now; loading and claiming use the same."""
    rested = or_(LetterRow.retry_after.is_(None), LetterRow.retry_after <= now)
    sendable = [LetterRow.state == "ready", (LetterRow.state == "failed") & rested]
    if policy == "resend":
        since = now - dt.timedelta(hours=patience.give_up_hours)
        sendable.append((LetterRow.state == "uncertain") & rested & (LetterRow.enqueued_at > since))
    return or_(*sendable)


def _close_unsent(
    url: str, key: LetterKey, state: str, out_of: Sequence[str], why: str, now: dt.datetime, *only: ColumnElement[bool]
) -> int:
    with writing(url, key[0]) as connection:
        still = (*is_letter(key), LetterRow.state.in_(out_of), *only)
        return connection.execute(
            update(LetterRow).where(*still).values(state=state, answer=why, code=None, closed_at=now)
        ).rowcount


def _abandoned(url: str, plan: str) -> list[tuple[int, str]]:
    """(id, sender) of the letters in `sending` whose sender has ended."""
    query = select(LetterRow.id, LetterRow.sender).where(LetterRow.plan == plan, LetterRow.state == "sending")
    with reading(url) as connection:
        rows = connection.execute(query).all()
    ended = {sender: has_ended(url, sender) for sender in {sender for _, sender in rows if sender is not None}}
    return [(letter_id, sender) for letter_id, sender in rows if sender is not None and ended[sender]]


def _mark_uncertain(connection: Connection, letter_id: int, sender: str) -> None:
    # Only while it still belongs to the dead process: another may have marked or claimed it meanwhile.
    still_its = (LetterRow.id == letter_id, LetterRow.state == "sending", LetterRow.sender == sender)
    values = {
        "state": "uncertain",
        "answer": _INTERRUPTED,
        "code": None,
        "sender": None,
        "retry_after": None,
        "doubtful": True,
    }
    connection.execute(update(LetterRow).where(*still_its).values(values))


def _keys(connection: Connection, plan: str, *only: ColumnElement[bool]) -> Iterable[LetterKey]:
    query = select(LetterRow.unit, LetterRow.duty, LetterRow.rung, LetterRow.day).where(LetterRow.plan == plan, *only)
    for unit, duty, rung, day in connection.execute(query):
        yield (plan, unit, duty, rung, day.isoformat())


def is_letter(key: LetterKey) -> tuple[ColumnElement[bool], ...]:
    """WHERE clause that matches one letter key."""
    plan, unit, duty, rung, day = key
    return (
        LetterRow.plan == plan,
        LetterRow.unit == unit,
        LetterRow.duty == duty,
        LetterRow.rung == rung,
        LetterRow.day == dt.date.fromisoformat(day),
    )


def _mark(record: LetterRecord) -> str:
    return record.message_id.strip("<>")


def columns_of(letter: Letter, now: dt.datetime) -> dict[str, object]:
    """The row of a letter that is new in the outbox."""
    plain = ("plan", "unit", "duty", "rung", "day", "subject", "text", "html", "message_id")
    return {name: getattr(letter, name) for name in plain} | {
        "to": list(letter.to),
        "cc": list(letter.cc),
        "attachments": [[each.name, each.path] for each in letter.attachments],
        "state": "ready",
        "answer": "",
        "code": None,
        "attempts": 0,
        "enqueued_at": now,
    }


def _record(row: Row[Any]) -> LetterRecord:
    plain = ["plan", "unit", "duty", "rung", "day", "subject", "message_id"]
    plain += ["state", "answer", "code", "enqueued_at", "closed_at"]
    values = {name: getattr(row, name) for name in plain}
    values |= {"to": tuple(row.to), "cc": tuple(row.cc), "dead": tuple(row.dead or ())}
    return LetterRecord(**values, doubtful=bool(row.doubtful) or row.state == "uncertain")


def _letter(row: Row[Any]) -> Letter:
    plain = ("plan", "unit", "duty", "rung", "day", "subject", "text", "html", "message_id")
    values = {name: getattr(row, name) for name in plain}
    attachments = tuple(Attachment(name, path) for name, path in row.attachments)
    return Letter(**values, to=tuple(row.to), cc=tuple(row.cc), attachments=attachments)
