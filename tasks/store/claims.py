"""Originals: which files of the share are known, and which still wait for a verdict.

Belongs here: `place` and `original` rows. Does not belong here: verdicts (`verdicts`), or files themselves.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from tasks.places import Places
from tasks.shapes import Original
from tasks.store.engine import in_batches, reading, writing
from tasks.store.models import OriginalRow, PlaceRow
from tasks.store.texts import pack

FileKey = tuple[str, str]
_PART = 1000


def known_files(url: str, plan: str) -> Places:
    """What lies where in the share, as last seen."""
    query = select(PlaceRow.path, PlaceRow.size_bytes, PlaceRow.mtime_ns).where(PlaceRow.plan == plan)
    with reading(url) as connection:
        rows = connection.execute(query, execution_options={"yield_per": _PART})
        return Places((path, size_bytes, mtime_ns) for path, size_bytes, mtime_ns in rows)


def enter_originals(url: str, originals: Sequence[Original], now: dt.datetime, plan: str) -> None:
    """Record originals of one plan and where they lie, all or none. Doing it again changes nothing."""
    if not originals:
        return
    with writing(url, plan) as connection:
        # In parts, so that what is laid out for the database does not grow with the number of files.
        for part in in_batches(originals):
            ensure_originals(connection, plan, part)
            _note_places(connection, plan, part, now)


def arrival_order(original: Original) -> tuple[dt.datetime, int, str]:
    """Oldest first; the same wherever it is asked, so that versions do not depend on who counts them."""
    return (original.received_at, original.mtime_ns, original.path)


def file_key(original: Original) -> FileKey:
    """(sha256, key of the path): what tells an original within its plan."""
    return (original.sha256, path_key(original.path))


def path_key(path: str) -> str:
    """A path's key: its sha256, because a path may be longer than an index takes."""
    return hashlib.sha256(pack(path).encode()).hexdigest()


def ensure_originals(
    connection: Connection, plan: str, originals: Iterable[Original]
) -> dict[FileKey, tuple[int, bool]]:
    """Insert the originals that are not on record; returns (id, settled) of each of the given ones by `file_key`."""
    given = {file_key(original): original for original in originals}
    on_record = _find(connection, plan, given)
    new = [_columns(plan, key, original) for key, original in given.items() if key not in on_record]
    if new:
        connection.execute(insert(OriginalRow), new)
        on_record = _find(connection, plan, given)
    return on_record


def settle(connection: Connection, original_ids: Iterable[int]) -> None:
    """Mark originals as having their verdict."""
    for batch in in_batches(original_ids):
        connection.execute(update(OriginalRow).where(OriginalRow.id.in_(batch)).values(settled=True))


def original_of(row: Row[Any]) -> Original:
    """The value of one `original` row."""
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
        # One file may lie at very many places: only those asked for are of interest.
        found.update({(sha256, key): (id_, settled) for id_, sha256, key, settled in rows if (sha256, key) in keys})
    return found


def _columns(plan: str, key: FileKey, original: Original) -> dict[str, object]:
    return {
        "plan": plan,
        "sha256": original.sha256,
        "path_key": key[1],
        "path": original.path,
        "folder_unit": original.folder_unit,
        "size_bytes": original.size_bytes,
        "mtime_ns": original.mtime_ns,
        "received_at": original.received_at,
        "stored": original.stored,
        "settled": False,
    }


def _note_places(connection: Connection, plan: str, originals: Iterable[Original], now: dt.datetime) -> None:
    """Record what lies at each path now, so that the next pass need not open it."""
    lies = {path_key(original.path): original for original in originals}
    before: set[str] = set()
    for batch in in_batches(lies):
        query = select(PlaceRow.path_key).where(PlaceRow.plan == plan, PlaceRow.path_key.in_(batch))
        before.update(connection.execute(query).scalars())
    rows = [
        {
            "b_key": key,
            "plan": plan,
            "path_key": key,
            "path": original.path,
            "size_bytes": original.size_bytes,
            "mtime_ns": original.mtime_ns,
            "seen_at": now,
        }
        for key, original in lies.items()
    ]
    if new := [row for row in rows if row["path_key"] not in before]:
        connection.execute(insert(PlaceRow), [{name: row[name] for name in row if name != "b_key"} for row in new])
    if moved := [row for row in rows if row["path_key"] in before]:
        statement = (
            update(PlaceRow)
            .where(PlaceRow.plan == plan, PlaceRow.path_key == bindparam("b_key"))
            .values(size_bytes=bindparam("size_bytes"), mtime_ns=bindparam("mtime_ns"), seen_at=bindparam("seen_at"))
        )
        connection.execute(statement, moved)
