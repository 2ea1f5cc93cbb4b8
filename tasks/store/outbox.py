"""The outbox: a letter is on record before it is sent, and closed with the server's answer after.

    ready -> sending -> sent | uncertain | failed | refused

`uncertain`: it may have gone out (its sender died, or the line dropped). `failed`: a passing fault, to be tried
again. `refused`: permanently. Belongs here: these states. Does not belong here: which letters to write, or sending.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, Literal, get_args

from sqlalchemy import Connection, Row, insert, or_, select, update

from tasks.errors import PipelineError
from tasks.shapes import Attachment, Letter
from tasks.store.engine import reading, writing
from tasks.store.models import LetterRow
from tasks.store.process import is_dead, this_process

Key = tuple[str, str, str, str, str]
LetterState = Literal["ready", "sending", "sent", "uncertain", "failed", "refused"]
ClosedState = Literal["sent", "uncertain", "failed", "refused"]
Policy = Literal["resend", "ask"]

_FINAL = ("sent", "refused")
_INTERRUPTED = "发送中断，不能确定是否已送达"


def enqueue(url: str, letters: Sequence[Letter], now: dt.datetime) -> tuple[Letter, ...]:
    """Put letters on record as ready; returns the new ones. A letter whose key is on record is left as it is."""
    new: list[Letter] = []
    for plan in sorted({letter.plan for letter in letters}):
        with writing(url, plan) as connection:
            on_record = set(_keys(connection, plan))
            # By key, so that a letter given twice goes out once.
            wanted = {letter.key: letter for letter in letters if letter.plan == plan and letter.key not in on_record}
            if wanted:
                connection.execute(insert(LetterRow), [_columns(letter, now) for letter in wanted.values()])
            new += wanted.values()
    return tuple(new)


def ready(url: str, plan: str, policy: Policy = "resend", max_attempts: int = 20) -> tuple[Letter, ...]:
    """The letters to send now, in the order they were enqueued.

    Letters that a dead process left in sending become uncertain first. Uncertain ones are offered again, with the
    Message-ID they had, under policy `resend`; under `ask` they wait for a person. Failed ones are offered until
    `max_attempts`. A process on another machine is taken to be alive.
    """
    with reading(url) as connection:
        abandoned = _abandoned(connection, plan)
    if abandoned:
        with writing(url, plan) as connection:
            for letter_id, sender in abandoned:
                _mark_uncertain(connection, letter_id, sender)
    wanted = [
        LetterRow.state == "ready",
        (LetterRow.state == "failed") & (LetterRow.attempts < max_attempts),
    ]
    if policy == "resend":
        wanted.append(LetterRow.state == "uncertain")
    query = select(LetterRow.__table__).where(LetterRow.plan == plan, or_(*wanted)).order_by(LetterRow.id)
    with reading(url) as connection:
        return tuple(_letter(row) for row in connection.execute(query))


def mark_sending(url: str, key: Key) -> bool:
    """Take a letter for this process, right before it goes out. False: another has it, or it is not to be sent."""
    with writing(url, key[0]) as connection:
        taken = connection.execute(
            update(LetterRow)
            .where(*_is(key), LetterRow.state.in_(("ready", "uncertain", "failed")))
            .values(state="sending", sender=this_process(), attempts=LetterRow.attempts + 1)
        )
        return taken.rowcount == 1


def close(url: str, key: Key, state: ClosedState, answer: str, now: dt.datetime) -> None:
    """Close a letter with the server's answer. What is sent or refused stays so, whatever is said later.

    A letter that another process is sending is left to it.

    Raises PipelineError for a letter that is not on record, ValueError for a state no letter is closed in.
    """
    if state not in get_args(ClosedState):
        raise ValueError(f"a letter is closed as one of {get_args(ClosedState)}, not {state!r}")
    in_my_hands = or_(LetterRow.state != "sending", LetterRow.sender == this_process())
    with writing(url, key[0]) as connection:
        if connection.execute(select(LetterRow.id).where(*_is(key))).first() is None:
            raise PipelineError(f"发件箱中没有这封信：{' '.join(key[1:])}")
        connection.execute(
            update(LetterRow)
            .where(*_is(key), LetterRow.state.not_in(_FINAL), in_my_hands)
            .values(state=state, answer=answer, sender=None, closed_at=now)
        )


def sent_keys(url: str, plan: str) -> frozenset[Key]:
    """The keys of every letter on record, whatever its state: none of them is to be decided a second time."""
    with reading(url) as connection:
        return frozenset(_keys(connection, plan))


def letters(url: str, plan: str) -> tuple[tuple[Letter, LetterState, str], ...]:
    """Every letter with its state and the last answer, in the order they were enqueued."""
    query = select(LetterRow.__table__).where(LetterRow.plan == plan).order_by(LetterRow.id)
    with reading(url) as connection:
        return tuple((_letter(row), row.state, row.answer) for row in connection.execute(query))


def _abandoned(connection: Connection, plan: str) -> list[tuple[int, str]]:
    query = select(LetterRow.id, LetterRow.sender).where(LetterRow.plan == plan, LetterRow.state == "sending")
    rows = connection.execute(query).all()
    return [(letter_id, sender) for letter_id, sender in rows if sender is not None and is_dead(sender)]


def _mark_uncertain(connection: Connection, letter_id: int, sender: str) -> None:
    # Only while it is still the dead process's: another may have taken it over meanwhile.
    still_its = (LetterRow.id == letter_id, LetterRow.state == "sending", LetterRow.sender == sender)
    connection.execute(update(LetterRow).where(*still_its).values(state="uncertain", answer=_INTERRUPTED, sender=None))


def _keys(connection: Connection, plan: str) -> Iterable[Key]:
    query = select(LetterRow.unit, LetterRow.duty, LetterRow.rung, LetterRow.day).where(LetterRow.plan == plan)
    for unit, duty, rung, day in connection.execute(query):
        yield (plan, unit, duty, rung, day.isoformat())


def _is(key: Key) -> tuple[Any, ...]:
    plan, unit, duty, rung, day = key
    return (
        LetterRow.plan == plan,
        LetterRow.unit == unit,
        LetterRow.duty == duty,
        LetterRow.rung == rung,
        LetterRow.day == dt.date.fromisoformat(day),
    )


def _columns(letter: Letter, now: dt.datetime) -> dict[str, object]:
    plain = ("plan", "unit", "duty", "rung", "day", "subject", "text", "html", "message_id")
    return {name: getattr(letter, name) for name in plain} | {
        "to": list(letter.to),
        "cc": list(letter.cc),
        "attachments": [[each.name, each.path] for each in letter.attachments],
        "state": "ready",
        "answer": "",
        "attempts": 0,
        "enqueued_at": now,
    }


def _letter(row: Row[Any]) -> Letter:
    return Letter(
        plan=row.plan,
        unit=row.unit,
        duty=row.duty,
        rung=row.rung,
        day=row.day,
        to=tuple(row.to),
        cc=tuple(row.cc),
        subject=row.subject,
        text=row.text,
        html=row.html,
        message_id=row.message_id,
        attachments=tuple(Attachment(name, path) for name, path in row.attachments),
    )
