"""All readings of a chunk -> verdicts: one run over all rows, one over all files. Imports pandas.

Belongs here: the sequence of typed rows, frames, runs and findings. The entry point is `judge.judge`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from tasks.model.submission import AnsweredQuery, Finding, Reading, Verdict
from tasks.validate.answered_queries import rows_that_count, settle_answered, settled_by_findings
from tasks.validate.checkpoint import MissedRow, run_checkpoint
from tasks.validate.finding_words import RowFinding, worded_findings
from tasks.validate.ledger_rows import progress_rows
from tasks.validate.merge_findings import merge_findings
from tasks.validate.plan_lookup import PlanLookup
from tasks.validate.quoted_cells import Quotes, quotes_of
from tasks.validate.roster_persons import contacts_of, person_frame, quotes_of_person
from tasks.validate.row_frame import file_and_row, row_frame
from tasks.validate.submission_case import CaseReader, SubmissionCase, file_findings, file_frame, roster_frame
from tasks.validate.suites import file_suite, person_suite, roster_suite, row_suite
from tasks.validate.verdict_state import state_of_findings

CaseFindings = Iterator[tuple[SubmissionCase, Sequence[Finding]]]


def judge_chunk(readings: Sequence[Reading], lookup: PlanLookup) -> list[Verdict]:
    """One verdict per reading, in order: oldest first. Every reading has unit, period and kind, and was not refused."""
    reader = CaseReader(lookup)
    cases = [reader.case_of(file, reading) for file, reading in enumerate(readings)]
    rosters = [case for case in cases if case.reading.kind == "roster"]
    found: dict[int, list[Finding]] = {case.file: list(case.reading.findings) for case in cases}
    for part in (_of_files(cases), _of_rosters(rosters), _of_persons(rosters)):
        for case, findings in part:
            found[case.file] += findings
    return _verdicts(cases, found, dict(_of_rows(cases, lookup)), lookup)


def _verdicts(
    cases: Sequence[SubmissionCase],
    found: Mapping[int, Sequence[Finding]],
    of_rows: Mapping[int, Sequence[RowFinding]],
    lookup: PlanLookup,
) -> list[Verdict]:
    """In order: a query that one report answers is settled in a correction of that report later in the chunk."""
    answered: dict[tuple[str | None, ...], frozenset[AnsweredQuery]] = {}
    verdicts = []
    for case in cases:
        reading = case.reading
        report = (reading.unit, reading.kind, reading.period)
        known = answered.get(report, lookup.answered.get(reading.unit or "", frozenset()))
        rows = settle_answered(of_rows.get(case.file, ()), case.rows, known)
        verdicts.append(verdict := _verdict(case, merge_findings((*found[case.file], *rows))))
        if verdict.state == "accepted" and reading.kind == "progress":
            answered[report] = settled_by_findings(verdict.findings)
    return verdicts


def _verdict(case: SubmissionCase, findings: tuple[Finding, ...]) -> Verdict:
    state, reading = state_of_findings(findings), case.reading
    of_lines, of_persons = [row.repairs for row in case.rows], [person.repairs for person in case.persons]
    repairs = tuple(chain(reading.repairs, *of_lines, *of_persons))
    nil, extension = state == "accepted" and case.facts.nil, case.facts.extension
    if state != "accepted" or nil:
        return Verdict(reading, state, findings, nil=nil, extension=extension, repairs=repairs)
    rows, contacts = progress_rows(reading, rows_that_count(case.rows)), contacts_of(reading, case.persons)
    return Verdict(reading, state, findings, rows, contacts, extension=extension, repairs=repairs)


def _of_files(cases: Sequence[SubmissionCase]) -> CaseFindings:
    for case, missed in _by_case(cases, run_checkpoint(file_frame(cases), file_suite())):
        yield case, [each for miss in missed for each in file_findings(case, miss)]


def _of_rosters(rosters: Sequence[SubmissionCase]) -> CaseFindings:
    if rosters:
        for case, missed in _by_case(rosters, run_checkpoint(roster_frame(rosters), roster_suite())):
            yield case, [each for miss in missed for each in file_findings(case, miss)]


def _of_rows(cases: Sequence[SubmissionCase], lookup: PlanLookup) -> Iterator[tuple[int, tuple[RowFinding, ...]]]:
    """(file, findings on its rows)."""
    received = {case.file: case.reading.original.received_at.date() for case in cases}
    rows = [row for case in cases if case.rows_matter for row in case.rows]
    if not rows:
        return
    frame = row_frame(rows, received, lookup.layout)
    misses = run_checkpoint(frame, row_suite(tuple(choice.value for choice in lookup.layout.statuses)))
    missed_keys = {miss.key for miss in misses}
    quotes = {key: quotes_of(row) for key, row in zip(frame.index.tolist(), rows, strict=True) if key in missed_keys}
    yield from ((case.file, _worded(case, missed, quotes)) for case, missed in _by_case(cases, misses))


def _of_persons(rosters: Sequence[SubmissionCase]) -> CaseFindings:
    persons = [person for case in rosters for person in case.persons if person.filled]
    if not persons:
        return
    frame = person_frame(persons)
    misses = run_checkpoint(frame, person_suite())
    quotes = dict(zip(frame.index.tolist(), map(quotes_of_person, persons), strict=True))
    for case, missed in _by_case(rosters, misses):
        yield case, [each.finding for each in _worded(case, missed, quotes)]


def _by_case(
    cases: Sequence[SubmissionCase], misses: Iterable[MissedRow]
) -> Iterator[tuple[SubmissionCase, list[MissedRow]]]:
    """The cases with misses, each with its own."""
    by_file: dict[int, list[MissedRow]] = {}
    for miss in misses:
        by_file.setdefault(file_and_row(miss.key)[0], []).append(miss)
    yield from ((case, by_file[case.file]) for case in cases if case.file in by_file)


def _worded(case: SubmissionCase, misses: Sequence[MissedRow], quotes: Mapping[int, Quotes]) -> tuple[RowFinding, ...]:
    of_rows = {file_and_row(miss.key)[1]: quotes[miss.key] for miss in misses}
    return worded_findings(case.reading, [(file_and_row(miss.key)[1], miss) for miss in misses], of_rows)
