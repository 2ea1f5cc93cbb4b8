"""Record verdicts: one transaction per chunk, all or nothing, repeatable.

Belongs here: the writes that follow a decision. Does not belong here: the decision (`versioning`), reading the ledger
(`submissions`, `accepted_rows`).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from config.calendar import Period
from tasks.caching import no_cycle_collection
from tasks.model.submission import Submission, Verdict
from tasks.store.bulk_insert import insert_rows
from tasks.store.compare_versions import Comparison, add_comparison
from tasks.store.engine import in_batches, writing
from tasks.store.originals import arrival_order, ensure_originals, file_key, settle_originals
from tasks.store.schema.base import Base
from tasks.store.schema.columns import OFFICE_ZONE
from tasks.store.schema.submission_tables import (
    ContactRow,
    FindingRow,
    OriginalRow,
    ProgressRecord,
    SightingRow,
    SubmissionRow,
)
from tasks.store.submissions import submissions_of_originals
from tasks.store.versioning import (
    Arrival,
    KnownVersion,
    KnownVersions,
    VersionDecision,
    decide_versions,
    duty_key,
    sender_of,
)

_OWN = ("submission_id", "position")


def _names(model: type[Base], *own: str) -> tuple[str, ...]:
    """The columns of a table that are fields of the stored value with the same names."""
    return tuple(each.name for each in model.__table__.columns if each.name not in (*_OWN, *own))


_ROW_FIELDS, _FINDING_FIELDS = _names(ProgressRecord), _names(FindingRow, "cells")
_CONTACT_FIELDS = _names(ContactRow, "valid_from")
_ROW_COLUMNS, _FINDING_COLUMNS = (*_OWN, *_ROW_FIELDS), (*_OWN, "cells", *_FINDING_FIELDS)
_CONTACT_COLUMNS = (*_OWN, "valid_from", *_CONTACT_FIELDS)
_row_values, _finding_values = attrgetter(*_ROW_FIELDS), attrgetter(*_FINDING_FIELDS)
_contact_values = attrgetter(*_CONTACT_FIELDS)


@no_cycle_collection()
def write_verdicts(
    url: str, verdicts: Sequence[Verdict], now: dt.datetime, by: Comparison | None = None
) -> tuple[Submission, ...]:
    """Record one chunk of verdicts of one plan in one transaction; returns its submissions, oldest first.

    Safe to repeat and to run in two processes at once: an original that has a verdict keeps it.
    All verdicts on one original belong in one chunk. Chunks must be recorded in the order of `claim_pending_originals`.
    The same bytes found again for the same duty become a sighting: no version, and not returned.
    `by` compares new versions with the figures in force; it adds hints and changes no verdict.
    The returned states are those decided (see `load_unanswered`). Raises ValueError if the chunk mixes plans.
    """
    plans = {verdict.reading.original.plan for verdict in verdicts}
    if len(plans) > 1:
        raise ValueError(f"one chunk, one plan: {sorted(plans)}")
    if not plans:
        return ()
    plan = plans.pop()
    with writing(url, plan) as connection:
        on_record = ensure_originals(connection, plan, [verdict.reading.original for verdict in verdicts])
        settled = [id_ for id_, is_settled in on_record.values() if is_settled]
        arrivals = _arrivals(verdicts, {key: id_ for key, (id_, is_settled) in on_record.items() if not is_settled})
        known = _load_known(connection, plan, arrivals)
        in_force_before = list(known.in_force.values())
        decisions: Sequence[VersionDecision] = decide_versions(arrivals, known)
        if by is not None:
            decisions = add_comparison(connection, plan, decisions, by)
        _supersede(connection, in_force_before)
        new = _insert(connection, plan, [decision for decision in decisions if not decision.is_sighting], now)
        _link_superseded(connection, [*in_force_before, *(decision.version for decision in decisions)])
        _insert_sightings(connection, decisions)
        settle_originals(connection, {arrival.original_id for arrival in arrivals})
        earlier = submissions_of_originals(connection, settled)
    return tuple(sorted((*earlier, *new), key=lambda submission: submission.id))


def _arrivals(verdicts: Iterable[Verdict], unsettled: dict[tuple[str, str], int]) -> list[Arrival]:
    """The verdicts on unsettled originals, oldest first; parts are numbered in the order given."""
    parts: Counter[int] = Counter()
    arrivals = []
    for verdict in sorted(verdicts, key=lambda each: arrival_order(each.reading.original)):
        original_id = unsettled.get(file_key(verdict.reading.original))
        if original_id is not None:
            arrivals.append(Arrival(original_id, parts[original_id], verdict))
            parts[original_id] += 1
    return arrivals


def _load_known(connection: Connection, plan: str, arrivals: Sequence[Arrival]) -> KnownVersions:
    """The stored versions with the duties or the bytes of these arrivals: grows with the chunk, not with the ledger."""
    known = KnownVersions()
    for batch in in_batches({duty_key(arrival.verdict) for arrival in arrivals}):
        of_these = (
            SubmissionRow.plan == plan,
            SubmissionRow.unit.in_({unit for unit, _, _ in batch}),
            SubmissionRow.kind.in_({kind for _, kind, _ in batch}),
            SubmissionRow.period.in_({period for _, _, period in batch}),
        )
        key = (SubmissionRow.unit, SubmissionRow.kind, SubmissionRow.period)
        highest = select(*key, func.max(SubmissionRow.version)).where(*of_these).group_by(*key)
        known.versions.update({(unit, kind, period): top for unit, kind, period, top in connection.execute(highest)})
        accepted = _versions(connection, SubmissionRow.state == "accepted", *of_these)
        known.in_force.update({version.key: version for version in accepted})
    for digests in in_batches({arrival.verdict.reading.original.sha256 for arrival in arrivals}):
        for version in _versions(connection, OriginalRow.plan == plan, OriginalRow.sha256.in_(digests)):
            known.add(version)
    return known


def _versions(connection: Connection, *conditions: Any) -> list[KnownVersion]:
    query = (
        select(SubmissionRow.__table__, OriginalRow.sha256)
        .join(OriginalRow, OriginalRow.id == SubmissionRow.original_id)
        .where(*conditions)
        .order_by(SubmissionRow.id)
    )
    return [
        KnownVersion(
            id=row.id,
            key=(row.unit, row.kind, row.period),
            sender=row.sender,
            sha256=row.sha256,
            original_id=row.original_id,
            number=row.version,
            verdict=row.verdict,
            state=row.state,
            received_at=row.received_at,
        )
        for row in connection.execute(query)
    ]


def _supersede(connection: Connection, in_force_before: Iterable[KnownVersion]) -> None:
    """Mark superseded versions before their successors are inserted: a unique index allows one accepted version."""
    ids = [version.id for version in in_force_before if version.state == "superseded"]
    for batch in in_batches(ids):
        connection.execute(update(SubmissionRow).where(SubmissionRow.id.in_(batch)).values(state="superseded"))


def _insert(
    connection: Connection, plan: str, decisions: Sequence[VersionDecision], now: dt.datetime
) -> list[Submission]:
    """Insert new submissions with their findings, rows and contacts; sets the ids of the versions."""
    if not decisions:
        return []
    columns = [_columns(plan, decision, now) for decision in decisions]
    insert_rows(connection, SubmissionRow, tuple(columns[0]), (tuple(each.values()) for each in columns))
    ids = _ids_of(connection, decisions)
    for decision in decisions:
        decision.version.id = ids[decision.arrival.original_id, decision.arrival.part]
    valid_from = now.astimezone(OFFICE_ZONE).date()
    contacts = (row for decision in decisions for row in _contacts(decision, valid_from))
    insert_rows(
        connection, FindingRow, _FINDING_COLUMNS, (row for decision in decisions for row in _findings(decision))
    )
    insert_rows(connection, ProgressRecord, _ROW_COLUMNS, (row for decision in decisions for row in _rows(decision)))
    insert_rows(connection, ContactRow, _CONTACT_COLUMNS, contacts)
    decided = now.astimezone(OFFICE_ZONE)
    return [_submission(plan, decision, decided) for decision in decisions]


def _ids_of(connection: Connection, decisions: Iterable[VersionDecision]) -> dict[tuple[int, int], int]:
    """(original id, part) -> id of the submission just inserted. To return ids SQLite would insert row by row."""
    ids: dict[tuple[int, int], int] = {}
    for batch in in_batches({decision.arrival.original_id for decision in decisions}):
        query = select(SubmissionRow.original_id, SubmissionRow.part, SubmissionRow.id)
        found = connection.execute(query.where(SubmissionRow.original_id.in_(batch)))
        ids.update({(original_id, part): id_ for original_id, part, id_ in found})
    return ids


def _columns(plan: str, decision: VersionDecision, now: dt.datetime) -> dict[str, object]:
    version, verdict, reading = decision.version, decision.arrival.verdict, decision.arrival.verdict.reading
    unit, kind, period = version.key
    start, end = _span(period)
    until, reason = verdict.extension or (None, None)
    return {
        "original_id": version.original_id,
        "part": decision.arrival.part,
        "plan": plan,
        "unit": unit,
        "sender": sender_of(verdict),
        "kind": kind,
        "period": period,
        "period_start": start,
        "period_end": end,
        "version": version.number,
        "verdict": version.verdict,
        "state": version.state,
        "received_at": version.received_at,
        "decided_at": now,
        "nil": verdict.nil,
        "extend_to": until,
        "extend_reason": reason,
        "identified_by": reading.identified_by,
        "template": reading.template,
        "format": reading.format,
        "sheet": reading.sheet,
        "repairs": verdict.repairs,
    }


@lru_cache(maxsize=1024)
def _span(period: str) -> tuple[dt.date | None, dt.date | None]:
    """First and last day of a period; (None, None) for an unknown one."""
    try:
        parsed = Period.parse(period)
    except ValueError:
        return (None, None)
    return (parsed.start, parsed.end)


def _findings(decision: VersionDecision) -> Iterable[tuple[Any, ...]]:
    for position, finding in enumerate(decision.arrival.verdict.findings):
        yield (decision.version.id, position, finding.cells, *_finding_values(finding))


def _rows(decision: VersionDecision) -> Iterable[tuple[Any, ...]]:
    for position, row in enumerate(decision.arrival.verdict.rows):
        yield (decision.version.id, position, *_row_values(row))


def _contacts(decision: VersionDecision, valid_from: dt.date) -> Iterable[tuple[Any, ...]]:
    """The contacts of an accepted roster; rosters in other states have no valid contacts."""
    if decision.version.verdict != "accepted":
        return
    for position, contact in enumerate(decision.arrival.verdict.contacts):
        yield (decision.version.id, position, valid_from, *_contact_values(contact))


def _link_superseded(connection: Connection, versions: Iterable[KnownVersion]) -> None:
    links = {version.id: version.superseded_by.id for version in versions if version.superseded_by}
    if links:
        statement = update(SubmissionRow).where(SubmissionRow.id == bindparam("older"))
        statement = statement.values(superseded_by=bindparam("newer"))
        connection.execute(statement, [{"older": older, "newer": newer} for older, newer in links.items()])


def _insert_sightings(connection: Connection, decisions: Iterable[VersionDecision]) -> None:
    pairs = {(decision.arrival.original_id, decision.version.id) for decision in decisions if decision.is_sighting}
    insert_rows(connection, SightingRow, ("original_id", "submission_id"), pairs)


def _submission(plan: str, decision: VersionDecision, decided: dt.datetime) -> Submission:
    version, verdict = decision.version, decision.arrival.verdict
    original = verdict.reading.original
    return Submission(
        id=version.id,
        plan=plan,
        unit=verdict.reading.unit,
        kind=verdict.reading.kind,
        period=verdict.reading.period,
        version=version.number,
        state=version.verdict,
        sha256=original.sha256,
        path=original.path,
        stored=original.stored,
        received_at=original.received_at.astimezone(OFFICE_ZONE),
        decided_at=decided,
        nil=verdict.nil,
        findings=verdict.findings,
        sheet=verdict.reading.sheet,
    )
