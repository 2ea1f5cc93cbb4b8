"""年度总结: the year, from its frozen months; a draft for a person to finish and approve."""

from __future__ import annotations

from prefect import flow

from flows.context import open_context
from flows.steps.annual_draft import draft_year, nothing_frozen
from flows.steps.brief_draft import Briefed, brief_result, render_issue
from flows.steps.brief_history import frozen_months
from flows.steps.nothing_due import nothing_to_do
from flows.steps.results import Posted
from flows.ui.forms import NOW, PLAN, YEAR, run_name
from tasks.store.brief_issues import load_brief
from tasks.store.task import prepare_ledger


@flow(name="年度总结", flow_run_name=run_name)
def annual(year: str | None = YEAR, plan: str | None = PLAN, now: str | None = NOW) -> Briefed:
    """Draft the year's summary from its frozen months; an approved summary is only rendered again.

    For a year without a frozen brief, a scheduled run completes with the reason; any other raises InputError.
    """
    context = open_context(plan, now)
    prepare_ledger(context.url)
    wanted = context.period(year or f"{context.now:%Y}")
    stored = load_brief(context.url, context.plan.id, wanted.text)
    if stored is None or stored.state == "draft":
        if not frozen_months(context.url, context.plan.id, wanted):
            return nothing_to_do(nothing_frozen(wanted), Briefed(wanted.text, "", 0, "", (), Posted()))
        stored = draft_year(context, wanted)
    return brief_result(context, wanted, stored, render_issue(context, wanted, stored))
