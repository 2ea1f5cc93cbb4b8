"""Runs the migrations on the connection it is given. Configures no logging and opens no connection of its own."""

from __future__ import annotations

from alembic import context

from tasks.store.schema.models import Base

# One transaction for the whole way up: a killed migration leaves the ledger as it was, on SQLite too.
context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, transactional_ddl=True
)
with context.begin_transaction():
    context.run_migrations()
