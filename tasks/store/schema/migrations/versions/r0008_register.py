"""Each decisions register as last read, so that reading it again does not undo a change made elsewhere.

Revision ID: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of registers."""
    op.create_table(
        "matter_register",
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("plan", "period", name="pk_matter_register"),
    )


def downgrade() -> None:
    """Not supported: the ledger is kept."""
    raise NotImplementedError("what registers told is kept")
