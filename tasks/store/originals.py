"""Originals and the paths of the share where they were found: rows of `place` and `original`.

Does not belong here: which originals still need a verdict (`pending`), verdicts (`record_verdicts`), the files.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from tasks.model.seen_files import SeenFiles
from tasks.model.submission import Original
from tasks.store.bulk_insert import insert_rows
from tasks.store.engine import in_batches, reading, writing
from tasks.store.packed_text import pack_text
from tasks.store.schema.submission_tables import OriginalRow, PlaceRow

FileKey = tuple[str, str]
_FETCH_SIZE = 1000


def load_known_files(url: str, plan: str) -> SeenFiles:
    """The files of the share as last seen, so that unchanged ones are not opened again."""
    query = select(PlaceRow.path, PlaceRow.size_bytes, PlaceRow.mtime_ns).where(PlaceRow.plan == plan)
    with reading(url) as connection:
        rows = connection.execute(query, execution_options={"yield_per": _FETCH_SIZE})
        return SeenFiles((path, size_bytes, mtime_ns) for path, size_bytes, mtime_ns in rows)


def record_originals(url: str, originals: Sequence[Original], now: dt.datetime, plan: str) -> None:
    """Record originals of one plan and their paths, all or nothing. Safe to repeat."""
    if not originals:
        return
    with writing(url, plan) as connection:
        # In batches, so that memory does not grow with the number of files.
        for batch in in_batches(originals):
            _insert_new(connection, plan, {file_key(original): original for original in batch})
            _record_places(connection, plan, batch, now)


def arrival_order(original: Original) -> tuple[dt.datetime, int, str]:
    """Sort key, oldest first. `pending` sorts alike in SQL, so that version numbers never depend on the caller."""
    return (original.received_at, original.mtime_ns, original.path)


def file_key(original: Original) -> FileKey:
    """(sha256, path_key): identifies an original within its plan."""
    return (original.sha256, path_key(original.path))


def path_key(path: str) -> str:
    """The sha256 of a path, because a path may be longer than an index allows."""
    return hashlib.sha256(pack_text(path).encode()).hexdigest()


def ensure_originals(
    connection: Connection, plan: str, originals: Iterable[Original]
) -> dict[FileKey, tuple[int, bool]]:
    """Insert the originals that are not on record; returns (id, settled) of all given ones by `file_key`."""
    given = {file_key(original): original for original in originals}
    on_record = _insert_new(connection, plan, given)
    return on_record if len(on_record) == len(given) else _find(connection, plan, given)


def _insert_new(
    connection: Connection, plan: str, given: Mapping[FileKey, Original]
) -> dict[FileKey, tuple[int, bool]]:
    """Insert the originals that are not on record; returns (id, settled) of those that were already."""
    on_record = _find(connection, plan, given)
    new = [_values(plan, key, original) for key, original in given.items() if key not in on_record]
    insert_rows(connection, OriginalRow, _COLUMNS, new)
    return on_record


def settle_originals(connection: Connection, original_ids: Iterable[int]) -> None:
    """Mark originals as having their verdict."""
    for batch in in_batches(original_ids):
        connection.execute(update(OriginalRow).where(OriginalRow.id.in_(batch)).values(settled=True))


def original_of(row: Row[Any]) -> Original:
    """The value stored in one row of `original`."""
    return Original(
        plan=row.plan,
        sha256=row.sha256,
        path=row.path,
        folder_unit=row.folder_unit,
        size_bytes=row.size_bytes,
        mtime_ns=row.mtime_ns,
        received_at=row.received_at,
        stored=row.stored,
    )


def _find(connection: Connection, plan: str, wanted: Iterable[FileKey]) -> dict[FileKey, tuple[int, bool]]:
    keys = set(wanted)
    query = select(OriginalRow.id, OriginalRow.sha256, OriginalRow.path_key, OriginalRow.settled)
    found = {}
    for batch in in_batches({sha256 for sha256, _ in keys}):
        rows = connection.execute(query.where(OriginalRow.plan == plan, OriginalRow.sha256.in_(batch)))
        # The same bytes may lie at very many paths: keep only the wanted ones.
        found.update({(sha256, key): (id_, settled) for id_, sha256, key, settled in rows if (sha256, key) in keys})
    return found


_COLUMNS = (
    *("plan", "sha256", "path_key", "path", "folder_unit"),
    *("size_bytes", "mtime_ns", "received_at", "stored", "settled"),
)


def _values(plan: str, key: FileKey, original: Original) -> tuple[object, ...]:
    return (
        plan,
        *key,
        original.path,
        original.folder_unit,
        original.size_bytes,
        original.mtime_ns,
        original.received_at,
        original.stored,
        False,
    )


def _record_places(connection: Connection, plan: str, originals: Iterable[Original], now: dt.datetime) -> None:
    """Record the file at each path, so that the next pass need not open it."""
    by_key = {path_key(original.path): original for original in originals}
    before: set[str] = set()
    for batch in in_batches(by_key):
        query = select(PlaceRow.path_key).where(PlaceRow.plan == plan, PlaceRow.path_key.in_(batch))
        before.update(connection.execute(query).scalars())
    new = [
        (plan, key, original.path, original.size_bytes, original.mtime_ns, now)
        for key, original in by_key.items()
        if key not in before
    ]
    insert_rows(connection, PlaceRow, _PLACE_COLUMNS, new)
    if moved := [
        {"b_key": key, "size_bytes": by_key[key].size_bytes, "mtime_ns": by_key[key].mtime_ns, "seen_at": now}
        for key in before
    ]:
        statement = (
            update(PlaceRow)
            .where(PlaceRow.plan == plan, PlaceRow.path_key == bindparam("b_key"))
            .values(size_bytes=bindparam("size_bytes"), mtime_ns=bindparam("mtime_ns"), seen_at=bindparam("seen_at"))
        )
        connection.execute(statement, moved)


_PLACE_COLUMNS = ("plan", "path_key", "path", "size_bytes", "mtime_ns", "seen_at")
