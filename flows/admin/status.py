"""`lianxi status`: the standing of every duty of a period, read from the ledger without starting Prefect."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from flows.context import open_context
from flows.steps.settle_calendar import settle_calendar
from tasks.errors import InputError
from tasks.model.submission import Standing
from tasks.rollup.matrix import rates
from tasks.rollup.standing import decide_standings_at
from tasks.store.duty_table import read_duties
from tasks.store.migrate import migrate
from tasks.store.submissions import load_received


@dataclass(frozen=True, slots=True)
class Status:
    """A period's standings at one instant, with its rates (counts of duties)."""

    plan: str
    period: str
    at: dt.datetime
    standings: tuple[Standing, ...]
    rates: dict[str, int]


def read_status(period: str | None, plan: str | None = None, now: str | None = None) -> Status:
    """The standing of each duty. Raises InputError, with the remedy, for a period without duties."""
    context = open_context(plan, now)
    migrate(context.url)
    settle_calendar(context)
    wanted = context.period(period)
    duties = read_duties(context.url, context.plan.id, wanted.text)
    received = load_received(context.url, context.plan.id, wanted.text)
    standings = decide_standings_at(duties, received, context)
    if not standings:
        raise InputError(f"{wanted.label}还没有应报事项。请先运行：lianxi issue {wanted.text}")
    return Status(context.plan.id, wanted.text, context.now, standings, rates(standings))
