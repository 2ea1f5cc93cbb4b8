"""The table of refused extensions. Apart from `models` for its length only; the same rules hold.

Belongs here: the one table. Does not belong here: queries (`extensions`), or extensions granted (`models`).
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tasks.store.schema.columns import AnyText
from tasks.store.schema.models import Base


class RefusalRow(Base):
    """One request for an extension that was not granted: the day asked for, why not, by whom."""

    __tablename__ = "extension_refusal"

    id: Mapped[int] = mapped_column(primary_key=True)
    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id"), index=True)
    asked: Mapped[dt.date]
    reason: Mapped[str] = mapped_column(AnyText)
    refused_by: Mapped[str] = mapped_column(AnyText)
    refused_at: Mapped[dt.datetime]
