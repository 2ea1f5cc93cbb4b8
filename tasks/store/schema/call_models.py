"""The table of telephone calls noted by the coordinator. Apart from `models` for its length only; the same rules hold.

Belongs here: the one table. Does not belong here: queries (`calls`).
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from tasks.store.schema.columns import AnyText
from tasks.store.schema.models import Base


class CallRow(Base):
    """One call: which unit, whom by role, when, whether anybody answered, what was said, and who noted it."""

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
