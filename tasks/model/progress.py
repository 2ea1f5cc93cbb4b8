"""Frozen values of the roll-up: progress of measures, targets and groups at the end of a period.

Belongs here: what passes from `rollup` to `brief`, `mail` and the UI. Does not belong here: duties, files and standings
(`submission`), letters (`letter`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tasks.model.submission import Standing
from tasks.model.words import Light


@dataclass(frozen=True, slots=True)
class TargetProgress:
    """Progress of one target at a period's end. `share` is achieved/target (1.0 = done), `elapsed` the share of time.

    `change` is the difference to last month's accepted cumulative value; None where there is none.
    """

    measure: str
    metric: str
    metric_unit: str
    operator: str
    target: float
    cumulative: float | None
    share: float | None
    elapsed: float
    light: Light
    change: float | None
    unit: str
    submission_id: int | None
    version: int | None
    cell: str
    due: dt.date

    @property
    def is_done(self) -> bool:
        """Whether the target has been reached."""
        return self.share is not None and self.share >= 1.0


@dataclass(frozen=True, slots=True)
class MeasureProgress:
    """One measure at a period's end: its light, the unit that reported, and the unit's own words."""

    no: str
    section: str
    text: str
    unit: str
    status: str
    light: Light
    progress: str
    problems: str
    coordination: str
    coordination_unit: str
    next_steps: str
    highlights: str
    reported: bool
    submission_id: int | None
    version: int | None
    cell: str
    supporting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupTally:
    """Counts of the measures and figures of one group: a lead unit, a section, a plan, or all of them (`group` is ()).

    `lights` are counts of measures by light and add up to `measures`; `done` of the `figures` have reached their target.
    """

    group: tuple[str, ...]
    measures: int
    reported: int
    lights: tuple[tuple[Light, int], ...]
    figures: int
    done: int


@dataclass(frozen=True, slots=True)
class RollUp:
    """A whole period: standings, measures, figures, policies about to expire, and a tally of each lead unit."""

    plan: str
    period: str
    as_of: dt.date
    standings: tuple[Standing, ...]
    measures: tuple[MeasureProgress, ...]
    figures: tuple[TargetProgress, ...]
    expiring: tuple[tuple[str, dt.date, str], ...]
    by_unit: tuple[GroupTally, ...] = ()
