"""What the ledger knows about whether letters may be sent now, apart from the state of each letter.

Belongs here: how many letters were sent today, whether the login was refused, which duties were accepted meanwhile,
letters written by a dry run. Does not belong here: states of letters and their transitions (`outbox`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import and_, exists, func, or_, select, update

from tasks.model.letter import Letter
from tasks.model.submission import DutyKey
from tasks.store.duty_table import is_duty
from tasks.store.engine import reading, writing
from tasks.store.outbox import columns_of, is_letter
from tasks.store.schema.letter_tables import LetterRow
from tasks.store.schema.submission_tables import SubmissionRow

_REHEARSED = and_(LetterRow.state == "sent", LetterRow.code == "rehearsed")
# Most answers have no code, and NULL is not unequal to anything.
_REALLY_SENT = LetterRow.code.is_distinct_from("rehearsed")


def count_left_since(url: str, instant: dt.datetime) -> int:
    """How many letters of all plans were sent, or may have been, since that instant: the count for the daily limit."""
    left = (LetterRow.state.in_(("sent", "uncertain")), LetterRow.closed_at >= instant, _REALLY_SENT)
    with reading(url) as connection:
        return connection.execute(select(func.count()).select_from(LetterRow).where(*left)).scalar_one()


def was_login_refused(url: str, plan: str, since: dt.datetime) -> bool:
    """Whether the mail server has refused the plan's login since that instant and no letter was sent after that."""
    refused = and_(LetterRow.state.in_(("failed", "uncertain")), LetterRow.code == "login_refused")
    sent = and_(LetterRow.state == "sent", _REALLY_SENT)
    last_refused, last_sent = (func.max(LetterRow.closed_at).filter(each) for each in (refused, sent))
    with reading(url) as connection:
        query = select(last_refused, last_sent).where(LetterRow.plan == plan, LetterRow.closed_at >= since)
        refused_at, sent_at = connection.execute(query).one()
    return refused_at is not None and (sent_at is None or sent_at < refused_at)


def is_any_accepted(url: str, duties: Iterable[DutyKey]) -> bool:
    """Whether one of these duties has an accepted version by now."""
    wanted = [is_duty(SubmissionRow, duty) for duty in duties]
    if not wanted:
        return False
    with reading(url) as connection:
        return bool(
            connection.execute(select(exists().where(SubmissionRow.state == "accepted", or_(*wanted)))).scalar()
        )


def requeue_rehearsed(url: str, letters: Sequence[Letter], now: dt.datetime) -> int:
    """Make letters that a dry run only wrote to files ready to be sent, with their current text. Returns how many.

    Called once letters are really sent: nobody has received those of a dry run.
    """
    requeued = 0
    for letter in letters:
        with writing(url, letter.plan) as connection:
            values = {**columns_of(letter, now), "closed_at": None, "retry_after": None}
            requeued += connection.execute(
                update(LetterRow).where(*is_letter(letter.key), _REHEARSED).values(values)
            ).rowcount
    return requeued
