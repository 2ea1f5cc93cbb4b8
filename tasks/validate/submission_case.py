"""One reading on its way to a verdict, and the frame of files: one line a submission.

Belongs here: `Case`, how it is made, and what the run over files says of it. Rows are `lines` and `words`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from expectations.rule_meta import CODES
from tasks.model.finding import make_finding
from tasks.model.submission import Duty, Finding, Reading
from tasks.validate.checkpoint import MissedRow
from tasks.validate.plan_lookup import Key, PlanLookup
from tasks.validate.roster_persons import RosterPerson, roster_counts, roster_persons_of
from tasks.validate.row_frame import row_key
from tasks.validate.submission_facts import FileFacts, facts_of
from tasks.validate.typed_rows import RowTyper, TypedRow

# What is wrong with a file as a whole, by the fact that says so.
_CODES = {
    "no_duty": "V411",
    "untouched": "V305",
    "repeated": "V304",
    "only_extension": "V121",
    "nil_unknown": "V120",
    "nil_conflict": "V209",
    "extend_fault": "V118",
    "extend_unfounded": "V119",
}
# A roster that nobody filled in has a rule of its own.
_NOT_OF_ROSTERS = frozenset({"untouched", "only_extension"})
_TITLE_CHARS = 24


class Case(NamedTuple):
    """One reading with everything typed. A report has lines, a roster persons; `duty` None: nobody asked for it."""

    file: int
    reading: Reading
    duty: Duty | None
    facts: FileFacts
    lines: tuple[TypedRow, ...] = ()
    persons: tuple[RosterPerson, ...] = ()
    missing: tuple[tuple[Key, str], ...] = ()

    @property
    def rows_matter(self) -> bool:
        """Whether single rows are worth judging: not those of a nil report or an untouched form."""
        facts = self.facts
        return not (facts.nil or facts.untouched or facts.only_extension)


class Reader:
    """Makes cases of the readings of a chunk."""

    def __init__(self, register: PlanLookup) -> None:
        self._register = register
        self._typist = RowTyper(register)

    def case_of(self, file: int, reading: Reading) -> Case:
        """Type a reading. Without a duty its rows are left alone: nobody can say what they should hold."""
        register = self._register
        duty = register.duty_of(reading)
        if reading.kind == "roster":
            persons = tuple(roster_persons_of(file, reading, register)) if duty else ()
            return Case(file, reading, duty, facts_of(reading, duty, (), register), persons=persons)
        lines = self._typist.lines_of(file, reading, duty) if duty else ()
        facts = facts_of(reading, duty, lines, register)
        missing = tuple((key, _named(key, register)) for key in facts.missing)
        return Case(file, reading, duty, facts, lines, missing=missing)


def _named(key: Key, register: PlanLookup) -> str:
    text = register.measures[key[0]].text
    return key[1] or (text if len(text) <= _TITLE_CHARS else text[:_TITLE_CHARS] + "……")


def file_frame(cases: Sequence[Case]) -> pd.DataFrame:
    """One line a file: the codes of what is wrong with it as a whole, None where nothing is."""
    return _indexed({"faults": pd.Series([_faults(case) for case in cases], dtype="object")}, cases)


def roster_frame(rosters: Sequence[Case]) -> pd.DataFrame:
    """One line a roster: how many of each role, and whether it is blank; nothing where nobody asked for it."""
    said = [roster_counts(case.persons) if case.duty else {} for case in rosters]
    blank = pd.Series([counts.get("roster_untouched") for counts in said], dtype="object")
    counted = {
        name: pd.Series([counts.get(name) for counts in said], dtype="float64") for name in ("leaders", "officers")
    }
    return _indexed({"roster_untouched": blank, **counted}, rosters)


def _indexed(columns: Mapping[str, pd.Series], cases: Sequence[Case]) -> pd.DataFrame:
    frame = pd.DataFrame(columns)
    frame.index = pd.Index([row_key(case.file, 0) for case in cases], dtype="int64")
    return frame


def _faults(case: Case) -> str | None:
    passed = _NOT_OF_ROSTERS if case.reading.kind == "roster" else ()
    codes = [code for fact, code in _CODES.items() if fact not in passed and getattr(case.facts, fact)]
    return CODES.join([*codes, *(["V403"] if case.missing else [])]) or None


def file_findings(case: Case, miss: MissedRow) -> Iterable[Finding]:
    """The findings of one miss of the run over files."""
    sheet = case.reading.sheet
    if miss.code == "V403":
        return [make_finding("V403", sheet=sheet, measure=key[0], expected=name) for key, name in case.missing]
    cells = [case.reading.heading[field][1] for field in miss.fields if field in case.reading.heading]
    value, expected = (_said(source, case.facts) for source in (miss.value, miss.expected))
    return [make_finding(miss.code, sheet=sheet, cells=cells, value=value, expected=expected)]


def _said(source: str, facts: FileFacts) -> str:
    return source[1:] if source.startswith("=") else str(getattr(facts, source, "") or "") if source else ""
