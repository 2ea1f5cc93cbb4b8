"""Matters the joint meeting follows until they are closed: 协调事项 and 议定事项.

Revision ID: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of matters."""
    op.create_table(
        "matter",
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("no", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("raised_by", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("progress", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("plan", "no", name="pk_matter"),
        sa.CheckConstraint("kind IN ('协调事项', '议定事项')", name="ck_matter_kind_known"),
        sa.CheckConstraint("state IN ('办理中', '已销号')", name="ck_matter_state_known"),
    )


def downgrade() -> None:
    """Not supported: what the meeting decided is kept."""
    raise NotImplementedError("matters of the meeting are kept")
