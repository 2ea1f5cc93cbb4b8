"""The prefilled rows of a unit's table: one for each measure and metric. Pure values.

Belongs here: which rows, in which order, with which figures. They are written by `measures_sheet`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from config.county import County
from config.plan import Measure, Plan, Target
from tasks.issue.unit_roles import SUPPORT, units_with_roles
from tasks.model.submission import Duty, ProgressRow

_BEGINNING_CHARS = 24


@dataclass(frozen=True, slots=True)
class PrefilledRow:
    """One prefilled row. `target` is None where the measure has no figure; `previous` is in the target's unit.

    `repeated`: the measure's text stands in full in a row above, for another of its figures.
    """

    measure: Measure
    role: str
    target: Target | None
    previous: float | None = None
    repeated: bool = False

    @property
    def text(self) -> str:
        """The measure's text; only its beginning in a repeated row, as some texts fill half a page."""
        text = self.measure.text
        return text if not self.repeated or len(text) <= _BEGINNING_CHARS else text[:_BEGINNING_CHARS] + "……"


def prefilled_rows_of(
    duty: Duty, plan: Plan, county: County, previous: Sequence[ProgressRow]
) -> tuple[PrefilledRow, ...]:
    """The rows of a duty in the order of its measures. A figure worded softly is shown like any other.

    `previous` may hold other units' rows; only those of the duty's unit are used.
    """
    by_no = {measure.no: measure for measure in plan.measures}
    last = {(row.measure, row.metric): row.cumulative for row in previous if row.unit == duty.unit}
    return tuple(
        PrefilledRow(
            measure,
            _role(measure, duty, county),
            target,
            last.get((measure.no, target.metric if target else "")),
            repeated=number > 0,
        )
        for measure in (by_no[no] for no in duty.measures if no in by_no)
        for number, target in enumerate(measure.targets or (None,))
    )


def _role(measure: Measure, duty: Duty, county: County) -> str:
    return dict(units_with_roles(measure, county, duty.due)).get(duty.unit, SUPPORT)
