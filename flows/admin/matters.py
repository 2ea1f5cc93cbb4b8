"""`lianxi decide` without arguments: the matters that the joint meeting follows, read without starting Prefect."""

from __future__ import annotations

import datetime as dt

from flows.context import open_context
from tasks.model.meeting import Matter
from tasks.store.meeting_matters import load_matters
from tasks.store.migrate import migrate


def read_matters(plan: str | None = None, now: str | None = None) -> tuple[tuple[Matter, ...], dt.date]:
    """The matters in the order in which they were raised, and the run's day, from which overdue is counted."""
    context = open_context(plan, now)
    migrate(context.url)
    return load_matters(context.url, context.plan.id), context.now.date()
