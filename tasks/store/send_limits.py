"""What stands in the ledger that decides whether letters may leave right now, beside the state of each.

Belongs here: how much left today, whether the mail account must rest, what was accepted meanwhile, and letters that were
only rehearsed. Does not belong here: the states themselves and what may follow which (`outbox`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update

from tasks.model.letter import Letter
from tasks.model.submission import DutyKey
from tasks.store.engine import reading, writing
from tasks.store.outbox import columns_of, is_letter
from tasks.store.schema.models import LetterRow, SubmissionRow

_REHEARSED = and_(LetterRow.state == "sent", LetterRow.code == "rehearsed")
# Most answers have no code, and NULL is not unequal to anything.
_REALLY_SENT = LetterRow.code.is_distinct_from("rehearsed")


def left_since(url: str, instant: dt.datetime) -> int:
    """How many letters of all plans left the house, or may have, since that instant: what a day's limit counts."""
    left = (LetterRow.state.in_(("sent", "uncertain")), LetterRow.closed_at >= instant, _REALLY_SENT)
    with reading(url) as connection:
        return connection.execute(select(func.count()).select_from(LetterRow).where(*left)).scalar_one()


def was_login_refused(url: str, plan: str, since: dt.datetime) -> bool:
    """Whether the mail server has refused the plan's login since that instant, and no letter has left after."""
    refused = and_(LetterRow.state.in_(("failed", "uncertain")), LetterRow.code == "login_refused")
    left = and_(LetterRow.state == "sent", _REALLY_SENT)
    last_no, last_yes = (func.max(LetterRow.closed_at).filter(each) for each in (refused, left))
    with reading(url) as connection:
        query = select(last_no, last_yes).where(LetterRow.plan == plan, LetterRow.closed_at >= since)
        no, yes = connection.execute(query).one()
    return no is not None and (yes is None or yes < no)


def is_any_accepted(url: str, duties: Iterable[DutyKey]) -> bool:
    """Whether one of these duties has an accepted version by now."""
    wanted = [_is_of(duty) for duty in duties]
    if not wanted:
        return False
    with reading(url) as connection:
        return bool(
            connection.execute(select(exists().where(SubmissionRow.state == "accepted", or_(*wanted)))).scalar()
        )


def take_up_rehearsed(url: str, letters: Sequence[Letter], now: dt.datetime) -> int:
    """Make letters that a dry run only wrote as files ready to be sent for good, as they are worded now.

    Called once letters are really sent: what nobody was sent must not pass for said. Returns how many.
    """
    taken = 0
    for letter in letters:
        with writing(url, letter.plan) as connection:
            values = {**columns_of(letter, now), "closed_at": None, "retry_after": None}
            taken += connection.execute(
                update(LetterRow).where(*is_letter(letter.key), _REHEARSED).values(values)
            ).rowcount
    return taken


def _is_of(duty: DutyKey) -> ColumnElement[bool]:
    columns = (SubmissionRow.plan, SubmissionRow.unit, SubmissionRow.kind, SubmissionRow.period)
    return and_(*(column == value for column, value in zip(columns, duty, strict=True)))
