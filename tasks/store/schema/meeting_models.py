"""The tables of matters the joint meeting follows. Apart from `models` for its length only; the same rules hold.

Belongs here: matters, and what the registers given out last told of them. Does not belong here: queries (`meeting`).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from tasks.model.words import MATTER_KINDS, MATTER_STATES
from tasks.store.schema.columns import AnyText
from tasks.store.schema.models import Base, _one_of


class MatterRow(Base):
    """One matter (协调事项 or 议定事项), known by plan and number."""

    __tablename__ = "matter"
    __table_args__ = (_one_of("kind", MATTER_KINDS), _one_of("state", MATTER_STATES))

    plan: Mapped[str] = mapped_column(primary_key=True)
    no: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    period: Mapped[str]
    measure: Mapped[str] = mapped_column(AnyText)
    raised_by: Mapped[str] = mapped_column(AnyText)
    words: Mapped[str] = mapped_column(AnyText)
    owner: Mapped[str] = mapped_column(AnyText)
    due: Mapped[dt.date | None]
    progress: Mapped[str] = mapped_column(AnyText)
    state: Mapped[str]
    closed_on: Mapped[dt.date | None]
    entered_at: Mapped[dt.datetime]
    changed_at: Mapped[dt.datetime]


class MatterRegisterRow(Base):
    """What the register of one period told when it was last read: its rows as a list of matters."""

    __tablename__ = "matter_register"

    plan: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    told: Mapped[Any]
    read_at: Mapped[dt.datetime]
