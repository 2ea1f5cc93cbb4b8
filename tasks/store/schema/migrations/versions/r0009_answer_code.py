"""Letters learn a code for what the program must know of an answer; until now it was read out of the sentence.

Revision ID: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# How earlier versions began these answers.
_BEGINNINGS = {"rehearsed": "演练", "login_refused": "邮件账号登录失败", "partly": "已送达其余收件人"}


def upgrade() -> None:
    """One column, filled from the answers on record."""
    op.add_column("letter", sa.Column("code", sa.Text(), nullable=True))
    letter = sa.table("letter", sa.column("answer"), sa.column("code"))
    for code, beginning in _BEGINNINGS.items():
        op.execute(letter.update().where(letter.c.answer.startswith(beginning)).values(code=code))


def downgrade() -> None:
    """A ledger is never taken back by a program."""
    raise NotImplementedError("the ledger only goes forward")
