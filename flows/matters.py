"""Every matter the joint meeting follows, read from the ledger without starting Prefect."""

from __future__ import annotations

import datetime as dt

from flows.office import open_office
from tasks.matters import Matter
from tasks.store.database import migrate
from tasks.store.meeting import load_matters


def matters(plan: str | None = None, now: str | None = None) -> tuple[tuple[Matter, ...], dt.date]:
    """The matters in the order in which they were raised, and the day they are looked at."""
    office = open_office(plan, now)
    migrate(office.url)
    return load_matters(office.url, office.plan.id), office.now.date()
