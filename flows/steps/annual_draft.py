"""Draft a year's summary from its frozen months and save it, for the flows `brief` and `annual`."""

from __future__ import annotations

from config.calendar import Period
from flows.steps.brief_draft import number_of, with_remarks
from flows.steps.brief_history import frozen, frozen_months, matters_on_record, read_registers, roll_again, scores_of
from flows.steps.standings import standings_for
from tasks.brief.background import BriefBackground
from tasks.brief.brief_json import to_json
from tasks.brief.cited_originals import copy_cited, copy_paths, sheet_names
from tasks.brief.task import compose_summary
from tasks.errors import InputError
from tasks.model.run_context import Context
from tasks.store.brief_issues import StoredBrief, load_brief, save_brief_draft
from tasks.store.duty_table import read_duties
from tasks.store.submissions import load_received


def nothing_frozen(year: Period) -> str:
    """The message for a year without a frozen brief."""
    return f"{year.label}还没有已定稿的简报，年度总结无从汇总。请先定稿：lianxi brief {year.text}-10 --approve"


def draft_year(context: Context, year: Period) -> StoredBrief:
    """Compose and save; a draft on record keeps its number. Raises InputError for a year without a frozen brief."""
    plan, url = context.plan.id, context.url
    months = frozen_months(url, plan, year)
    if not months:
        raise InputError(nothing_frozen(year))
    duties, received = read_duties(url, plan), load_received(url, plan)
    own = [duty for duty in duties if year.contains(Period.parse(duty.period).start)]
    standings = standings_for(context, own, None)
    stored_issues = frozen(url, plan)
    registers, _ = read_registers(context, stored_issues)
    matters = [
        matter for matter in matters_on_record(context, registers) if year.contains(Period.parse(matter.period).start)
    ]
    number = number_of(context, year)
    annals = BriefBackground(
        past=roll_again(context, [month.period for month in months], duties, received),
        issues=months,
        matters=tuple(matters),
        scores=scores_of(context, year, duties, received, stored_issues),
        files=copy_paths(received, plan),
        sheets=sheet_names(received),
    )
    summary = compose_summary(year, annals, standings, context, number)
    summary = with_remarks(summary, load_brief(url, plan, year.text))
    stored = save_brief_draft(url, plan, year.text, number, to_json(summary), context.now)
    copy_cited(summary, received, annals.files, context.data)
    return stored
