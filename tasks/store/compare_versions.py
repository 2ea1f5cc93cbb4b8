"""Compare new versions with the figures in force, in the transaction that records them.

Belongs here: looking up the figures and passing them to the comparison. It happens here because only the recording
transaction knows which files are new versions and which were seen before. Does not belong here: what a difference
means (`tasks/validate/cross_unit`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection, Row, select

from tasks.model.submission import FigureInForce, FiguresWanted, Verdict
from tasks.store.engine import in_batches
from tasks.store.schema.submission_tables import ProgressRecord, SubmissionRow
from tasks.store.versioning import VersionDecision


class Comparison(Protocol):
    """Compares the figures that several units report for the same measure."""

    def figures_wanted(self, verdicts: Sequence[Verdict]) -> FiguresWanted | None:
        """The figures to compare these verdicts with; None if there are none."""

    def compare(self, verdicts: Sequence[Verdict], in_force: Iterable[FigureInForce]) -> Sequence[Verdict]:
        """The verdicts in the same order, oldest first, with hints added about their figures."""


def add_comparison(
    connection: Connection, plan: str, decisions: Sequence[VersionDecision], by: Comparison
) -> list[VersionDecision]:
    """The decisions, with the hints of the comparison on new versions. At most one query, before any row changes."""
    new = [place for place, decision in enumerate(decisions) if not decision.is_sighting]
    verdicts = [decisions[place].arrival.verdict for place in new]
    if (wanted := by.figures_wanted(verdicts)) is None:
        return list(decisions)
    figures = _figures_in_force(connection, plan, wanted.periods, wanted.units, wanted.measures)
    result = list(decisions)
    for place, before, verdict in zip(new, verdicts, by.compare(verdicts, figures), strict=True):
        if verdict is not before:
            result[place] = result[place]._replace(arrival=result[place].arrival._replace(verdict=verdict))
    return result


def _figures_in_force(
    connection: Connection, plan: str, periods: Collection[str], units: Collection[str], measures: Collection[str]
) -> list[FigureInForce]:
    """The accepted figures in force of these units, measures and periods."""
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
