"""What was in force when a submission was decided, and how the submission differs from it, measure by measure.

Belongs here: that comparison, made on demand from the rows every accepted version keeps. In which words it is said is the
answer's business (`tasks/reply`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, tuple_

from tasks.model.submission import Change, PreviousVersion, Submission
from tasks.store.engine import in_batches, reading
from tasks.store.schema.submission_tables import OriginalRow, ProgressRecord, SubmissionRow

COMPARED = (
    "cumulative", "status", "progress", "problems", "coordination", "coordination_unit", "next_steps", "highlights",
    "expected", "explanation",
)  # fmt: skip

_Key = tuple[str, str, str]
_Cells = dict[tuple[str, str], dict[str, str]]


@dataclass(frozen=True, slots=True)
class _Version:
    id: int
    number: int
    path: str
    received_at: Any


def load_previous_versions(url: str, submissions: Sequence[Submission]) -> dict[int, PreviousVersion]:
    """For each submission that belongs to a duty: the version in force right before it was decided, and the changes.

    Of one plan. By the submission's id; those before which nothing was in force are left out. As of the decision, so
    that an answer given late is the one it would have had. Only accepted versions keep rows, so only they have changes.
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


def _key(submission: Submission) -> _Key:
    return (submission.unit or "", submission.kind or "", submission.period or "")


def _accepted(connection: Connection, plan: str, keys: Iterable[_Key]) -> dict[_Key, list[_Version]]:
    """Every version ever accepted of these duties, in the order decided."""
    columns = (SubmissionRow.unit, SubmissionRow.kind, SubmissionRow.period)
    found: dict[_Key, list[_Version]] = {}
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
    """The accepted version that counted before this one was decided: the last received of those decided earlier."""
    earlier = [each for each in versions if each.id < submission.id]
    return max(earlier, key=lambda each: (each.received_at, each.id), default=None)


def _rows(connection: Connection, ids: Iterable[int]) -> dict[int, _Cells]:
    """What each submission says, by measure and metric."""
    found: dict[int, _Cells] = {}
    for batch in in_batches(sorted(ids)):
        query = (
            select(ProgressRecord.__table__)
            .where(ProgressRecord.submission_id.in_(batch))
            .order_by(ProgressRecord.submission_id, ProgressRecord.position)
        )
        for row in connection.execute(query):
            said = {field: _text(getattr(row, field)) for field in COMPARED}
            found.setdefault(row.submission_id, {})[row.measure, row.metric] = said
    return found


def _text(value: object) -> str:
    return f"{value:.12g}" if isinstance(value, float) else str(value or "").strip()


def _changes(before: _Cells, after: _Cells) -> Iterable[Change]:
    for measure, metric in dict.fromkeys([*after, *before]):
        old, new = before.get((measure, metric), {}), after.get((measure, metric), {})
        for field in COMPARED:
            if old.get(field, "") != new.get(field, ""):
                yield Change(measure, metric, field, old.get(field, ""), new.get(field, ""))
