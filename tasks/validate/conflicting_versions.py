"""Asks the unit which report counts when two valid ones for one duty were saved almost at once and differ.

Belongs here: finding those reports and the question (R018). In all other cases the newest valid version counts
(`tasks/store/versioning`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from tasks.model.finding import make_finding
from tasks.model.submission import ProgressRow, Verdict

ALMOST_AT_ONCE = dt.timedelta(minutes=10)
"""Of two files saved within this time, neither is clearly the correction of the other."""


def question_conflicting(verdicts: Sequence[Verdict]) -> tuple[Verdict, ...]:
    """The verdicts, in order; those on conflicting versions of one report become "queried" with R018 and do not count."""
    by_duty: dict[tuple[str | None, ...], list[int]] = {}
    for index, verdict in enumerate(verdicts):
        if verdict.state == "accepted":
            reading = verdict.reading
            by_duty.setdefault((reading.plan, reading.unit, reading.kind, reading.period), []).append(index)
    questioned = list(verdicts)
    for versions in by_duty.values():
        if len(versions) > 1:
            names = "、".join(_name(verdicts[index]) for index in versions)
            for index in _conflicting(versions, verdicts):
                questioned[index] = _questioned(verdicts[index], names)
    return tuple(questioned)


def _conflicting(versions: Sequence[int], verdicts: Sequence[Verdict]) -> list[int]:
    """The newest version and those almost as new, unless all have the same content."""
    newest = max(_saved_at(verdicts[index]) for index in versions)
    close = [index for index in versions if newest - _saved_at(verdicts[index]) < ALMOST_AT_ONCE]
    contents = [_content(verdicts[index]) for index in close]
    return close if any(each != contents[0] for each in contents) else []


def _saved_at(verdict: Verdict) -> dt.datetime:
    reading = verdict.reading
    return reading.saved_at or dt.datetime.fromtimestamp(reading.original.mtime_ns / 1e9, dt.UTC)


def _content(verdict: Verdict) -> tuple[object, ...]:
    """The content of a report, independent of the order of its rows."""
    rows = sorted((_without_position(row) for row in verdict.rows), key=lambda row: (row.measure, row.metric))
    return (tuple(rows), verdict.contacts, verdict.nil)


def _without_position(row: ProgressRow) -> ProgressRow:
    return replace(row, row=0, cell="")


def _questioned(verdict: Verdict, names: str) -> Verdict:
    question = make_finding("R018", sheet=verdict.reading.sheet, value=names)
    return replace(verdict, state="queried", findings=(question, *verdict.findings), rows=(), contacts=(), nil=False)


def _name(verdict: Verdict) -> str:
    name = PurePosixPath(verdict.reading.original.path).name
    return name if verdict.reading.format != "zip" else f"{name}内"
