"""One reading with its typed rows or persons, and the frames of files and rosters: one row per submission.

Belongs here: `SubmissionCase`, how it is made, and the findings of the runs over files and rosters. The rows are in
`typed_rows` and `row_frame`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from expectations.rule_meta import CODES
from tasks.model.finding import make_finding
from tasks.model.submission import Duty, Finding, Reading
from tasks.validate.checkpoint import MissedRow
from tasks.validate.plan_lookup import PlanLookup, RowKey
from tasks.validate.roster_persons import RosterPerson, roster_counts, roster_persons_of
from tasks.validate.row_frame import row_key
from tasks.validate.submission_facts import FileFacts, facts_of
from tasks.validate.typed_rows import RowTyper, TypedRow

# The code for each fact about a file that is a fault.
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
# For rosters, other rules cover these: C508 for a blank one.
_NOT_FOR_ROSTERS = frozenset({"untouched", "only_extension"})
_TITLE_CHARS = 24


class SubmissionCase(NamedTuple):
    """One reading, typed. A report has rows, a roster has persons; `duty` None: no duty requires it."""

    file: int
    reading: Reading
    duty: Duty | None
    facts: FileFacts
    rows: tuple[TypedRow, ...] = ()
    persons: tuple[RosterPerson, ...] = ()
    missing: tuple[tuple[RowKey, str], ...] = ()

    @property
    def rows_matter(self) -> bool:
        """Whether to check single rows: not those of a nil report, an untouched form or a mere request for extension."""
        facts = self.facts
        return not (facts.nil or facts.untouched or facts.only_extension)


class CaseReader:
    """Makes the cases of a chunk."""

    def __init__(self, lookup: PlanLookup) -> None:
        self._lookup = lookup
        self._typist = RowTyper(lookup)

    def case_of(self, file: int, reading: Reading) -> SubmissionCase:
        """Type a reading. Without a duty its rows are not read: nothing defines what they should hold."""
        lookup = self._lookup
        duty = lookup.duty_of(reading)
        if reading.kind == "roster":
            persons = tuple(roster_persons_of(file, reading, lookup)) if duty else ()
            return SubmissionCase(file, reading, duty, facts_of(reading, duty, (), lookup), persons=persons)
        rows = self._typist.rows_of(file, reading, duty) if duty else ()
        facts = facts_of(reading, duty, rows, lookup)
        missing = tuple((key, _row_name(key, lookup)) for key in facts.missing)
        return SubmissionCase(file, reading, duty, facts, rows, missing=missing)


def _row_name(key: RowKey, lookup: PlanLookup) -> str:
    text = lookup.measures[key[0]].text
    return key[1] or (text if len(text) <= _TITLE_CHARS else text[:_TITLE_CHARS] + "……")


def file_frame(cases: Sequence[SubmissionCase]) -> pd.DataFrame:
    """One row per file: the codes of the faults of the file as a whole, None if there are none."""
    return _indexed({"faults": pd.Series([_faults(case) for case in cases], dtype="object")}, cases)


def roster_frame(rosters: Sequence[SubmissionCase]) -> pd.DataFrame:
    """One row per roster: the number of persons in each role, and whether it is blank; all None without a duty."""
    facts = [roster_counts(case.persons) if case.duty else {} for case in rosters]
    blank = pd.Series([counts.get("roster_untouched") for counts in facts], dtype="object")
    counted = {
        name: pd.Series([counts.get(name) for counts in facts], dtype="float64") for name in ("leaders", "officers")
    }
    return _indexed({"roster_untouched": blank, **counted}, rosters)


def _indexed(columns: Mapping[str, pd.Series], cases: Sequence[SubmissionCase]) -> pd.DataFrame:
    frame = pd.DataFrame(columns)
    frame.index = pd.Index([row_key(case.file, 0) for case in cases], dtype="int64")
    return frame


def _faults(case: SubmissionCase) -> str | None:
    skipped = _NOT_FOR_ROSTERS if case.reading.kind == "roster" else ()
    codes = [code for fact, code in _CODES.items() if fact not in skipped and getattr(case.facts, fact)]
    return CODES.join([*codes, *(["V403"] if case.missing else [])]) or None


def file_findings(case: SubmissionCase, miss: MissedRow) -> Iterable[Finding]:
    """The findings of one miss in the run over files or rosters."""
    sheet = case.reading.sheet
    if miss.code == "V403":
        return [make_finding("V403", sheet=sheet, measure=key[0], expected=name) for key, name in case.missing]
    cells = [case.reading.heading[field][1] for field in miss.fields if field in case.reading.heading]
    value, expected = (_quoted(source, case.facts) for source in (miss.value, miss.expected))
    return [make_finding(miss.code, sheet=sheet, cells=cells, value=value, expected=expected)]


def _quoted(source: str, facts: FileFacts) -> str:
    return source[1:] if source.startswith("=") else str(getattr(facts, source, "") or "") if source else ""
