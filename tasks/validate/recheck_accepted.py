"""Changed rules held against what was accepted: what would become of each submission today. Changes nothing.

Belongs here: the comparison. Reading the originals again is `read`; the ledger keeps the verdict it gave.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tasks.model.context import Context
from tasks.model.submission import AnsweredQuery, Duty, Finding, ProgressRow, Reading, Submission, Verdict
from tasks.model.words import State
from tasks.validate.judge import judge

_OF_THAT_TIME = frozenset({"V412"})


@dataclass(frozen=True, slots=True)
class RecheckedFile:
    """One accepted submission under today's rules: the state it would get, findings that are new and codes gone."""

    submission: Submission
    state: State
    new: tuple[Finding, ...]
    gone: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether today's rules say anything else than was said then."""
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
    then = _marks(submission.findings)
    now = _marks(verdict.findings)
    new = tuple(each for mark, each in now.items() if mark not in then)
    gone = tuple(dict.fromkeys(each.code for mark, each in then.items() if mark not in now))
    return RecheckedFile(submission, verdict.state, new, gone)


def _marks(findings: Sequence[Finding]) -> Mapping[tuple[object, ...], Finding]:
    """Findings by what they are about; words may have been improved since without anything being different.

    What other units said at that time is no rule of the file's own, and is left out.
    """
    own = (each for each in findings if each.code not in _OF_THAT_TIME)
    return {(each.code, each.severity, each.sheet, each.cells, each.measure): each for each in own}


def _key(submission: Submission) -> tuple[str | None, ...]:
    return (submission.sha256, submission.path, submission.unit, submission.kind, submission.period)


def _key_of(reading: Reading) -> tuple[str | None, ...]:
    return (reading.original.sha256, reading.original.path, reading.unit, reading.kind, reading.period)
