"""The first date of a duty that a notice of holidays may still move.

Revision ID: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column. Dates on record so far were counted in years that were known."""
    op.add_column("duty", sa.Column("provisional_from", sa.Date(), nullable=True))


def downgrade() -> None:
    """Not supported: the ledger is kept."""
    raise NotImplementedError("which dates are provisional is kept")
