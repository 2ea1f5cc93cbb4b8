"""The version in force before a submission was decided, and the changes against it, measure by measure.

The comparison is made on demand from the rows that every accepted version keeps. Does not belong here: how the changes
are worded (`tasks/reply`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, tuple_

from tasks.model.submission import Change, PreviousVersion, Submission
from tasks.store.engine import in_batches, reading
from tasks.store.schema.submission_tables import OriginalRow, ProgressRecord, SubmissionRow
from tasks.store.versioning import VersionedDuty

_COMPARED = (
    "cumulative", "status", "progress", "problems", "coordination", "coordination_unit", "next_steps", "highlights",
    "expected", "explanation",
)  # fmt: skip

_Cells = dict[tuple[str, str], dict[str, str]]


@dataclass(frozen=True, slots=True)
class _Version:
    id: int
    number: int
    path: str
    received_at: Any


def load_previous_versions(url: str, submissions: Sequence[Submission]) -> dict[int, PreviousVersion]:
    """By submission id: the version in force right before the submission was decided, and the changes against it.

    All submissions belong to one plan; those without a previous version are left out. Computed as of the decision, so
    that a late reply says the same as a prompt one. Only accepted versions keep rows, so only they have changes.
    """
    known = [each for each in submissions if each.unit and each.kind and each.period and each.version > 1]
    if not known:
        return {}
    with reading(url) as connection:
        accepted = _accepted(connection, known[0].plan, {_key(each) for each in known})
        pairs = [(each, before) for each in known if (before := _in_force(accepted.get(_key(each), ()), each))]
        with_rows = {each.id for versions in accepted.values() for each in versions}
        rows = _rows(
            connection, {id_ for each, before in pairs if each.id in with_rows for id_ in (each.id, before.id)}
        )
    found = {}
    for each, before in pairs:
        changes = _changes(rows[before.id], rows[each.id]) if {each.id, before.id} <= rows.keys() else ()
        found[each.id] = PreviousVersion(before.number, before.path, before.received_at, tuple(changes))
    return found


def _key(submission: Submission) -> VersionedDuty:
    return (submission.unit or "", submission.kind or "", submission.period or "")


def _accepted(connection: Connection, plan: str, keys: Iterable[VersionedDuty]) -> dict[VersionedDuty, list[_Version]]:
    """All versions ever accepted of these duties, in the order decided."""
    columns = (SubmissionRow.unit, SubmissionRow.kind, SubmissionRow.period)
    found: dict[VersionedDuty, list[_Version]] = {}
    for batch in in_batches(sorted(keys)):
        query = (
            select(*columns, SubmissionRow.id, SubmissionRow.version, OriginalRow.path, SubmissionRow.received_at)
            .join(OriginalRow, OriginalRow.id == SubmissionRow.original_id)
            .where(SubmissionRow.plan == plan, SubmissionRow.verdict == "accepted", tuple_(*columns).in_(batch))
            .order_by(SubmissionRow.id)
        )
        for row in connection.execute(query):
            version = _Version(row.id, row.version, row.path, row.received_at)
            found.setdefault((row.unit, row.kind, row.period), []).append(version)
    return found


def _in_force(versions: Iterable[_Version], submission: Submission) -> _Version | None:
    """Of the versions accepted before this submission was decided, the one received last."""
    earlier = [each for each in versions if each.id < submission.id]
    return max(earlier, key=lambda each: (each.received_at, each.id), default=None)


def _rows(connection: Connection, ids: Iterable[int]) -> dict[int, _Cells]:
    """The compared cells of each submission by measure and metric."""
    found: dict[int, _Cells] = {}
    for batch in in_batches(sorted(ids)):
        query = (
            select(ProgressRecord.__table__)
            .where(ProgressRecord.submission_id.in_(batch))
            .order_by(ProgressRecord.submission_id, ProgressRecord.position)
        )
        for row in connection.execute(query):
            cells = {field: _text(getattr(row, field)) for field in _COMPARED}
            found.setdefault(row.submission_id, {})[row.measure, row.metric] = cells
    return found


def _text(value: object) -> str:
    return f"{value:.12g}" if isinstance(value, float) else str(value or "").strip()


def _changes(before: _Cells, after: _Cells) -> Iterable[Change]:
    for measure, metric in dict.fromkeys([*after, *before]):
        old, new = before.get((measure, metric), {}), after.get((measure, metric), {})
        for field in _COMPARED:
            if old.get(field, "") != new.get(field, ""):
                yield Change(measure, metric, field, old.get(field, ""), new.get(field, ""))
