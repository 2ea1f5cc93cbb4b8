"""Recording what became of files: one transaction a chunk, all or nothing, any number of times.

Belongs here: the writes that follow a ruling. Does not belong here: the ruling (`ruling`), or reading the ledger
(`submissions`, `rows`).
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
from tasks.store.versioning import Arrival, KnownVersion, KnownVersions, Ruling, duty_key, rule, sender

_OWN = ("submission_id", "position")


def _names(model: type[Base], *own: str) -> tuple[str, ...]:
    """The columns of a table that a value has under the same names."""
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
    """Record one chunk of verdicts of one plan, in one transaction; returns its submissions, oldest first.

    An original that has its verdict keeps it, so recording twice, or by two processes at once, is recording once.
    All verdicts on one original belong in one chunk. Chunks must be recorded in the order of `claim_originals`.
    The same bytes found again for the same duty become a sighting: no version, and not among those returned.
    `by` holds new versions against the figures in force; it adds hints, and decides nothing.
    States are those decided (see `unanswered`). Raises ValueError if the chunk mixes plans.
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
        book = _open_book(connection, plan, arrivals)
        in_force_before = list(book.in_force.values())
        rulings: Sequence[Ruling] = rule(arrivals, book)
        if by is not None:
            rulings = add_comparison(connection, plan, rulings, by)
        _set_aside(connection, in_force_before)
        new = _insert(connection, plan, [ruling for ruling in rulings if not ruling.is_sighting], now)
        _link_superseded(connection, [*in_force_before, *(ruling.entry for ruling in rulings)])
        _insert_sightings(connection, rulings)
        settle_originals(connection, {arrival.original_id for arrival in arrivals})
        known = submissions_of_originals(connection, settled)
    return tuple(sorted((*known, *new), key=lambda submission: submission.id))


def _arrivals(verdicts: Iterable[Verdict], unsettled: dict[tuple[str, str], int]) -> list[Arrival]:
    """The verdicts on unsettled originals, oldest first, with parts counted as they were given."""
    parts: Counter[int] = Counter()
    arrivals = []
    for verdict in sorted(verdicts, key=lambda each: arrival_order(each.reading.original)):
        original_id = unsettled.get(file_key(verdict.reading.original))
        if original_id is not None:
            arrivals.append(Arrival(original_id, parts[original_id], verdict))
            parts[original_id] += 1
    return arrivals


def _open_book(connection: Connection, plan: str, arrivals: Sequence[Arrival]) -> KnownVersions:
    """What is on record of the duties and the bytes of these arrivals: bounded by the chunk, not by the ledger."""
    book = KnownVersions()
    for batch in in_batches({duty_key(arrival.verdict) for arrival in arrivals}):
        of_these = (
            SubmissionRow.plan == plan,
            SubmissionRow.unit.in_({unit for unit, _, _ in batch}),
            SubmissionRow.kind.in_({kind for _, kind, _ in batch}),
            SubmissionRow.period.in_({period for _, _, period in batch}),
        )
        key = (SubmissionRow.unit, SubmissionRow.kind, SubmissionRow.period)
        highest = select(*key, func.max(SubmissionRow.version)).where(*of_these).group_by(*key)
        book.versions.update({(unit, kind, period): top for unit, kind, period, top in connection.execute(highest)})
        counting = _entries(connection, SubmissionRow.state == "accepted", *of_these)
        book.in_force.update({entry.key: entry for entry in counting})
    for digests in in_batches({arrival.verdict.reading.original.sha256 for arrival in arrivals}):
        for entry in _entries(connection, OriginalRow.plan == plan, OriginalRow.sha256.in_(digests)):
            book.add(entry)
    return book


def _entries(connection: Connection, *conditions: Any) -> list[KnownVersion]:
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
            version=row.version,
            verdict=row.verdict,
            state=row.state,
            received_at=row.received_at,
        )
        for row in connection.execute(query)
    ]


def _set_aside(connection: Connection, in_force_before: Iterable[KnownVersion]) -> None:
    """Take superseded entries out of force before their successors come in: the database allows one at a time."""
    ids = [entry.id for entry in in_force_before if entry.state == "superseded"]
    for batch in in_batches(ids):
        connection.execute(update(SubmissionRow).where(SubmissionRow.id.in_(batch)).values(state="superseded"))


def _insert(connection: Connection, plan: str, rulings: Sequence[Ruling], now: dt.datetime) -> list[Submission]:
    """Insert new submissions with all that belongs to them; gives the entries their ids."""
    if not rulings:
        return []
    columns = [_columns(plan, ruling, now) for ruling in rulings]
    insert_rows(connection, SubmissionRow, tuple(columns[0]), (tuple(each.values()) for each in columns))
    ids = _ids_of(connection, rulings)
    for ruling in rulings:
        ruling.entry.id = ids[ruling.arrival.original_id, ruling.arrival.part]
    valid_from = now.astimezone(OFFICE_ZONE).date()
    contacts = (row for ruling in rulings for row in _contacts(ruling, valid_from))
    insert_rows(connection, FindingRow, _FINDING_COLUMNS, (row for ruling in rulings for row in _findings(ruling)))
    insert_rows(connection, ProgressRecord, _ROW_COLUMNS, (row for ruling in rulings for row in _rows(ruling)))
    insert_rows(connection, ContactRow, _CONTACT_COLUMNS, contacts)
    decided = now.astimezone(OFFICE_ZONE)
    return [_submission(plan, ruling, decided) for ruling in rulings]


def _ids_of(connection: Connection, rulings: Iterable[Ruling]) -> dict[tuple[int, int], int]:
    """(original, part) -> the submission just inserted. Asked for: SQLite would insert one by one to tell the ids."""
    ids: dict[tuple[int, int], int] = {}
    for batch in in_batches({ruling.arrival.original_id for ruling in rulings}):
        query = select(SubmissionRow.original_id, SubmissionRow.part, SubmissionRow.id)
        found = connection.execute(query.where(SubmissionRow.original_id.in_(batch)))
        ids.update({(original_id, part): id_ for original_id, part, id_ in found})
    return ids


def _columns(plan: str, ruling: Ruling, now: dt.datetime) -> dict[str, object]:
    entry, verdict, reading = ruling.entry, ruling.arrival.verdict, ruling.arrival.verdict.reading
    unit, kind, period = entry.key
    start, end = _span(period)
    until, reason = verdict.extension or (None, None)
    return {
        "original_id": entry.original_id,
        "part": ruling.arrival.part,
        "plan": plan,
        "unit": unit,
        "sender": sender(verdict),
        "kind": kind,
        "period": period,
        "period_start": start,
        "period_end": end,
        "version": entry.version,
        "verdict": entry.verdict,
        "state": entry.state,
        "received_at": entry.received_at,
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
    """First and last day of a period; None for an unknown one."""
    try:
        parsed = Period.parse(period)
    except ValueError:
        return (None, None)
    return (parsed.start, parsed.end)


def _findings(ruling: Ruling) -> Iterable[tuple[Any, ...]]:
    for position, finding in enumerate(ruling.arrival.verdict.findings):
        yield (ruling.entry.id, position, finding.cells, *_finding_values(finding))


def _rows(ruling: Ruling) -> Iterable[tuple[Any, ...]]:
    for position, row in enumerate(ruling.arrival.verdict.rows):
        yield (ruling.entry.id, position, *_row_values(row))


def _contacts(ruling: Ruling, valid_from: dt.date) -> Iterable[tuple[Any, ...]]:
    """The people of an accepted roster; those of a returned one are nobody's contacts."""
    if ruling.entry.verdict != "accepted":
        return
    for position, contact in enumerate(ruling.arrival.verdict.contacts):
        yield (ruling.entry.id, position, valid_from, *_contact_values(contact))


def _link_superseded(connection: Connection, entries: Iterable[KnownVersion]) -> None:
    links = {entry.id: entry.superseded_by.id for entry in entries if entry.superseded_by}
    if links:
        statement = update(SubmissionRow).where(SubmissionRow.id == bindparam("older"))
        statement = statement.values(superseded_by=bindparam("newer"))
        connection.execute(statement, [{"older": older, "newer": newer} for older, newer in links.items()])


def _insert_sightings(connection: Connection, rulings: Iterable[Ruling]) -> None:
    pairs = {(ruling.arrival.original_id, ruling.entry.id) for ruling in rulings if ruling.is_sighting}
    insert_rows(connection, SightingRow, ("original_id", "submission_id"), pairs)


def _submission(plan: str, ruling: Ruling, decided: dt.datetime) -> Submission:
    entry, verdict = ruling.entry, ruling.arrival.verdict
    original = verdict.reading.original
    return Submission(
        id=entry.id,
        plan=plan,
        unit=verdict.reading.unit,
        kind=verdict.reading.kind,
        period=verdict.reading.period,
        version=entry.version,
        state=entry.verdict,
        sha256=original.sha256,
        path=original.path,
        stored=original.stored,
        received_at=original.received_at.astimezone(OFFICE_ZONE),
        decided_at=decided,
        nil=verdict.nil,
        findings=verdict.findings,
        sheet=verdict.reading.sheet,
    )
