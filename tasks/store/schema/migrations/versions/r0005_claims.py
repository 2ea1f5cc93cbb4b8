"""Originals record which worker has claimed them, so that several workers share one intake.

Revision ID: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, empty: no original is claimed."""
    op.add_column("original", sa.Column("claimed_by", sa.Text(), nullable=True))


def downgrade() -> None:
    """Not supported: the ledger is kept."""
    raise NotImplementedError("the ledger is kept")
