"""Run the migrations on the connection that `migrate` passes in. Configures no logging and opens no connection."""

from __future__ import annotations

from alembic import context

from tasks.store.schema.tables import METADATA

# One transaction for all migrations: a killed upgrade leaves the ledger as it was, on SQLite too.
context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
