"""Read submissions with their verdicts and findings, and record the replies to them.

Does not belong here: recording verdicts (`record_verdicts`), figures and contacts (`accepted_rows`).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select, update

from tasks.errors import PipelineError
from tasks.model.submission import Finding, Submission, WrittenFile
from tasks.store.engine import in_batches, reading, writing
from tasks.store.process_presence import has_ended
from tasks.store.schema.submission_tables import FindingRow, OriginalRow, SubmissionRow
from tasks.store.sending_process import this_process


def load_received(url: str, plan: str, period: str | None = None) -> tuple[Submission, ...]:
    """All submissions of the plan, or of one period, in the order recorded, with their current state."""
    conditions = [SubmissionRow.plan == plan]
    if period is not None:
        conditions.append(SubmissionRow.period == period)
    with reading(url) as connection:
        return _load(connection, *conditions)


def load_unanswered(url: str, plan: str, after: int = 0, most: int | None = None) -> tuple[Submission, ...]:
    """Submissions without a reply on record, except those claimed by another running worker, which answers them itself.

    In the order recorded: at most `most` of them, those with ids above `after`. With the state as decided, because the
    reply to a version superseded meanwhile must be the one it would have had.
    """
    waiting = (SubmissionRow.plan == plan, SubmissionRow.replied_at.is_(None))
    holders = select(OriginalRow.claimed_by).join(SubmissionRow, SubmissionRow.original_id == OriginalRow.id)
    with reading(url) as connection:
        named = set(connection.execute(holders.where(*waiting).distinct()).scalars())
    others = [name for name in named if name and name != this_process() and not has_ended(url, name)]
    theirs = select(OriginalRow.id).where(OriginalRow.plan == plan, OriginalRow.claimed_by.in_(others))
    ours = (*waiting, SubmissionRow.id > after, SubmissionRow.original_id.not_in(theirs))
    found: list[Submission] = []
    with reading(url) as connection:
        ids = connection.execute(select(SubmissionRow.id).where(*ours).order_by(SubmissionRow.id).limit(most))
        for batch in in_batches(ids.scalars()):
            found += _load(connection, SubmissionRow.id.in_(batch), as_decided=True)
    return tuple(found)


def record_reply_rows(url: str, replies: Sequence[tuple[int, WrittenFile | None]], now: dt.datetime) -> None:
    """Record that submissions were answered, by a file or without one, in one transaction per plan.

    The first reply to a submission stays on record. Raises PipelineError for an unknown submission.
    """
    plans = _plans_of(url, [submission_id for submission_id, _ in replies])
    for plan in sorted(set(plans.values())):
        with writing(url, plan) as connection:
            for submission_id, written in replies:
                if plans[submission_id] == plan:
                    _record_reply(connection, submission_id, written, now)


def _record_reply(connection: Connection, submission_id: int, written: WrittenFile | None, now: dt.datetime) -> None:
    path, sha256 = (written.path, written.sha256) if written else (None, None)
    connection.execute(
        update(SubmissionRow)
        .where(SubmissionRow.id == submission_id, SubmissionRow.replied_at.is_(None))
        .values(replied_at=now, reply_path=path, reply_sha256=sha256)
    )


def _plans_of(url: str, submission_ids: Sequence[int]) -> dict[int, str]:
    plans: dict[int, str] = {}
    with reading(url) as connection:
        for batch in in_batches(submission_ids):
            query = select(SubmissionRow.id, SubmissionRow.plan).where(SubmissionRow.id.in_(batch))
            plans.update((id_, plan) for id_, plan in connection.execute(query))
    if missing := sorted(set(submission_ids) - set(plans)):
        raise PipelineError(f"台账中没有编号为 {'、'.join(map(str, missing))} 的来件，无法登记答复")
    return plans


def submissions_of_originals(connection: Connection, original_ids: Iterable[int]) -> tuple[Submission, ...]:
    """The submissions of these originals, with the state as decided."""
    found: list[Submission] = []
    for batch in in_batches(original_ids):
        found += _load(connection, SubmissionRow.original_id.in_(batch), as_decided=True)
    return tuple(found)


def _load(connection: Connection, *conditions: ColumnElement[bool], as_decided: bool = False) -> tuple[Submission, ...]:
    query = (
        select(SubmissionRow.__table__, OriginalRow.sha256, OriginalRow.path, OriginalRow.stored)
        .join(OriginalRow, OriginalRow.id == SubmissionRow.original_id)
        .where(*conditions)
        .order_by(SubmissionRow.id)
    )
    rows = connection.execute(query).all()
    found = _findings(connection, conditions) if rows else {}
    return tuple(_submission(row, found.get(row.id, ()), as_decided) for row in rows)


def _findings(connection: Connection, conditions: Iterable[ColumnElement[bool]]) -> dict[int, tuple[Finding, ...]]:
    query = (
        select(FindingRow.__table__)
        .join(SubmissionRow, SubmissionRow.id == FindingRow.submission_id)
        .where(*conditions)
        .order_by(FindingRow.submission_id, FindingRow.position)
    )
    found: dict[int, list[Finding]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.submission_id].append(_finding(row))
    return {submission_id: tuple(each) for submission_id, each in found.items()}


def _finding(row: Row[Any]) -> Finding:
    return Finding(
        code=row.code,
        severity=row.severity,
        text=row.text,
        remedy=row.remedy,
        sheet=row.sheet,
        cells=row.cells,
        measure=row.measure,
        value=row.value,
        expected=row.expected,
    )


def _submission(row: Row[Any], findings: tuple[Finding, ...], as_decided: bool) -> Submission:
    return Submission(
        id=row.id,
        plan=row.plan,
        unit=row.unit or None,
        kind=row.kind or None,
        period=row.period or None,
        version=row.version,
        state=row.verdict if as_decided else row.state,
        sha256=row.sha256,
        path=row.path,
        stored=row.stored,
        received_at=row.received_at,
        decided_at=row.decided_at,
        nil=row.nil,
        findings=findings,
        sheet=row.sheet,
    )
