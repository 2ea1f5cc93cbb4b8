"""年度总结: the year, from its frozen months; a draft for a person to finish and approve."""

from __future__ import annotations

from prefect import flow

from config.calendar import Period
from flows.context import Context, open_context
from flows.steps.brief_draft import Briefed, brief_result, number_of, render_issue, with_remarks
from flows.steps.brief_history import frozen, frozen_months, read_registers, roll_again, scores_of
from flows.steps.nothing_due import nothing_to_do
from flows.steps.send_letters import Posted
from flows.steps.standings import standings_for
from flows.ui.forms import NOW, PLAN, YEAR, run_name
from tasks.brief.background import BriefBackground
from tasks.brief.cited_originals import places_of, sheets_of
from tasks.brief.model import from_json
from tasks.brief.task import compose_summary, copy_originals
from tasks.errors import InputError
from tasks.store.brief_issues import StoredBrief, load_brief
from tasks.store.task import keep_matters, load_duties, load_submissions, prepare_ledger, save_draft


@flow(name="年度总结", flow_run_name=run_name)
def annual(year: str | None = YEAR, plan: str | None = PLAN, now: str | None = NOW) -> Briefed:
    """Draft the year's summary from its frozen months; one that is approved is rendered again as it was.

    Raises InputError for a year without a frozen brief; by the schedule such a run is done, and says why.
    """
    context = open_context(plan, now)
    prepare_ledger(context.url)
    wanted = context.period(year or f"{context.now:%Y}")
    stored = load_brief(context.url, context.plan.id, wanted.text)
    if stored is None or stored.state == "draft":
        if not frozen_months(context.url, context.plan.id, wanted):
            return nothing_to_do(_nothing_frozen(wanted), Briefed(wanted.text, "", 0, "", (), Posted()))
        stored = draft_year(context, wanted)
    return brief_result(context, wanted, stored, render_issue(context, wanted, stored))


def _nothing_frozen(year: Period) -> str:
    return f"{year.label}还没有已定稿的简报，年度总结无从汇总。请先定稿：lianxi brief {year.text}-10 --approve"


def draft_year(context: Context, year: Period) -> StoredBrief:
    """Compose and save; the draft on record takes the new content and keeps its number."""
    plan, url, label = context.plan, context.url, year.label
    months = frozen_months(url, plan.id, year)
    if not months:
        raise InputError(_nothing_frozen(year))
    duties = load_duties(url, plan.id, label=plan.id)
    received = load_submissions(url, plan.id, label=plan.id)
    own = [duty for duty in duties if year.contains(Period.parse(duty.period).start)]
    standings = standings_for(context, own, None, label)
    stored_issues = frozen(url, plan.id)
    registers, _ = read_registers(context, stored_issues)
    matters = [
        matter
        for matter in keep_matters(url, plan.id, (), registers, context.now, label=label)
        if year.contains(Period.parse(matter.period).start)
    ]
    number = number_of(context, year)
    annals = BriefBackground(
        past=roll_again(context, [month.period for month in months], duties, received, label),
        issues=months,
        matters=tuple(matters),
        scores=scores_of(context, year, duties, received, stored_issues),
        files=places_of(received, plan.id),
        sheets=sheets_of(received),
    )
    content = compose_summary(
        year, annals, standings, plan, context.county, context.settings, number, context.now, label=label
    )
    content = with_remarks(content, load_brief(url, plan.id, year.text))
    stored = save_draft(url, plan.id, year.text, number, content, context.now, label=label)
    copy_originals(from_json(content), received, annals.files, context.data, label=label)
    return stored
