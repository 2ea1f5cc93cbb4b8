"""Every matter the joint meeting follows, read from the ledger without starting Prefect."""

from __future__ import annotations

import datetime as dt

from flows.context import open_context
from tasks.model.meeting import Matter
from tasks.store.meeting_matters import load_matters
from tasks.store.migrate import migrate


def matters(plan: str | None = None, now: str | None = None) -> tuple[tuple[Matter, ...], dt.date]:
    """The matters in the order in which they were raised, and the day they are looked at."""
    context = open_context(plan, now)
    migrate(context.url)
    return load_matters(context.url, context.plan.id), context.now.date()
