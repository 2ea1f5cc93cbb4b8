"""Lookups for the checks: the rows a duty requires, the unit that reports on a measure, the last accepted rows.

Belongs here: tables over Plan, County, Duty and the last accepted rows, built once per chunk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from config.calendar import Period
from config.county import County
from config.name_matching import normalise
from config.plan import Measure, Plan, Target
from config.workbook import WorkbookLayout
from tasks.model.submission import AnsweredQuery, Duty, ProgressRow, Reading

RowKey = tuple[str, str]
"""(measure number, metric); metric is "" where the measure has no figure."""


@dataclass(frozen=True)
class PlanLookup:
    """What the checks compare a row with. A missing duty or measure is None, never an error.

    `previous` are accepted rows of any period, within a period the newest last: a chunk may hold reports for several.
    """

    plan: Plan
    county: County
    layout: WorkbookLayout
    duties: Sequence[Duty]
    previous: Sequence[ProgressRow]
    answered: Mapping[str, frozenset[AnsweredQuery]] = field(default_factory=dict)

    @cached_property
    def measures(self) -> dict[str, Measure]:
        """Measure by number."""
        return {measure.no: measure for measure in self.plan.measures}

    @cached_property
    def texts(self) -> dict[str, str]:
        """Normalised text of a measure -> its number; "" for a text that two measures share."""
        numbers: dict[str, str] = {}
        for measure in self.plan.measures:
            text = normalise(measure.text)
            numbers[text] = "" if text in numbers else measure.no
        return numbers

    @cached_property
    def _duties(self) -> dict[tuple[str, str, str, str], Duty]:
        return {duty.key: duty for duty in self.duties}

    @cached_property
    def _before(self) -> dict[str, list[tuple[Period, ProgressRow]]]:
        """The accepted rows of each unit, oldest period first."""
        periods = {text: Period.parse(text) for text in {row.period for row in self.previous}}
        by_unit: dict[str, list[tuple[Period, ProgressRow]]] = {}
        for row in sorted(self.previous, key=lambda each: (periods[each.period].end, periods[each.period].start)):
            by_unit.setdefault(row.unit, []).append((periods[row.period], row))
        return by_unit

    @cached_property
    def _last(self) -> dict[tuple[str, str], Mapping[RowKey, ProgressRow]]:
        return {}

    @cached_property
    def _reporters(self) -> dict[str, str]:
        return {measure.no: self.canonical(measure.reporting_unit or "") for measure in self.plan.measures}

    @cached_property
    def _coverage(self) -> dict[tuple[str, ...] | str, tuple[frozenset[str], tuple[RowKey, ...]]]:
        return {}

    @cached_property
    def _targets(self) -> dict[str, dict[str, Target]]:
        return {
            measure.no: {normalise(target.metric): target for target in measure.targets}
            for measure in self.plan.measures
        }

    def duty_of(self, reading: Reading) -> Duty | None:
        """The duty that a reading answers, or None."""
        return self._duties.get((reading.plan, reading.unit or "", reading.kind or "", reading.period or ""))

    def canonical(self, name: str) -> str:
        """The canonical name of a unit; a name the county does not know stays as it is."""
        unit = self.county.resolve(name)
        return unit.name if unit else name

    def reporter(self, measure: str) -> str:
        """The unit that reports on a measure ("" where the plan names none)."""
        return self._reporters.get(measure, "")

    def target(self, measure: str, metric: str) -> Target | None:
        """The target of this metric, compared after normalising."""
        return self._targets.get(measure, {}).get(normalise(metric))

    def last(self, unit: str, period: str) -> Mapping[RowKey, ProgressRow]:
        """The unit's last accepted rows before a period, by measure and metric."""
        if unit not in self._before:
            return {}
        if (unit, period) not in self._last:
            this = Period.parse(period)
            rows = (row for before, row in self._before[unit] if before.is_before(this))
            self._last[unit, period] = {(row.measure, row.metric): row for row in rows}
        return self._last[unit, period]

    def owned(self, duty: Duty) -> frozenset[str]:
        """The measures of a duty; if it names none, those the unit reports on."""
        return self._covered(duty)[0]

    def expected(self, duty: Duty) -> tuple[RowKey, ...]:
        """The key of every row that a duty's table must have, in the plan's order."""
        return self._covered(duty)[1]

    def _covered(self, duty: Duty) -> tuple[frozenset[str], tuple[RowKey, ...]]:
        # Many duties cover the same measures.
        key = duty.measures or duty.unit
        if key not in self._coverage:
            if duty.measures:
                numbers = tuple(no for no in duty.measures if no in self.measures)
            else:
                numbers = tuple(no for no in self.measures if self.reporter(no) == duty.unit)
            keys = tuple((no, metric) for no in numbers for metric in self._metrics(no))
            self._coverage[key] = (frozenset(numbers), keys)
        return self._coverage[key]

    def _metrics(self, measure: str) -> tuple[str, ...]:
        return tuple(target.metric for target in self.measures[measure].targets) or ("",)
