"""年度总结: the year, from its frozen months; a draft for a person to finish and approve."""

from __future__ import annotations

from prefect import flow

from config.calendar import Period
from flows.editing import Briefed, briefed, draft, render
from flows.forms import NOW, PLAN, YEAR, run_name
from flows.office import open_office
from flows.standings import standings_of
from tasks.errors import InputError
from tasks.store.briefs import load_briefs
from tasks.store.task import load_rows, prepare_ledger


@flow(name="年度总结", flow_run_name=run_name)
def summary(year: str | None = YEAR, plan: str | None = PLAN, now: str | None = NOW) -> Briefed:
    """Draft the year's summary: each measure and figure as its last frozen month left it.

    Raises InputError for a year without a frozen brief.
    """
    office = open_office(plan, now)
    prepare_ledger(office.url)
    wanted = office.period(year or f"{office.now:%Y}")
    months = _frozen_months(office.url, office.plan.id, wanted)
    if not months:
        raise InputError(
            f"{wanted.label}还没有已定稿的简报，年度总结无从汇总。请先定稿：lianxi brief {wanted.text}-10 --approve"
        )
    _, last = load_rows(office.url, office.plan.id, wanted.next().text, label=wanted.label)
    rows = [row for row in last if row.period in months]
    stored = draft(office, wanted, standings_of(office, wanted.text, wanted.label), rows, ())
    return briefed(wanted, stored, render(office, wanted, stored))


def _frozen_months(url: str, plan: str, year: Period) -> frozenset[str]:
    found = (stored for stored in load_briefs(url, plan) if stored.state == "frozen" and stored.period != year.text)
    return frozenset(stored.period for stored in found if year.contains(Period.parse(stored.period).start))
