"""The table of the audit log. A change here needs a migration: a test compares the two.

Its triggers, which refuse every change except the next entry, are created by migration 0004.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tasks.store.schema.base import Base
from tasks.store.schema.columns import AnyText


class AuditRow(Base):
    """One entry: who (`by`) did what (`act`) to what (`subject`) and when, chained to the previous entry by its hash.

    `seq` counts from 1 without a gap over all plans; `plan` is '' for what concerns the whole installation.
    """

    __tablename__ = "audit"
    # The database itself refuses two entries that follow the same one.
    __table_args__ = (UniqueConstraint("prev"),)

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime]
    plan: Mapped[str] = mapped_column(AnyText)
    act: Mapped[str] = mapped_column(AnyText)
    subject: Mapped[str] = mapped_column(AnyText)
    by: Mapped[str] = mapped_column(AnyText)
    detail: Mapped[str] = mapped_column(AnyText)
    prev: Mapped[str]
    hash: Mapped[str]
