"""`lianxi status`: the standing of every duty of a period, read from the ledger without starting Prefect."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from flows.office import open_office
from tasks.errors import InputError
from tasks.rollup.matrix import rates
from tasks.rollup.standing import decide
from tasks.shapes import Standing
from tasks.store.database import migrate
from tasks.store.duties import load_duties
from tasks.store.submissions import submissions


@dataclass(frozen=True, slots=True)
class Status:
    """A period's standings at one instant, with its rates (counts of duties)."""

    plan: str
    period: str
    at: dt.datetime
    standings: tuple[Standing, ...]
    rates: dict[str, int]


def status(period: str | None, plan: str | None = None, now: str | None = None) -> Status:
    """Where each duty stands. Raises InputError for a period that has no duties yet, with what to do."""
    office = open_office(plan, now)
    migrate(office.url)
    wanted = office.period(period)
    owed = load_duties(office.url, office.plan.id, wanted.text)
    received = submissions(office.url, office.plan.id, wanted.text)
    standings = decide(owed, received, office.calendar, office.now, office.settings)
    if not standings:
        raise InputError(f"{wanted.label}还没有应报事项。请先运行：lianxi issue {wanted.text}")
    return Status(office.plan.id, wanted.text, office.now, standings, rates(standings))
