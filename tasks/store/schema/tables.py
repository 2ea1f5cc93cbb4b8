"""All tables of the ledger: what Alembic needs to see, and what a test empties or counts.

SQLAlchemy knows a table only once its module is imported, so this module imports every one.
"""

from __future__ import annotations

from tasks.store.schema import audit_table, duty_tables, letter_tables, meeting_tables, submission_tables  # noqa: F401
from tasks.store.schema.base import Base

METADATA = Base.metadata
