"""The prefilled cells of a row: the measure, metric and target the row is about, and what was changed in them.

Belongs here: reading those cells, once for each distinct combination: they are issued to every unit that has the measure,
and nearly all come back unchanged. The cells that the unit fills in are in `typed_rows`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from config.name_matching import normalise
from config.plan import Target
from tasks.validate.cell_text import cell_text_of, folded_text, measure_no, number_text
from tasks.validate.plan_lookup import PlanLookup, RowKey


@dataclass(frozen=True, slots=True)
class PrefilledCells:
    """What a row is about. `owner` is the unit that reports on the measure ("" for none or an unknown measure).

    `metric_given` and `unit_given` are as written in the row ("" where that is the registered unit), `faults` are codes by
    field, `metrics` lists the measure's registered metrics, `text_of` is the number of another measure whose text is in
    this row.
    """

    key: RowKey
    known: bool
    owner: str
    target: Target | None
    metric_given: str
    metrics: str
    unit: str
    unit_given: str
    faults: Mapping[str, str]
    text_of: str | None

    @property
    def target_wanted(self) -> str | None:
        """The registered target with its unit: 110套."""
        return f"{number_text(self.target.value)}{self.target.unit}" if self.target else None


class PrefilledReader:
    """Reads prefilled cells against one plan, with a cache by content."""

    def __init__(self, lookup: PlanLookup) -> None:
        self._lookup = lookup
        self._cache: dict[tuple[object, ...], PrefilledCells] = {}

    def read(self, *cells: object) -> PrefilledCells:
        """The subject of the row with these raw cells: measure number, its text, metric, unit of measure."""
        prefilled = self._cache.get(cells)
        if prefilled is None:
            no, text, metric, unit = map(cell_text_of, cells)
            prefilled = _read(no, text, metric, unit, self._lookup)
            # 1, 1.0 and True are equal as keys but differ as texts: only texts are cached.
            if all(cell is None or isinstance(cell, str) for cell in cells):
                self._cache[cells] = prefilled
        return prefilled


def _read(no_given: str, text: str, metric_text: str, unit_text: str, lookup: PlanLookup) -> PrefilledCells:
    no, metric_given = measure_no(no_given), folded_text(metric_text)
    measure = lookup.measures.get(no)
    target, metric, metric_fault = _metric(no, metric_given, lookup)
    unit = target.unit if target else ""
    text_fault = _text_fault(no, text, lookup)
    faults = {"metric": metric_fault, "measure_text": text_fault}
    return PrefilledCells(
        key=(no, metric),
        known=measure is not None,
        owner=lookup.reporter(no),
        target=target,
        metric_given=metric_given,
        metrics="、".join(each.metric for each in measure.targets) if measure else "",
        unit=unit,
        unit_given="" if not unit_text or normalise(unit_text) == normalise(unit) else unit_text.strip(),
        faults={field: code for field, code in faults.items() if code},
        text_of=lookup.texts.get(normalise(text)) if text_fault == "V410" else None,
    )


def _metric(no: str, given: str, lookup: PlanLookup) -> tuple[Target | None, str, str]:
    """(target, registered metric, code of what is wrong with the metric given or "")."""
    measure = lookup.measures.get(no)
    if measure is None or not measure.targets:
        return None, "", ""
    target = lookup.target(no, given)
    if target is not None:
        return target, target.metric, ""
    if len(measure.targets) == 1:
        # The measure has one metric, so the row cannot mean another; V408 shows the change to the unit.
        return measure.targets[0], measure.targets[0].metric, "V408" if given else ""
    return None, given, "V409"


def _text_fault(no: str, given: str, lookup: PlanLookup) -> str:
    measure = lookup.measures.get(no)
    # Nearly every cell still has the text that was issued.
    if measure is None or given == measure.text:
        return ""
    text = normalise(given).rstrip("….")
    if not text or normalise(measure.text).startswith(text):
        return ""
    return "V410" if lookup.texts.get(normalise(given), no) not in ("", no) else "V407"
