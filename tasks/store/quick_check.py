"""One look at the ledger without the database library: does anything wait, and which files are known?

Belongs here: that question, in plain SQL that both databases take. Whatever is unusual (no ledger yet, another version,
a busy or absent database) is no answer: the caller then goes the long way, which says what is wrong.
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
class Glance:
    """A ledger in which nothing of the plan waits.

    `known` is what lies in the share, as last seen; `head` the audit log's last (number, hash), None while it is empty.
    """

    known: SeenFiles
    head: tuple[int, str] | None


def glance(url: str, plan: str) -> Glance | None:
    """What one look tells; None where a file, an answer or a letter of the plan waits, or where one cannot tell."""
    try:
        if is_sqlite(url):
            with closing(sqlite3.connect(f"{sqlite_path(url).absolute().as_uri()}?mode=ro", uri=True)) as connection:
                return _seen(connection, plan, "?")
        with _postgresql(url) as connection:
            return _seen(connection, plan, "%s")
    except Exception:  # Of any driver: nothing is decided here, and the long way says what is wrong.
        return None


@contextmanager
def _postgresql(url: str) -> Iterator[Any]:
    import psycopg

    with psycopg.connect("postgresql" + url[url.index("://") :], connect_timeout=10) as connection:
        yield connection


def _seen(connection: Any, plan: str, mark: str) -> Glance | None:
    if connection.execute(_VERSION).fetchone() != (HEAD,):
        return None
    if any(connection.execute(query.format(mark=mark), (plan,)).fetchone() for query in _WAITING):
        return None
    known = SeenFiles(
        (unpack_text(path), *seen) for path, *seen in connection.execute(_KNOWN.format(mark=mark), (plan,))
    )
    head = connection.execute(_HEAD).fetchone()
    return Glance(known, tuple(head) if head else None)
