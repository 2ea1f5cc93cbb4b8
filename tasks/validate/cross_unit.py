"""What other units say of the same figure: the lead of a measure against those that share in it.

Belongs here: whom a chunk is to be held against, and the hint (V412) on whoever comes later. Each file is held against
what was in force when it came, whichever chunk that came in: while a chunk goes on record (`tasks/store/comparing`), when
all that came before is there. Whether a difference matters is for a person. Imports neither pandas nor Great Expectations.
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
from tasks.validate.cell_text import plain_cell
from tasks.validate.merge_findings import grouped

COMPARED: tuple[Kind, ...] = ("progress", "annual")
Reporting = Mapping[tuple[str, ...], Collection[str]]
"""The units by the list of measures they report on."""
_Of = tuple[str, str, str]
"""(period, measure, metric)."""


@dataclass(frozen=True, slots=True)
class Shared:
    """Who leads each measure that several units report on, and who else does, by measure number.

    Measures on which the same units report share one set of them: there may be very many.
    """

    lead: Mapping[str, str]
    units: Mapping[str, frozenset[str]]

    def figures_wanted(self, verdicts: Iterable[Verdict]) -> FiguresWanted | None:
        """Whom these verdicts are to be held against: a lead against all, everybody else against the lead alone."""
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
        """The verdicts, oldest first, each with a hint on every figure that differs from what was said before.

        `in_force` are the ledger's figures that `figures_wanted` names, as they are when these verdicts go on record.
        """
        said = _Said()
        for each in in_force:
            said.note(each.unit, each.period, each.measure, each.metric, each.cumulative)
        return tuple(_held(verdict, self, said) for verdict in verdicts)


def shared(plan: Plan, county: County, reporting: Reporting) -> Shared:
    """From who owes reports of the kinds `COMPARED`: the units by the list of measures they report on."""
    lead = {}
    for measure in plan.measures:
        unit = county.resolve(measure.reporting_unit or "")
        lead[measure.no] = unit.name if unit else measure.reporting_unit or ""
    several = {
        no: units
        for no, units in _by_measure(reporting)
        if (name := lead.get(no)) and (len(units) > 1 or name not in units)
    }
    return Shared(lead, several)


def _by_measure(reporting: Reporting) -> Iterator[tuple[str, frozenset[str]]]:
    """Each measure with the units that report on it."""
    lists: dict[str, list[tuple[str, ...]]] = {}
    for measures in reporting:
        for no in dict.fromkeys(measures):
            lists.setdefault(no, []).append(measures)
    made: dict[tuple[tuple[str, ...], ...], frozenset[str]] = {}
    for no, of in lists.items():
        if (same := tuple(of)) not in made:
            made[same] = frozenset(chain.from_iterable(reporting[measures] for measures in of))
        yield no, made[same]


@dataclass(slots=True)
class _Said:
    """Who says what of a figure, as files come in."""

    of: dict[_Of, dict[str, float]] = field(default_factory=dict)
    by: dict[tuple[str, str], set[_Of]] = field(default_factory=dict)

    def note(self, unit: str, period: str, measure: str, metric: str, cumulative: float) -> None:
        key = (period, measure, metric)
        self.of.setdefault(key, {})[unit] = cumulative
        self.by.setdefault((unit, period), set()).add(key)

    def forget(self, unit: str, period: str) -> None:
        """A version that comes into force takes the place of the one before, figure by figure."""
        for key in self.by.pop((unit, period), ()):
            self.of[key].pop(unit, None)


def _held(verdict: Verdict, shared: Shared, said: _Said) -> Verdict:
    rows = [row for row in _figures(verdict) if row.measure in shared.units]
    hints = [hint for row in rows if (hint := _hint(verdict, row, shared, said))]
    if verdict.state == "accepted" and verdict.reading.kind in COMPARED:
        said.forget(verdict.reading.unit or "", verdict.reading.period or "")
    for row in rows:
        said.note(row.unit, row.period, row.measure, row.metric, row.cumulative or 0.0)
    return replace(verdict, findings=grouped((*verdict.findings, *hints))) if hints else verdict


def _figures(verdict: Verdict) -> Iterable[ProgressRow]:
    """The rows with a figure of what will be in force."""
    if verdict.state == "accepted" and verdict.reading.kind in COMPARED:
        return (row for row in verdict.rows if row.cumulative is not None)
    return ()


def _hint(verdict: Verdict, row: ProgressRow, shared: Shared, said: _Said) -> Finding | None:
    everybody = said.of.get((row.period, row.measure, row.metric), {})
    lead = shared.lead[row.measure]
    against = everybody if row.unit == lead else {name: everybody[name] for name in (lead,) if name in everybody}
    own = plain_cell(row.cumulative or 0.0)
    words = "、".join(
        f"{name}{other}"
        for name, other in sorted((name, plain_cell(value)) for name, value in against.items())
        if name != row.unit and other != own
    )
    if not words:
        return None
    sheet, cells = verdict.reading.sheet, (row.cell,)
    return make_finding("V412", sheet=sheet, cells=cells, measure=row.measure, value=own, expected=words)
