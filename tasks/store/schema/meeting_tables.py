"""Tables of the joint meeting: issues of the brief, matters, and the registers last read.

A change here needs a migration: a test compares the two.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tasks.model.words import MATTER_KINDS, MATTER_STATES
from tasks.store.schema.base import Base, one_of
from tasks.store.schema.columns import AnyText


class BriefRow(Base):
    """One issue of the brief. Its number is unique within (plan, year); frozen content never changes."""

    __tablename__ = "brief"
    __table_args__ = (
        UniqueConstraint("plan", "year", "issue_no"),
        one_of("state", ("draft", "frozen")),
    )

    plan: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int]
    issue_no: Mapped[int]
    state: Mapped[str]
    content_json: Mapped[str] = mapped_column(AnyText)
    drafted_at: Mapped[dt.datetime]
    frozen_at: Mapped[dt.datetime | None]
    frozen_by: Mapped[str | None]


class MatterRow(Base):
    """One matter (协调事项 or 议定事项), identified by plan and number."""

    __tablename__ = "matter"
    __table_args__ = (one_of("kind", MATTER_KINDS), one_of("state", MATTER_STATES))

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
    """The decisions register of one period as last read: `told` holds its rows as a list of matters."""

    __tablename__ = "matter_register"

    plan: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    told: Mapped[Any]
    read_at: Mapped[dt.datetime]
