"""Where every duty of a period stands: the one decision, taken once a run and handed to all who show or use it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from config.calendar import Period
from flows.ui.artifacts import publish_findings, publish_matrix
from tasks.model.context import Context
from tasks.model.submission import Duty, Standing, Submission
from tasks.rollup.task import decide_standings
from tasks.store.submissions import load_received
from tasks.store.task import load_duties, load_submissions


def standings_of(context: Context, period: str | None, label: str) -> tuple[Standing, ...]:
    """The standing at `office.now` of every duty of a period; of all periods where it is None."""
    return standings_for(context, load_duties(context.url, context.plan.id, period, label=label), period, label)


def standings_for(context: Context, duties: Sequence[Duty], period: str | None, label: str) -> tuple[Standing, ...]:
    """The same for duties already at hand."""
    received = load_submissions(context.url, context.plan.id, period, label=label)
    return decide_standings(duties, received, context.calendar, context.now, context.settings, label=label)


def show_month(context: Context, period: Period) -> None:
    """The month's matrix and findings in the UI as they are now."""
    standings = standings_of(context, period.text, period.label)
    counting = {each.submission_id for each in standings}
    publish_findings(context, period, current(load_received(context.url, context.plan.id, period.text), counting))
    # A file may come for a period that nobody was asked to report on.
    if standings:
        publish_matrix(context, period, standings)


def current(received: Iterable[Submission], counting: set[int | None]) -> list[Submission]:
    """The file that counts for each duty, and the newest one where that is another: it may not be accepted yet."""
    known = sorted(received, key=lambda each: each.version)
    newest = {(each.unit, each.kind): each.id for each in known}
    return [each for each in known if each.id in counting or each.id == newest[each.unit, each.kind]]
