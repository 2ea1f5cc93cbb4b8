"""Whether the process that claimed a chunk or a letter is still running.

Belongs here: registering this process, and asking about another. Does not belong here: what follows when a process has
ended (`chunk_claims`, `outbox`), the name of a process (`sending_process`).

On PostgreSQL a process holds an advisory lock under its name on a connection of its own. The lock ends with the
connection, whether the program ended, was killed or lost power; no clock is involved. SQLite serves one machine, so
there the operating system is asked.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import threading

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from tasks.store.engine import engine_for, lock_key, reading, translate_errors
from tasks.store.sending_process import is_dead, this_process

# A machine that loses power closes no connection: the server notices after at most a minute (30 s + 3 × 10 s).
_KEEPALIVE = (
    "SET tcp_keepalives_idle = 30",
    "SET tcp_keepalives_interval = 10",
    "SET tcp_keepalives_count = 3",
    "SET idle_session_timeout = 0",
)
_one_at_a_time = threading.Lock()
_locks: dict[str, Connection] = {}
_inherited: list[Connection] = []


def register_presence(url: str) -> str:
    """Register this process and return its name for the ledger; `has_ended` then tells others when it has ended."""
    name = this_process()
    if _is_shared(url):
        with _one_at_a_time, translate_errors():
            if url not in _locks or not _is_alive(_locks[url]):
                _locks[url] = _hold_lock(url, name)
    return name


def has_ended(url: str, name: str) -> bool:
    """Whether the process registered in this ledger under that name has ended."""
    if not _is_shared(url):
        return is_dead(name)
    with reading(url) as connection:
        free = connection.execute(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _key(name)}).scalar_one()
    return bool(free)


def _is_shared(url: str) -> bool:
    return engine_for(url).dialect.name == "postgresql"


def _key(name: str) -> int:
    return lock_key(f"presence:{name}")


def _hold_lock(url: str, name: str) -> Connection:
    connection = engine_for(url).execution_options(isolation_level="AUTOCOMMIT").connect()
    for statement in _KEEPALIVE:
        connection.execute(text(statement))
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _key(name)})
    return connection


def _is_alive(connection: Connection) -> bool:
    try:
        connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        with contextlib.suppress(SQLAlchemyError):
            connection.invalidate()
            connection.close()
        return False
    return True


def _leave_to_parent() -> None:
    # Kept reachable, because collecting them would release the parent's lock.
    _inherited.extend(_locks.values())
    _locks.clear()


def _release() -> None:
    for connection in _locks.values():
        with contextlib.suppress(SQLAlchemyError):
            connection.close()
    _locks.clear()


os.register_at_fork(after_in_child=_leave_to_parent)
atexit.register(_release)
