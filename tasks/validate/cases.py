"""One reading on its way to a verdict, and the frame of files: one line a submission.

Belongs here: `Case`, and what the run over files says of it. Rows are `lines` and `words`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tasks.findings import finding
from tasks.shapes import Duty, Finding, Reading
from tasks.validate.files import FileFacts, facts_of
from tasks.validate.frame import key_of
from tasks.validate.lines import Line, lines_of
from tasks.validate.persons import Person, persons_of, roster_counts
from tasks.validate.register import Key, Register
from tasks.validate.run import Miss

_TEXTS = (
    *("unit", "period", "extend_to", "no_duty", "untouched", "repeated", "only_extension", "missing"),
    *("nil_unknown", "nil_conflict", "extend_fault", "extend_unfounded", "roster_untouched"),
)
_TITLE_CHARS = 24


@dataclass(frozen=True, slots=True)
class Case:
    """One reading with everything typed. A report has lines, a roster persons; `duty` None: nobody asked for it."""

    file: int
    reading: Reading
    duty: Duty | None
    facts: FileFacts
    lines: tuple[Line, ...] = ()
    persons: tuple[Person, ...] = ()
    missing: tuple[tuple[Key, str], ...] = ()

    @property
    def rows_matter(self) -> bool:
        """Whether single rows are worth judging: not those of a nil report or an untouched form."""
        facts = self.facts
        return not (facts.nil or facts.untouched or facts.only_extension)


def case_of(file: int, reading: Reading, register: Register) -> Case:
    """Type a reading. Without a duty its rows are left alone: nobody can say what they should hold."""
    duty = register.duty_of(reading)
    if reading.kind == "roster":
        persons = tuple(persons_of(file, reading, register)) if duty else ()
        return Case(file, reading, duty, facts_of(reading, duty, (), register), persons=persons)
    lines = tuple(lines_of(file, reading, duty, register)) if duty else ()
    facts = facts_of(reading, duty, lines, register)
    missing = tuple((key, _named(key, register)) for key in facts.missing)
    return Case(file, reading, duty, facts, lines, missing=missing)


def _named(key: Key, register: Register) -> str:
    text = register.measures[key[0]].text
    return key[1] or (text if len(text) <= _TITLE_CHARS else text[:_TITLE_CHARS] + "……")


def file_frame(cases: Sequence[Case]) -> pd.DataFrame:
    """One line a file: the facts and the roster's counts, None where there is nothing to say."""
    said = [_cells(case) for case in cases]
    columns: dict[str, Any] = {name: pd.Series([cells.get(name) for cells in said], dtype="object") for name in _TEXTS}
    for name in ("leaders", "officers"):
        columns[name] = pd.Series([cells.get(name) for cells in said], dtype="float64")
    frame = pd.DataFrame(columns)
    frame.index = pd.Index([key_of(case.file, 0) for case in cases], dtype="int64")
    return frame


def _cells(case: Case) -> dict[str, object]:
    cells: dict[str, object] = {name: getattr(case.facts, name, None) or None for name in _TEXTS}
    cells["missing"] = "缺行" if case.missing else None
    if case.reading.kind == "roster":
        cells |= {"untouched": None, "only_extension": None}
        cells |= roster_counts(case.persons) if case.duty else {}
    return cells


def file_findings(case: Case, miss: Miss) -> Iterable[Finding]:
    """The findings of one miss of the run over files."""
    sheet = case.reading.sheet
    if miss.code == "V403":
        return [finding("V403", sheet=sheet, measure=key[0], expected=name) for key, name in case.missing]
    cells = [case.reading.heading[field][1] for field in miss.fields if field in case.reading.heading]
    value, expected = (_said(source, case.facts) for source in (miss.value, miss.expected))
    return [finding(miss.code, sheet=sheet, cells=cells, value=value, expected=expected)]


def _said(source: str, facts: FileFacts) -> str:
    return source[1:] if source.startswith("=") else str(getattr(facts, source, "") or "") if source else ""
