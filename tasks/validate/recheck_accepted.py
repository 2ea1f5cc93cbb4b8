"""Applies today's rules to accepted submissions and reports the difference. Changes nothing.

Belongs here: the comparison. `tasks/read` reads the originals again; the ledger keeps the verdicts as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tasks.model.run_context import Context
from tasks.model.submission import AnsweredQuery, Duty, Finding, ProgressRow, Reading, Submission, Verdict
from tasks.model.words import State
from tasks.validate.judge import judge

# Depends on what other units had reported at that time, not on the rules.
_NOT_COMPARED = frozenset({"V412"})


@dataclass(frozen=True, slots=True)
class RecheckedFile:
    """One accepted submission under today's rules: its state, the new findings, and the codes that no longer apply."""

    submission: Submission
    state: State
    new: tuple[Finding, ...]
    gone: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether today's rules give another result."""
        return self.state != self.submission.state or bool(self.new or self.gone)


def recheck_submissions(
    submissions: Sequence[Submission],
    readings: Sequence[Reading],
    context: Context,
    duties: Sequence[Duty],
    previous: Sequence[ProgressRow],
    answered: Mapping[str, frozenset[AnsweredQuery]] | None = None,
) -> tuple[RecheckedFile, ...]:
    """What `judge` says today of each accepted submission, in their order; others, and files not read, are left out.

    `readings` are those of the submissions' originals, in any order; `previous` and `answered` as for `judge`.
    """
    accepted = {_key(each): each for each in submissions if each.state == "accepted"}
    wanted = [reading for reading in readings if _key_of(reading) in accepted]
    verdicts = {_key_of(each.reading): each for each in judge(wanted, context, duties, previous, answered)}
    return tuple(_compared(each, verdicts[key]) for key, each in accepted.items() if key in verdicts)


def _compared(submission: Submission, verdict: Verdict) -> RecheckedFile:
    then = _by_subject(submission.findings)
    now = _by_subject(verdict.findings)
    new = tuple(each for subject, each in now.items() if subject not in then)
    gone = tuple(dict.fromkeys(each.code for subject, each in then.items() if subject not in now))
    return RecheckedFile(submission, verdict.state, new, gone)


def _by_subject(findings: Sequence[Finding]) -> Mapping[tuple[object, ...], Finding]:
    """Findings by their subject, without the text: a better wording is no difference."""
    compared = (each for each in findings if each.code not in _NOT_COMPARED)
    return {(each.code, each.severity, each.sheet, each.cells, each.measure): each for each in compared}


def _key(submission: Submission) -> tuple[str | None, ...]:
    return (submission.sha256, submission.path, submission.unit, submission.kind, submission.period)


def _key_of(reading: Reading) -> tuple[str | None, ...]:
    return (reading.original.sha256, reading.original.path, reading.unit, reading.kind, reading.period)
