"""Several valid reports for one duty, saved almost at once and not the same -> the unit is asked which one counts.

Belongs here: that question. Otherwise the newest valid version counts, which is the ledger's business.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from tasks.model.finding import make_finding
from tasks.model.submission import ProgressRow, Verdict

ALMOST_AT_ONCE = dt.timedelta(minutes=10)
"""Two files saved closer together than this are no correction of one another: nobody can tell which was meant."""


def asked(verdicts: Sequence[Verdict]) -> tuple[Verdict, ...]:
    """The verdicts, those on rival versions of one report turned into a question (R018); none of these counts."""
    by_duty: dict[tuple[str | None, ...], list[int]] = {}
    for place, verdict in enumerate(verdicts):
        if verdict.state == "accepted":
            reading = verdict.reading
            by_duty.setdefault((reading.plan, reading.unit, reading.kind, reading.period), []).append(place)
    judged = list(verdicts)
    for places in by_duty.values():
        if len(places) > 1:
            for place in _rivals(places, verdicts):
                judged[place] = _asked(verdicts[place], "、".join(_name(verdicts[each]) for each in places))
    return tuple(judged)


def _rivals(places: Sequence[int], verdicts: Sequence[Verdict]) -> list[int]:
    """The newest version and those almost as new, if they do not all say the same."""
    newest = max(_saved_at(verdicts[place]) for place in places)
    close = [place for place in places if newest - _saved_at(verdicts[place]) < ALMOST_AT_ONCE]
    said = [_said(verdicts[place]) for place in close]
    return close if any(each != said[0] for each in said) else []


def _saved_at(verdict: Verdict) -> dt.datetime:
    reading = verdict.reading
    return reading.saved_at or dt.datetime.fromtimestamp(reading.original.mtime_ns / 1e9, dt.UTC)


def _said(verdict: Verdict) -> tuple[object, ...]:
    """What a report says, wherever its rows stand."""
    rows = sorted((_without_place(row) for row in verdict.rows), key=lambda row: (row.measure, row.metric))
    return (tuple(rows), verdict.contacts, verdict.nil)


def _without_place(row: ProgressRow) -> ProgressRow:
    return replace(row, row=0, cell="")


def _asked(verdict: Verdict, names: str) -> Verdict:
    question = make_finding("R018", sheet=verdict.reading.sheet, value=names)
    return replace(verdict, state="queried", findings=(question, *verdict.findings), rows=(), contacts=(), nil=False)


def _name(verdict: Verdict) -> str:
    path = PurePosixPath(verdict.reading.original.path).name
    return path if verdict.reading.format != "zip" else f"{path}内"
