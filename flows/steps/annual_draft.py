"""The draft of a year's summary, composed from its frozen months and saved; shared by the flows `brief` and `annual`."""

from __future__ import annotations

from config.calendar import Period
from flows.steps.brief_draft import number_of, with_remarks
from flows.steps.brief_history import frozen, frozen_months, read_registers, roll_again, scores_of
from flows.steps.standings import standings_for
from tasks.brief.background import BriefBackground
from tasks.brief.brief_json import from_json
from tasks.brief.cited_originals import copy_paths, sheet_names
from tasks.brief.task import compose_summary, copy_originals
from tasks.errors import InputError
from tasks.model.context import Context
from tasks.store.brief_issues import StoredBrief, load_brief
from tasks.store.task import keep_matters, load_duties, load_submissions, save_draft


def nothing_frozen(year: Period) -> str:
    """What a person is told who asks for a year without a frozen brief."""
    return f"{year.label}还没有已定稿的简报，年度总结无从汇总。请先定稿：lianxi brief {year.text}-10 --approve"


def draft_year(context: Context, year: Period) -> StoredBrief:
    """Compose and save; the draft on record takes the new content and keeps its number."""
    plan, url, label = context.plan, context.url, year.label
    months = frozen_months(url, plan.id, year)
    if not months:
        raise InputError(nothing_frozen(year))
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
        files=copy_paths(received, plan.id),
        sheets=sheet_names(received),
    )
    content = compose_summary(
        year, annals, standings, plan, context.county, context.settings, number, context.now, label=label
    )
    content = with_remarks(content, load_brief(url, plan.id, year.text))
    stored = save_draft(url, plan.id, year.text, number, content, context.now, label=label)
    copy_originals(from_json(content), received, annals.files, context.data, label=label)
    return stored
