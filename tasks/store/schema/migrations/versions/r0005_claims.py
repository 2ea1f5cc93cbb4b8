"""Originals know which worker has them in hand, so that several workers share one intake.

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
    """Add the column; nobody has anything in hand."""
    op.add_column("original", sa.Column("claimed_by", sa.Text(), nullable=True))


def downgrade() -> None:
    """A ledger is never taken down by a program."""
    raise NotImplementedError("the ledger is kept")
