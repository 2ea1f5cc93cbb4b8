"""What the prefilled cells of a row say it is about: measure, metric, target, and what was changed in them.

Belongs here: reading those cells, each distinct row of them once. They are issued to every unit that has the measure,
and nearly all come back as they went out. What the unit filled in is `lines`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from config.name_matching import normalise
from config.plan import Target
from tasks.validate.cell_text import cell_text_of, folded_text, measure_no, plain_cell
from tasks.validate.plan_lookup import Key, PlanLookup


@dataclass(frozen=True, slots=True)
class Asked:
    """What a row is about. `owner` is the unit that reports on the measure ("" for none or an unknown measure).

    `metric_given` and `unit_given` are what the row says ("" where that is the registered unit), `faults` codes by
    field; `metrics` the measure's registered metrics, `text_of` the measure whose text stands here though it is another.
    """

    key: Key
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
        return f"{plain_cell(self.target.value)}{self.target.unit}" if self.target else None


class Questions:
    """`Asked` by what the prefilled cells hold, for one register."""

    def __init__(self, register: PlanLookup) -> None:
        self._register = register
        self._known: dict[tuple[object, ...], Asked] = {}

    def __call__(self, *cells: object) -> Asked:
        """What the row with these raw cells (measure number, its text, metric, unit of measure) is about."""
        asked = self._known.get(cells)
        if asked is None:
            no, text, metric, unit = map(cell_text_of, cells)
            asked = _read(no, text, metric, unit, self._register)
            # 1, 1.0 and True are one key and three texts: only texts are remembered.
            if all(cell is None or isinstance(cell, str) for cell in cells):
                self._known[cells] = asked
        return asked


def _read(no_given: str, text: str, metric_text: str, unit_text: str, register: PlanLookup) -> Asked:
    no, metric_given = measure_no(no_given), folded_text(metric_text)
    measure = register.measures.get(no)
    target, metric, metric_fault = _metric(no, metric_given, register)
    unit = target.unit if target else ""
    text_fault = _text_fault(no, text, register)
    faults = {"metric": metric_fault, "measure_text": text_fault}
    return Asked(
        key=(no, metric),
        known=measure is not None,
        owner=register.reporter(no),
        target=target,
        metric_given=metric_given,
        metrics="、".join(each.metric for each in measure.targets) if measure else "",
        unit=unit,
        unit_given="" if not unit_text or normalise(unit_text) == normalise(unit) else unit_text.strip(),
        faults={field: code for field, code in faults.items() if code},
        text_of=register.texts.get(normalise(text)) if text_fault == "V410" else None,
    )


def _metric(no: str, given: str, register: PlanLookup) -> tuple[Target | None, str, str]:
    """The target a row is about, its registered metric, and the code of what is wrong with the metric given."""
    measure = register.measures.get(no)
    if measure is None or not measure.targets:
        return None, "", ""
    target = register.target(no, given)
    if target is not None:
        return target, target.metric, ""
    if len(measure.targets) == 1:
        # Only one figure can be meant; the register's name is used and the edit is shown.
        return measure.targets[0], measure.targets[0].metric, "V408" if given else ""
    return None, given, "V409"


def _text_fault(no: str, given: str, register: PlanLookup) -> str:
    measure = register.measures.get(no)
    # Nearly every cell still holds what was issued.
    if measure is None or given == measure.text:
        return ""
    text = normalise(given).rstrip("….")
    if not text or normalise(measure.text).startswith(text):
        return ""
    return "V410" if register.texts.get(normalise(given), no) not in ("", no) else "V407"
