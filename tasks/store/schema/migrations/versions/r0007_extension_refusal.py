"""Refused requests for an extension, each with its reason.

Revision ID: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of refusals."""
    op.create_table(
        "extension_refusal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("refused_by", sa.Text(), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_extension_refusal"),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name="fk_extension_refusal_duty_id"),
    )
    op.create_index("ix_extension_refusal_duty_id", "extension_refusal", ["duty_id"])


def downgrade() -> None:
    """Not supported: what was decided is kept."""
    raise NotImplementedError("answers to requests are kept")
