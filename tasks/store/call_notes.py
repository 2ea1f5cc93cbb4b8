"""Telephone calls noted by the coordinator: kept for ever, read for the call list and the digest.

Belongs here: recording and reading calls. Does not belong here: whom to call (`tasks/mail/ladder`).
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import insert, select

from tasks.model.letter import CallNote
from tasks.store.engine import reading, writing
from tasks.store.schema.letter_tables import CallRow

_FIELDS = ("plan", "unit", "who", "called_at", "answered", "words", "noted_by")


def note_call(url: str, note: CallNote, now: dt.datetime) -> bool:
    """Record a call; False if the same call is on record already (a form sent twice, a run repeated)."""
    given = {name: getattr(note, name) for name in _FIELDS}
    same = (getattr(CallRow, name) == value for name, value in given.items() if name != "noted_by")
    # The plan's lock keeps two simultaneous runs from both finding it missing.
    with writing(url, note.plan) as connection:
        if connection.execute(select(CallRow.id).where(*same)).first():
            return False
        connection.execute(insert(CallRow), [{**given, "noted_at": now}])
        return True


def load_calls(url: str, plan: str, unit: str | None = None) -> tuple[CallNote, ...]:
    """All calls of a plan, or of one of its units, oldest first."""
    query = select(*(CallRow.__table__.c[name] for name in _FIELDS)).where(CallRow.plan == plan)
    if unit is not None:
        query = query.where(CallRow.unit == unit)
    with reading(url) as connection:
        rows = connection.execute(query.order_by(CallRow.called_at, CallRow.id))
        return tuple(CallNote(**row._mapping) for row in rows)
