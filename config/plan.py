"""A plan: the register of who owes what and by when, as a person confirmed it (`plans/<plan>.toml`).

Belongs here: the plan's types. `plan_file` reads the file, `plan_checks` checks it, `plan_text` writes it. Does not belong
here: drafting a plan from an official document (`tasks/register`), and the duties of a period (`tasks/issue`).
"""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Literal

from config.frozen_model import FrozenModel
from config.kinds import Kind

Operator = Literal[">=", "<=", "=", "->", "range"]


class Document(FrozenModel):
    """The official document a plan comes from. `no` is its number (焉政办发〔2023〕22号)."""

    no: str
    title: str
    issued_on: dt.date | None = None
    issuer: str


class Section(FrozenModel):
    """One section. `no` as printed without its brackets (`"十一"`); `place` points into the document."""

    no: str
    title: str
    place: str = ""


class Target(FrozenModel):
    """One figure a measure must reach: `value` in `unit` (%, 套, 万元 …) by `due`.

    `range` uses `value`..`value_max`; `->` means "raise or lower to". `words` quotes the document.
    `soft` marks a figure that the document qualifies (基本实现): it is flagged, not counted.
    """

    metric: str
    operator: Operator
    value: float
    unit: str
    value_max: float | None = None
    due: dt.date | None = None
    words: str = ""
    soft: bool = False


class Expiry(FrozenModel):
    """The last day of a policy, which the brief announces in advance. `words` quotes the document."""

    on: dt.date
    words: str


class Measure(FrozenModel):
    """One measure. `no` as printed (`"22"`). `lead` is empty where the document names none.

    `responsible` holds every unit other than the lead, or all of them where there is no lead.
    `place` points into the document (section and line); `flags` are points a person should check.
    """

    no: str
    section: str
    text: str
    lead: tuple[str, ...] = ()
    responsible: tuple[str, ...] = ()
    targets: tuple[Target, ...] = ()
    expires: tuple[Expiry, ...] = ()
    deadlines: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    place: str = ""

    @property
    def reporting_unit(self) -> str | None:
        """The unit that reports: the lead, else the sole or first responsible unit (`lead_inferred`)."""
        units = self.lead or self.responsible
        return units[0] if units else None


class DutyRule(FrozenModel):
    """One duty as the document states it, before it becomes dated duties of single units.

    `who`: `measure_units` (every unit with a measure), `reporting_units` (the reporting unit of each
    measure), or unit names. `due` is the day in the document; None for a recurring duty (`every_month`).
    """

    id: str
    kind: Kind
    who: tuple[str, ...]
    text: str
    due: dt.date | None = None
    period: str | None = None
    every_month: bool = False
    measure: str | None = None
    words: str = ""
    flags: tuple[str, ...] = ()
    place: str = ""


class Plan(FrozenModel):
    """The register in force. `id` names it everywhere (keys, paths, parameters)."""

    id: str
    county: str
    document: Document
    sections: tuple[Section, ...]
    measures: tuple[Measure, ...]
    members: tuple[str, ...] = ()
    duties: tuple[DutyRule, ...] = ()

    def measure(self, no: str) -> Measure:
        """The measure of this number. Raises KeyError."""
        return self._by_no[no]

    @cached_property
    def _by_no(self) -> dict[str, Measure]:
        return {measure.no: measure for measure in self.measures}
