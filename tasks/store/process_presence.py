"""Which processes still live, as far as the ledger can tell: whoever holds a chunk of files or a letter.

Belongs here: signing with a name whose end others notice, and asking about such a name. What follows from an end is
the business of `holding` and `outbox`.

On PostgreSQL the sign is an advisory lock under the process's name, held by a connection of its own: it goes when the
connection goes, whether the program ended, was killed or its machine lost power, and no clock has a say. On SQLite,
which serves one machine, the system's own list of processes is asked.
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

# A machine that lost power says no goodbye: the server asks after a minute at the latest (30 s + 3 × 10 s).
_NOTICE = (
    "SET tcp_keepalives_idle = 30",
    "SET tcp_keepalives_interval = 10",
    "SET tcp_keepalives_count = 3",
    "SET idle_session_timeout = 0",
)
_one_at_a_time = threading.Lock()
_signs: dict[str, Connection] = {}
_inherited: list[Connection] = []


def register_presence(url: str) -> str:
    """The name of this process, to be written into the ledger: from now on everybody can tell when it has ended."""
    name = this_process()
    if _is_shared(url):
        with _one_at_a_time, translate_errors():
            if url not in _signs or not _still_stands(_signs[url]):
                _signs[url] = _raise_sign(url, name)
    return name


def has_ended(url: str, name: str) -> bool:
    """Whether the process of that name, which signed at this ledger, has ended."""
    if not _is_shared(url):
        return is_dead(name)
    with reading(url) as connection:
        free = connection.execute(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _key(name)}).scalar_one()
    return bool(free)


def _is_shared(url: str) -> bool:
    return engine_for(url).dialect.name == "postgresql"


def _key(name: str) -> int:
    return lock_key(f"presence:{name}")


def _raise_sign(url: str, name: str) -> Connection:
    connection = engine_for(url).execution_options(isolation_level="AUTOCOMMIT").connect()
    for statement in _NOTICE:
        connection.execute(text(statement))
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _key(name)})
    return connection


def _still_stands(connection: Connection) -> bool:
    try:
        connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        with contextlib.suppress(SQLAlchemyError):
            connection.invalidate()
            connection.close()
        return False
    return True


def _leave_to_parent() -> None:
    # Kept reachable, because collecting them would take down the parent's sign.
    _inherited.extend(_signs.values())
    _signs.clear()


def _take_down() -> None:
    for connection in _signs.values():
        with contextlib.suppress(SQLAlchemyError):
            connection.close()
    _signs.clear()


os.register_at_fork(after_in_child=_leave_to_parent)
atexit.register(_take_down)
