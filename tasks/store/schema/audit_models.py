"""The table of the audit log. Apart from `models` for its length only; the same rules hold.

Belongs here: the one table. Its triggers, which refuse every change but a next link, stand in the migration; queries
and the checking of the chain in `audit`.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tasks.store.schema.columns import AnyText
from tasks.store.schema.models import Base


class AuditRow(Base):
    """One link: who (`by`) did what (`act`) to what (`subject`) and when, bound to the link before by its hash.

    `seq` counts from 1 without a gap over all plans; `plan` is '' for what concerns the whole installation.
    """

    __tablename__ = "audit"
    # Two links on one: refused by the database itself.
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
