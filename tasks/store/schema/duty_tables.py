"""Tables of duties and of the extensions granted or refused to them.

A change here needs a migration: a test compares the two.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tasks.store.schema.base import Base
from tasks.store.schema.columns import AnyText


class DutyRow(Base):
    """One duty: (plan, unit, kind, period). `extended_to` is the extension in force.

    `provisional_from` is the first of its dates that a notice of holidays may still move.
    """

    __tablename__ = "duty"
    __table_args__ = (UniqueConstraint("plan", "unit", "kind", "period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan: Mapped[str]
    unit: Mapped[str]
    kind: Mapped[str]
    period: Mapped[str]
    opens: Mapped[dt.date]
    due: Mapped[dt.date]
    grace_until: Mapped[dt.date]
    closes: Mapped[dt.date]
    text: Mapped[str]
    measures: Mapped[tuple[str, ...]]
    extended_to: Mapped[dt.date | None]
    provisional_from: Mapped[dt.date | None]


class ExtensionRow(Base):
    """One granted extension: until when, why, by whom. The one granted last is in force."""

    __tablename__ = "extension"

    id: Mapped[int] = mapped_column(primary_key=True)
    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id"), index=True)
    until: Mapped[dt.date]
    reason: Mapped[str] = mapped_column(AnyText)
    granted_by: Mapped[str]
    granted_at: Mapped[dt.datetime]


class RefusalRow(Base):
    """One refused request for an extension: the day asked for, the reason, who refused it."""

    __tablename__ = "extension_refusal"

    id: Mapped[int] = mapped_column(primary_key=True)
    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id"), index=True)
    asked: Mapped[dt.date]
    reason: Mapped[str] = mapped_column(AnyText)
    refused_by: Mapped[str] = mapped_column(AnyText)
    refused_at: Mapped[dt.datetime]
