"""Where every duty of a period stands: the one decision, taken once a run and handed to all who show or use it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from config.calendar import Period
from flows.artifacts import publish_findings, publish_matrix
from flows.office import Office
from tasks.rollup.task import decide_standings
from tasks.shapes import Duty, Standing, Submission
from tasks.store.submissions import submissions
from tasks.store.task import load_duties, load_submissions


def standings_of(office: Office, period: str | None, label: str) -> tuple[Standing, ...]:
    """The standing at `office.now` of every duty of a period; of all periods where it is None."""
    return standings_for(office, load_duties(office.url, office.plan.id, period, label=label), period, label)


def standings_for(office: Office, duties: Sequence[Duty], period: str | None, label: str) -> tuple[Standing, ...]:
    """The same for duties already at hand."""
    received = load_submissions(office.url, office.plan.id, period, label=label)
    return decide_standings(duties, received, office.calendar, office.now, office.settings, label=label)


def show_month(office: Office, period: Period) -> None:
    """The month's matrix and findings in the UI as they are now."""
    standings = standings_of(office, period.text, period.label)
    counting = {each.submission_id for each in standings}
    publish_findings(office, period, current(submissions(office.url, office.plan.id, period.text), counting))
    # A file may come for a period that nobody was asked to report on.
    if standings:
        publish_matrix(office, period, standings)


def current(received: Iterable[Submission], counting: set[int | None]) -> list[Submission]:
    """The file that counts for each duty, and the newest one where that is another: it may not be accepted yet."""
    known = sorted(received, key=lambda each: each.version)
    newest = {(each.unit, each.kind): each.id for each in known}
    return [each for each in known if each.id in counting or each.id == newest[each.unit, each.kind]]
