"""All readings of a chunk -> verdicts: one run over all rows, one over all files. Heavy imports live here.

Belongs here: bringing lines, frames, runs and words together. `verdicts.judge` is the way in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

import pandas as pd

from expectations.month import month_expectations
from expectations.roster import person_expectations, roster_expectations
from expectations.submission import file_expectations, row_expectations
from tasks.shapes import Finding, Reading, Verdict
from tasks.validate.cases import Case, case_of, file_findings, file_frame
from tasks.validate.frame import file_and_row, row_frame
from tasks.validate.group import grouped
from tasks.validate.ledger import progress_rows
from tasks.validate.others import differing
from tasks.validate.persons import contacts_of, person_frame
from tasks.validate.register import Register
from tasks.validate.run import Miss, run
from tasks.validate.settle import counting, settled
from tasks.validate.verdicts import state_of
from tasks.validate.words import RowFinding, worded

Cells = Mapping[int, Mapping[Any, Any]]
"""The cells of rows by their index."""


def judge_chunk(readings: Sequence[Reading], register: Register) -> list[Verdict]:
    """One verdict a reading, in order. Every reading names unit, period and kind, and was not refused."""
    cases = [case_of(file, reading, register) for file, reading in enumerate(readings)]
    found: dict[int, list[Finding]] = {case.file: list(case.reading.findings) for case in cases}
    for part in (_of_files(cases), _of_rows(cases, register), _of_persons(cases)):
        for case, findings in part:
            found[case.file] += findings
    return [_verdict(case, grouped(found[case.file]), register) for case in cases]


def _verdict(case: Case, findings: tuple[Finding, ...], register: Register) -> Verdict:
    state = state_of(findings)
    typed = (*(line.repairs for line in case.lines), *(person.repairs for person in case.persons))
    reading = replace(case.reading, repairs=(*case.reading.repairs, *chain.from_iterable(typed)))
    verdict = Verdict(reading=reading, state=state, findings=findings, extension=case.facts.extension)
    if state != "accepted":
        return verdict
    if case.facts.nil:
        return replace(verdict, nil=True)
    rows = progress_rows(reading, counting(case.lines), register)
    return replace(verdict, rows=rows, contacts=contacts_of(reading, case.persons))


def _of_files(cases: Sequence[Case]) -> Iterator[tuple[Case, list[Finding]]]:
    misses = run(file_frame(cases), [*file_expectations(), *roster_expectations()])
    for case, missed in _by_case(cases, misses):
        yield case, [each for miss in missed for each in file_findings(case, miss)]


def _of_rows(cases: Sequence[Case], register: Register) -> Iterator[tuple[Case, list[Finding]]]:
    received = {case.file: case.reading.original.received_at.date() for case in cases}
    lines = [line for case in cases if case.rows_matter for line in case.lines]
    senders = {case.file: (case.reading.unit or "", case.reading.period or "") for case in cases}
    frame = row_frame(lines, received, register, differing(lines, senders, register))
    statuses = tuple(choice.value for choice in register.layout.statuses)
    misses = run(frame, [*row_expectations(statuses), *month_expectations()])
    cells = _cells(frame, misses)
    for case, missed in _by_case(cases, misses):
        yield case, list(settled(_worded(case, missed, cells), case.lines))


def _of_persons(cases: Sequence[Case]) -> Iterator[tuple[Case, list[Finding]]]:
    frame = person_frame([person for case in cases for person in case.persons])
    misses = run(frame, person_expectations())
    cells = _cells(frame, misses)
    for case, missed in _by_case(cases, misses):
        yield case, [each.finding for each in _worded(case, missed, cells)]


def _by_case(cases: Sequence[Case], misses: Iterable[Miss]) -> Iterator[tuple[Case, list[Miss]]]:
    """The cases that missed something, each with its misses."""
    by_file: dict[int, list[Miss]] = {}
    for miss in misses:
        by_file.setdefault(file_and_row(miss.key)[0], []).append(miss)
    yield from ((case, by_file[case.file]) for case in cases if case.file in by_file)


def _cells(frame: pd.DataFrame, misses: Sequence[Miss]) -> Cells:
    """The frame's cells of every row that missed something, all at once: a frame takes long to find its place."""
    keys = sorted({miss.key for miss in misses})
    return dict(zip(keys, frame.loc[keys].to_dict("records"), strict=True))


def _worded(case: Case, misses: Sequence[Miss], cells: Cells) -> tuple[RowFinding, ...]:
    of_rows = {file_and_row(miss.key)[1]: cells[miss.key] for miss in misses}
    return worded(case.reading, [(file_and_row(miss.key)[1], miss) for miss in misses], of_rows)
