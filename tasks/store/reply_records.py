"""Replies on record: the files of data/returned and the submissions they answer.

Belongs here: reading replies. Does not belong here: recording them (`submissions`).
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
    """The reply to one version of a duty's file: the verdict, and the path of the reply relative to data/."""

    unit: str
    kind: str
    version: int
    verdict: State
    path: str


def load_replies(url: str, plan: str, period: str) -> tuple[Reply, ...]:
    """All replies to files about this period, ordered by version."""
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


def paths_of_replies(url: str, submission_ids: Collection[int]) -> dict[int, str]:
    """By submission id: the path of its reply, for submissions that have one."""
    found: dict[int, str] = {}
    with reading(url) as connection:
        for batch in in_batches(submission_ids):
            query = select(SubmissionRow.id, SubmissionRow.reply_path).where(
                SubmissionRow.id.in_(batch), SubmissionRow.reply_path.is_not(None)
            )
            found.update((id_, str(path)) for id_, path in connection.execute(query))
    return found
