"""Check without SQLAlchemy whether the ledger has work for a pass, and which files it knows.

Belongs here: plain SQL that both databases accept. Anything unusual (no ledger yet, another revision, a busy or missing
database) gives no result: the caller then runs the full pass, which reports what is wrong.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from tasks.model.seen_files import SeenFiles
from tasks.store.ledger_location import HEAD, is_sqlite, sqlite_path
from tasks.store.packed_text import unpack_text

_VERSION = "SELECT version_num FROM alembic_version"
_WAITING = (
    "SELECT 1 FROM original WHERE plan = {mark} AND NOT settled LIMIT 1",
    "SELECT 1 FROM submission WHERE plan = {mark} AND replied_at IS NULL LIMIT 1",
    "SELECT 1 FROM letter WHERE plan = {mark} AND state NOT IN ('sent', 'refused', 'withdrawn') LIMIT 1",
)
_KNOWN = "SELECT path, size_bytes, mtime_ns FROM place WHERE plan = {mark}"
_HEAD = "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class IdleLedger:
    """A ledger without work for a plan.

    `known` are the files of the share as last seen; `head` is (seq, hash) of the last audit entry, None without one.
    """

    known: SeenFiles
    head: tuple[int, str] | None


def read_if_idle(url: str, plan: str) -> IdleLedger | None:
    """The ledger if nothing waits; None if a file, a reply or a letter of the plan waits, or if the check fails."""
    try:
        if is_sqlite(url):
            with closing(sqlite3.connect(f"{sqlite_path(url).absolute().as_uri()}?mode=ro", uri=True)) as connection:
                return _read(connection, plan, "?")
        with _postgresql(url) as connection:
            return _read(connection, plan, "%s")
    except Exception:  # Any error of any driver: the full pass reports what is wrong.
        return None


@contextmanager
def _postgresql(url: str) -> Iterator[Any]:
    import psycopg

    with psycopg.connect("postgresql" + url[url.index("://") :], connect_timeout=10) as connection:
        yield connection


def _read(connection: Any, plan: str, mark: str) -> IdleLedger | None:
    if connection.execute(_VERSION).fetchone() != (HEAD,):
        return None
    if any(connection.execute(query.format(mark=mark), (plan,)).fetchone() for query in _WAITING):
        return None
    known = SeenFiles(
        (unpack_text(path), *size_and_time)
        for path, *size_and_time in connection.execute(_KNOWN.format(mark=mark), (plan,))
    )
    head = connection.execute(_HEAD).fetchone()
    return IdleLedger(known, tuple(head) if head else None)
