"""年度总结: the year, from its frozen months; a draft for a person to finish and approve."""

from __future__ import annotations

from prefect import flow

from config.calendar import Period
from flows.annals import frozen, frozen_months, read_registers, roll_again, scores_of
from flows.editing import Briefed, briefed, number_of, render, with_remarks
from flows.forms import NOW, PLAN, YEAR, run_name
from flows.office import Office, open_office
from flows.post import Posted
from flows.scheduled import nothing_to_do
from flows.standings import standings_for
from tasks.brief.annals import Annals
from tasks.brief.originals import places_of, sheets_of
from tasks.brief.task import compose_summary, copy_originals
from tasks.brief.value import from_json
from tasks.errors import InputError
from tasks.store.briefs import StoredBrief, load_brief
from tasks.store.task import keep_matters, load_duties, load_submissions, prepare_ledger, save_draft


@flow(name="年度总结", flow_run_name=run_name)
def summary(year: str | None = YEAR, plan: str | None = PLAN, now: str | None = NOW) -> Briefed:
    """Draft the year's summary from its frozen months; one that is approved is rendered again as it was.

    Raises InputError for a year without a frozen brief; by the schedule such a run is done, and says why.
    """
    office = open_office(plan, now)
    prepare_ledger(office.url)
    wanted = office.period(year or f"{office.now:%Y}")
    stored = load_brief(office.url, office.plan.id, wanted.text)
    if stored is None or stored.state == "draft":
        if not frozen_months(office.url, office.plan.id, wanted):
            return nothing_to_do(_nothing_frozen(wanted), Briefed(wanted.text, "", 0, "", (), Posted()))
        stored = draft_year(office, wanted)
    return briefed(office, wanted, stored, render(office, wanted, stored))


def _nothing_frozen(year: Period) -> str:
    return f"{year.label}还没有已定稿的简报，年度总结无从汇总。请先定稿：lianxi brief {year.text}-10 --approve"


def draft_year(office: Office, year: Period) -> StoredBrief:
    """Compose and save; the draft on record takes the new content and keeps its number."""
    plan, url, label = office.plan, office.url, year.label
    months = frozen_months(url, plan.id, year)
    if not months:
        raise InputError(_nothing_frozen(year))
    duties = load_duties(url, plan.id, label=plan.id)
    received = load_submissions(url, plan.id, label=plan.id)
    own = [duty for duty in duties if year.contains(Period.parse(duty.period).start)]
    standings = standings_for(office, own, None, label)
    stored_issues = frozen(url, plan.id)
    registers, _ = read_registers(office, stored_issues)
    matters = [
        matter
        for matter in keep_matters(url, plan.id, (), registers, office.now, label=label)
        if year.contains(Period.parse(matter.period).start)
    ]
    number = number_of(office, year)
    annals = Annals(
        past=roll_again(office, [month.period for month in months], duties, received, label),
        issues=months,
        matters=tuple(matters),
        scores=scores_of(office, year, duties, received, stored_issues),
        files=places_of(received, plan.id),
        sheets=sheets_of(received),
    )
    content = compose_summary(
        year, annals, standings, plan, office.county, office.settings, number, office.now, label=label
    )
    content = with_remarks(content, load_brief(url, plan.id, year.text))
    stored = save_draft(url, plan.id, year.text, number, content, office.now, label=label)
    copy_originals(from_json(content), received, annals.files, office.data, label=label)
    return stored
