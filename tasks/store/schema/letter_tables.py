"""Tables of letters in the outbox and of noted telephone calls.

A change here needs a migration: a test compares the two.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tasks.model.words import LETTER_STATES
from tasks.store.schema.base import Base, one_of
from tasks.store.schema.columns import AnyText


class LetterRow(Base):
    """One letter of the outbox. `sender` names the process that is sending it; `attempts` counts the tries.

    `retry_after` is the instant before which it is not retried; `dead` lists recipients whose address does not exist;
    `doubtful` is set once the letter may have arrived and stays set.
    """

    __tablename__ = "letter"
    __table_args__ = (
        UniqueConstraint("plan", "unit", "duty", "rung", "day"),
        UniqueConstraint("message_id"),
        one_of("state", LETTER_STATES),
        Index("ix_letter_plan_state", "plan", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan: Mapped[str]
    unit: Mapped[str]
    duty: Mapped[str]
    rung: Mapped[str]
    day: Mapped[dt.date]
    to: Mapped[Any]
    cc: Mapped[Any]
    subject: Mapped[str] = mapped_column(AnyText)
    text: Mapped[str] = mapped_column(AnyText)
    html: Mapped[str] = mapped_column(AnyText)
    message_id: Mapped[str]
    attachments: Mapped[Any]
    state: Mapped[str]
    answer: Mapped[str] = mapped_column(AnyText)
    attempts: Mapped[int]
    sender: Mapped[str | None]
    enqueued_at: Mapped[dt.datetime]
    closed_at: Mapped[dt.datetime | None]
    retry_after: Mapped[dt.datetime | None]
    dead: Mapped[Any] = mapped_column(nullable=True)
    doubtful: Mapped[bool | None]
    code: Mapped[str | None]


class CallRow(Base):
    """One call: unit, role called, instant, whether it was answered, what was said, who noted it."""

    __tablename__ = "phone_call"
    __table_args__ = (Index("ix_phone_call_plan_unit", "plan", "unit"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan: Mapped[str]
    unit: Mapped[str] = mapped_column(AnyText)
    who: Mapped[str]
    called_at: Mapped[dt.datetime]
    answered: Mapped[bool]
    words: Mapped[str] = mapped_column(AnyText)
    noted_by: Mapped[str] = mapped_column(AnyText)
    noted_at: Mapped[dt.datetime]
