"""Compares the figures that several units report on one measure: the lead with the other units.

Belongs here: which figures in force a chunk needs, and the hint (V412) on the later of two that differ. The comparison runs
while a chunk is recorded (`tasks/store/compare_versions`): by then every earlier file is in the ledger, whatever chunk it was
in. A person decides whether a difference matters. Imports neither pandas nor Great Expectations.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from config.county import County
from config.plan import Plan
from tasks.model.finding import make_finding
from tasks.model.submission import FigureInForce, FiguresWanted, Finding, ProgressRow, Verdict
from tasks.model.words import Kind
from tasks.validate.cell_text import number_text
from tasks.validate.merge_findings import merge_findings

COMPARED_KINDS: tuple[Kind, ...] = ("progress", "annual")
UnitsByMeasures = Mapping[tuple[str, ...], Collection[str]]
"""The units, by the list of measures they report on."""
_FigureKey = tuple[str, str, str]
"""(period, measure, metric)."""


@dataclass(frozen=True, slots=True)
class SharedMeasures:
    """The measures that several units report on: the lead, and all reporting units, by measure number.

    Measures with the same units share one set object: a plan may have very many measures.
    """

    lead: Mapping[str, str]
    units: Mapping[str, frozenset[str]]

    def figures_wanted(self, verdicts: Iterable[Verdict]) -> FiguresWanted | None:
        """The figures to compare these verdicts with: a lead's with all units', any other unit's with the lead's."""
        periods, units, measures = set[str](), set[str](), set[str]()
        for row in (row for verdict in verdicts for row in _figures(verdict)):
            if row.measure in self.units:
                lead = self.lead[row.measure]
                units.add(lead)
                if row.unit == lead:
                    units |= self.units[row.measure]
                periods.add(row.period)
                measures.add(row.measure)
        return FiguresWanted(frozenset(periods), frozenset(units), frozenset(measures)) if measures else None

    def compare(self, verdicts: Sequence[Verdict], in_force: Iterable[FigureInForce]) -> tuple[Verdict, ...]:
        """The verdicts, oldest first, each with a hint for every figure that differs from an earlier one.

        `in_force` are the ledger's figures that `figures_wanted` names, read in the transaction that records the verdicts.
        """
        known = _KnownFigures()
        for each in in_force:
            known.add(each.unit, each.period, each.measure, each.metric, each.cumulative)
        return tuple(_with_hints(verdict, self, known) for verdict in verdicts)


def shared_measures(plan: Plan, county: County, reporting: UnitsByMeasures) -> SharedMeasures:
    """The measures that several units report on. `reporting` covers the duties of the kinds in `COMPARED_KINDS`."""
    lead = {}
    for measure in plan.measures:
        unit = county.resolve(measure.reporting_unit or "")
        lead[measure.no] = unit.name if unit else measure.reporting_unit or ""
    several = {
        no: units
        for no, units in _by_measure(reporting)
        if (name := lead.get(no)) and (len(units) > 1 or name not in units)
    }
    return SharedMeasures(lead, several)


def _by_measure(reporting: UnitsByMeasures) -> Iterator[tuple[str, frozenset[str]]]:
    """Each measure with the units that report on it."""
    lists: dict[str, list[tuple[str, ...]]] = {}
    for measures in reporting:
        for no in dict.fromkeys(measures):
            lists.setdefault(no, []).append(measures)
    unit_sets: dict[tuple[tuple[str, ...], ...], frozenset[str]] = {}
    for no, containing in lists.items():
        if (key := tuple(containing)) not in unit_sets:
            unit_sets[key] = frozenset(chain.from_iterable(reporting[measures] for measures in containing))
        yield no, unit_sets[key]


@dataclass(slots=True)
class _KnownFigures:
    """The figures in force as files come in: by figure and unit, and the keys of each unit's report."""

    by_key: dict[_FigureKey, dict[str, float]] = field(default_factory=dict)
    keys_of: dict[tuple[str, str], set[_FigureKey]] = field(default_factory=dict)

    def add(self, unit: str, period: str, measure: str, metric: str, cumulative: float) -> None:
        key = (period, measure, metric)
        self.by_key.setdefault(key, {})[unit] = cumulative
        self.keys_of.setdefault((unit, period), set()).add(key)

    def remove(self, unit: str, period: str) -> None:
        """Remove the figures of the version that a new one replaces."""
        for key in self.keys_of.pop((unit, period), ()):
            self.by_key[key].pop(unit, None)


def _with_hints(verdict: Verdict, shared: SharedMeasures, known: _KnownFigures) -> Verdict:
    rows = [row for row in _figures(verdict) if row.measure in shared.units]
    hints = [hint for row in rows if (hint := _hint(verdict, row, shared, known))]
    if verdict.state == "accepted" and verdict.reading.kind in COMPARED_KINDS:
        known.remove(verdict.reading.unit or "", verdict.reading.period or "")
    for row in rows:
        known.add(row.unit, row.period, row.measure, row.metric, row.cumulative or 0.0)
    return replace(verdict, findings=merge_findings((*verdict.findings, *hints))) if hints else verdict


def _figures(verdict: Verdict) -> Iterable[ProgressRow]:
    """The rows with a figure, of a verdict that comes into force."""
    if verdict.state == "accepted" and verdict.reading.kind in COMPARED_KINDS:
        return (row for row in verdict.rows if row.cumulative is not None)
    return ()


def _hint(verdict: Verdict, row: ProgressRow, shared: SharedMeasures, known: _KnownFigures) -> Finding | None:
    figures = known.by_key.get((row.period, row.measure, row.metric), {})
    lead = shared.lead[row.measure]
    compared = figures if row.unit == lead else {name: figures[name] for name in (lead,) if name in figures}
    own = number_text(row.cumulative or 0.0)
    words = "、".join(
        f"{name}{other}"
        for name, other in sorted((name, number_text(value)) for name, value in compared.items())
        if name != row.unit and other != own
    )
    if not words:
        return None
    sheet, cells = verdict.reading.sheet, (row.cell,)
    return make_finding("V412", sheet=sheet, cells=cells, measure=row.measure, value=own, expected=words)
