"""What was answered to whom: the files of data/returned by the submission they answer.

Belongs here: queries for the coordinator's screen. Recording a reply is `submissions`' business.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import cast

from sqlalchemy import select

from tasks.model.words import State
from tasks.store.engine import in_batches, reading
from tasks.store.schema.submission_tables import SubmissionRow


@dataclass(frozen=True, slots=True)
class Reply:
    """One answered version of a duty's file: what was decided then, and the answer's path relative to data/."""

    unit: str
    kind: str
    version: int
    verdict: State
    path: str


def replies(url: str, plan: str, period: str) -> tuple[Reply, ...]:
    """Every answer to a file about this period, by version."""
    query = (
        select(
            SubmissionRow.unit,
            SubmissionRow.kind,
            SubmissionRow.version,
            SubmissionRow.verdict,
            SubmissionRow.reply_path,
        )
        .where(SubmissionRow.plan == plan, SubmissionRow.period == period, SubmissionRow.reply_path.is_not(None))
        .order_by(SubmissionRow.version)
    )
    with reading(url) as connection:
        return tuple(
            Reply(row.unit, row.kind, row.version, cast("State", row.verdict), str(row.reply_path))
            for row in connection.execute(query)
        )


def reply_paths(url: str, submission_ids: Collection[int]) -> dict[int, str]:
    """The path of the answer to each of these submissions that has one."""
    found: dict[int, str] = {}
    with reading(url) as connection:
        for batch in in_batches(submission_ids):
            query = select(SubmissionRow.id, SubmissionRow.reply_path).where(
                SubmissionRow.id.in_(batch), SubmissionRow.reply_path.is_not(None)
            )
            found.update((id_, str(path)) for id_, path in connection.execute(query))
    return found
