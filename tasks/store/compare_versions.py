"""New versions held against the figures in force, in the transaction that records them.

Belongs here: looking the figures up, and handing them over with what comes new. Only here is it known what is a new
version and what only a file seen before; what a difference means is said by whoever compares (`tasks/validate/others`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection, Row, select

from tasks.model.submission import FigureInForce, FiguresWanted, Verdict
from tasks.store.engine import in_batches
from tasks.store.schema.models import ProgressRecord, SubmissionRow
from tasks.store.versioning import Ruling


class Comparison(Protocol):
    """Compares what different units say of the same figure."""

    def figures_wanted(self, verdicts: Sequence[Verdict]) -> FiguresWanted | None:
        """Whose figures these verdicts are to be held against; None if nobody's."""

    def with_hints(self, verdicts: Sequence[Verdict], in_force: Iterable[FigureInForce]) -> Sequence[Verdict]:
        """The verdicts in the same order, oldest first, with what is to be said of their figures."""


def compared(connection: Connection, plan: str, rulings: Sequence[Ruling], by: Comparison) -> list[Ruling]:
    """The rulings, those on new versions with what the comparison adds. One query at most, before anything changes."""
    new = [place for place, ruling in enumerate(rulings) if not ruling.is_sighting]
    verdicts = [rulings[place].arrival.verdict for place in new]
    if (wanted := by.figures_wanted(verdicts)) is None:
        return list(rulings)
    figures = figures_in_force(connection, plan, wanted.periods, wanted.units, wanted.measures)
    told = list(rulings)
    for place, before, verdict in zip(new, verdicts, by.with_hints(verdicts, figures), strict=True):
        if verdict is not before:
            told[place] = told[place]._replace(arrival=told[place].arrival._replace(verdict=verdict))
    return told


def figures_in_force(
    connection: Connection, plan: str, periods: Collection[str], units: Collection[str], measures: Collection[str]
) -> list[FigureInForce]:
    """The figures accepted and in force of these units on these measures in these periods."""
    found: list[FigureInForce] = []
    for batch in in_batches(sorted(units)):
        query = (
            select(
                SubmissionRow.unit,
                SubmissionRow.period,
                ProgressRecord.measure,
                ProgressRecord.metric,
                ProgressRecord.cumulative,
            )
            .join(SubmissionRow, SubmissionRow.id == ProgressRecord.submission_id)
            .where(
                SubmissionRow.plan == plan,
                SubmissionRow.period.in_(periods),
                SubmissionRow.unit.in_(batch),
                SubmissionRow.kind.in_(("progress", "annual")),
                SubmissionRow.state == "accepted",
                ProgressRecord.measure.in_(measures),
                ProgressRecord.cumulative.is_not(None),
            )
        )
        rows: Iterable[Row[Any]] = connection.execute(query)
        found += (FigureInForce(row.unit, row.period, row.measure, row.metric, row.cumulative) for row in rows)
    return found
