"""Where every duty of a period stands: decided once a run and given to everything that shows or uses it."""

from __future__ import annotations

from collections.abc import Sequence

from config.calendar import Period
from flows.ui.artifacts import publish_findings, publish_matrix
from tasks.model.run_context import Context
from tasks.model.submission import Duty, Standing
from tasks.rollup.standing import counting_and_newest, decide_standings_at
from tasks.store.duty_table import read_duties
from tasks.store.submissions import load_received


def standings_of(context: Context, period: str | None) -> tuple[Standing, ...]:
    """The standing at `context.now` of every duty of a period; of all periods where it is None."""
    return standings_for(context, read_duties(context.url, context.plan.id, period), period)


def standings_for(context: Context, duties: Sequence[Duty], period: str | None) -> tuple[Standing, ...]:
    """The same for duties that are loaded already."""
    return decide_standings_at(duties, load_received(context.url, context.plan.id, period), context)


def show_month(context: Context, period: Period) -> None:
    """The month's matrix and findings in the UI as they are now."""
    standings = standings_of(context, period.text)
    received = load_received(context.url, context.plan.id, period.text)
    publish_findings(context, period, counting_and_newest(received, {each.submission_id for each in standings}))
    # A file may come for a period that nobody was asked to report on.
    if standings:
        publish_matrix(context, period, standings)
