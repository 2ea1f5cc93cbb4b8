"""Outbox: when to retry, which recipients do not exist, whether a letter may have arrived, and the state withdrawn.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_NAME = "ck_letter_state_known"
_KNOWN = "state IN ('ready', 'sending', 'sent', 'uncertain', 'failed', 'refused', 'withdrawn')"
_TEXTS = ("plan", "unit", "duty", "rung")
_MORE_TEXTS = ("to", "cc", "subject", "text", "html", "message_id", "attachments", "state", "answer")


def upgrade() -> None:
    """Three columns, and one more state."""
    if op.get_bind().dialect.name == "sqlite":
        _rebuild_table()
        return
    op.add_column("letter", sa.Column("retry_after", sa.DateTime(timezone=True), nullable=True))
    op.add_column("letter", sa.Column("dead", sa.Text(), nullable=True))
    op.add_column("letter", sa.Column("doubtful", sa.Boolean(), nullable=True))
    op.drop_constraint(_NAME, "letter", type_="check")
    op.create_check_constraint(op.f(_NAME), "letter", _KNOWN)


def _rebuild_table() -> None:
    """Copy the letters into a new table and rename it: SQLite cannot alter a constraint."""
    columns: list[sa.Column[Any]] = [
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _TEXTS),
        sa.Column("day", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _MORE_TEXTS),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=True),
        sa.Column("enqueued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
    ]
    names = [column.name for column in columns]
    op.create_table(
        "letter_0002",
        *columns,
        sa.Column("retry_after", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dead", sa.Text(), nullable=True),
        sa.Column("doubtful", sa.Boolean(), nullable=True),
        sa.CheckConstraint(_KNOWN, name=op.f(_NAME)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("message_id", name=op.f("uq_letter_message_id")),
        sa.UniqueConstraint(*_TEXTS, "day", name=op.f("uq_letter_plan_unit_duty_rung_day")),
    )
    new, old = (sa.table(name, *(sa.column(each.name) for each in columns)) for name in ("letter_0002", "letter"))
    op.execute(new.insert().from_select(names, sa.select(*old.c)))
    op.drop_table("letter")
    op.rename_table("letter_0002", "letter")
    op.create_index("ix_letter_plan_state", "letter", ["plan", "state"], unique=False)


def downgrade() -> None:
    """Not supported: the ledger only moves forward."""
    raise NotImplementedError("the ledger only goes forward")
