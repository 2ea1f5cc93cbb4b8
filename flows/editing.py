"""An issue of the brief on its way: drafted from a roll-up, rendered into files, shown in the UI.

Shared by the flows `brief` and `summary`. Order only; words and looks are `tasks.brief`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from config.calendar import Period
from flows.artifacts import publish_brief
from flows.office import Office
from flows.post import Posted
from tasks.brief.markdown import to_markdown
from tasks.brief.task import compose_brief, render_brief
from tasks.brief.value import from_json
from tasks.rollup.task import roll_up_period
from tasks.shapes import ProgressRow, Standing, Written
from tasks.store.briefs import StoredBrief, load_brief, next_issue_no
from tasks.store.task import save_draft

DRAFT, FROZEN = "送审稿", "定稿"


@dataclass(frozen=True, slots=True)
class Briefed:
    """One issue as a run left it: a draft (送审稿) or frozen (定稿), with its files relative to data/."""

    period: str
    title: str
    issue_no: int
    state: str
    files: tuple[str, ...]
    posted: Posted


def draft(
    office: Office,
    period: Period,
    standings: Sequence[Standing],
    rows: Sequence[ProgressRow],
    previous: Sequence[ProgressRow],
) -> StoredBrief:
    """Roll up and compose; the draft on record takes the new content and keeps its number."""
    plan, label = office.plan, period.label
    as_of = min(period.end, office.now.date())
    rollup = roll_up_period(
        plan, office.county, period.text, standings, rows, previous, as_of, office.settings, label=label
    )
    known = load_brief(office.url, plan.id, period.text)
    number = known.issue_no if known else next_issue_no(office.url, plan.id, office.now.year)
    content = compose_brief(rollup, plan, office.county, office.settings, number, office.now, label=label)
    return save_draft(office.url, plan.id, period.text, number, content, office.now, label=label)


def render(office: Office, period: Period, stored: StoredBrief) -> tuple[Written, ...]:
    """The files of the issue; a draft lies apart, so that nobody takes it for the approved one."""
    value = from_json(stored.content_json)
    folder = office.data / "briefs" / office.plan.id / period.text
    folder = folder if stored.state == "frozen" else folder / DRAFT
    written = render_brief(value, folder, office.data, label=period.label)
    publish_brief(office.plan.id, period, state_of(stored), to_markdown(value), [each.path for each in written])
    return written


def state_of(stored: StoredBrief) -> str:
    """定稿 or 送审稿."""
    return FROZEN if stored.state == "frozen" else DRAFT


def briefed(period: Period, stored: StoredBrief, written: Sequence[Written], posted: Posted | None = None) -> Briefed:
    """What a run reports of its issue."""
    title = from_json(stored.content_json).title
    files = tuple(each.path for each in written)
    return Briefed(period.text, title, stored.issue_no, state_of(stored), files, posted or Posted())
