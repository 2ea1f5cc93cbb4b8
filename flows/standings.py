"""Where every duty of a period stands: the one decision, taken once a run and handed to all who show or use it."""

from __future__ import annotations

from collections.abc import Sequence

from flows.office import Office
from tasks.rollup.task import decide_standings
from tasks.shapes import Duty, Standing
from tasks.store.task import load_duties, load_submissions


def standings_of(office: Office, period: str | None, label: str) -> tuple[Standing, ...]:
    """The standing at `office.now` of every duty of a period; of all periods where it is None."""
    return standings_for(office, load_duties(office.url, office.plan.id, period, label=label), period, label)


def standings_for(office: Office, duties: Sequence[Duty], period: str | None, label: str) -> tuple[Standing, ...]:
    """The same for duties already at hand."""
    received = load_submissions(office.url, office.plan.id, period, label=label)
    return decide_standings(duties, received, office.calendar, office.now, office.settings, label=label)
