"""Engines and transactions: one engine per URL and process, one way to read, one way to write.

Belongs here: what differs between SQLite and PostgreSQL, and the translation of database errors.
Does not belong here: tables and queries.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError

from tasks.errors import InputError, LianxiError, PipelineError, RetryableError
from tasks.store.ledger_location import sqlite_path

_BUSY_SECONDS = 30
_NOT_BUILT = "数据库尚未建好或版本过旧，请先升级数据库"
_UNREACHABLE = "连不上数据库，请检查地址、权限和服务是否正常"
# Prefixes of SQLite error names and PostgreSQL SQLSTATEs: unlike messages they do not depend on the locale.
_MEANINGS: tuple[tuple[tuple[str, ...], type[LianxiError], str], ...] = (
    (("SQLITE_BUSY", "SQLITE_LOCKED", "40001", "40P01", "55P03"), RetryableError, "数据库正被其他程序占用，请稍后再试"),
    (("SQLITE_FULL", "SQLITE_IOERR", "53100"), PipelineError, "数据库所在磁盘已满或出错，请清理后再运行"),
    (("SQLITE_CORRUPT", "SQLITE_NOTADB"), PipelineError, "数据库文件已损坏或不是数据库，请从备份恢复"),
    (("SQLITE_READONLY", "42501"), PipelineError, "没有写数据库的权限，请检查文件和文件夹的权限"),
    (("42P01", "42703", "3D000"), PipelineError, _NOT_BUILT),
    (("SQLITE_CANTOPEN", "08", "57P", "53300"), RetryableError, _UNREACHABLE),
)
_BATCH = 1000
_T = TypeVar("_T")
_engines: dict[str, Engine] = {}
_inherited: list[Engine] = []


@contextmanager
def reading(url: str) -> Iterator[Connection]:
    """A read transaction that sees one state of the ledger throughout. Raises PipelineError if the database fails."""
    with translate_errors():
        engine = engine_for(url)
        if engine.dialect.name == "postgresql":
            engine = engine.execution_options(isolation_level="REPEATABLE READ")
        with engine.begin() as connection:
            yield connection


@contextmanager
def writing(url: str, scope: str) -> Iterator[Connection]:
    """A write transaction that is the only writer of `scope` (a plan) until it ends; all or nothing.

    A second writer waits. Raises RetryableError if the wait is too long, PipelineError for other errors.
    """
    with translate_errors(), engine_for(url).execution_options(lianxi_writes=True).begin() as connection:
        lock_scope(connection, scope)
        yield connection


@contextmanager
def locking(url: str) -> Iterator[Connection]:
    """A write transaction that locks single rows (`FOR UPDATE SKIP LOCKED`), so that no writer waits for another.

    SQLite cannot lock rows: there the transaction locks the whole ledger until it commits.
    """
    with translate_errors(), engine_for(url).execution_options(lianxi_writes=True).begin() as connection:
        yield connection


def lock_scope(connection: Connection, scope: str) -> None:
    """Lock `scope` until the transaction ends. On SQLite a writer has locked the whole ledger already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock_key(scope)})


def in_batches(values: Iterable[_T]) -> Iterator[list[_T]]:
    """Split values into lists short enough for one IN (...): both databases limit the number of parameters."""
    rest = iter(values)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def engine_for(url: str) -> Engine:
    """The engine for this URL in this process."""
    if url not in _engines:
        _engines[url] = _make_engine(database_url(url))
    return _engines[url]


def database_url(url: str) -> URL:
    """The parsed URL. The path of a SQLite URL may be written as it is or percent-encoded.

    Raises InputError for an invalid URL, another database, or a SQLite database in memory.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        # ValueError: the port is not a number. `from None`, because both errors quote the password.
        raise InputError(
            "数据库地址无法识别，请按 sqlite:///文件路径 或 postgresql+psycopg://用户@主机/库名 填写"
        ) from None
    if parsed.get_backend_name() == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() != "sqlite":
        raise InputError(f"不支持的数据库类型 {parsed.get_backend_name()}，请使用 SQLite 或 PostgreSQL")
    if parsed.database in (None, "", ":memory:"):
        raise InputError("数据库须保存为文件，请写明路径，如 sqlite:////srv/lianxi/lianxi.db")
    return parsed.set(database=str(sqlite_path(url)))


def _make_engine(url: URL) -> Engine:
    # hide_parameters: they hold names and phone numbers, which must not reach a log through an error message.
    if url.get_backend_name() == "postgresql":
        return create_engine(
            url, hide_parameters=True, pool_size=2, pool_pre_ping=True, connect_args={"connect_timeout": 10}
        )
    # No pool: a SQLite connection must not live across a fork, and opening one is cheap.
    timeout = {} if "timeout" in url.query else {"timeout": _BUSY_SECONDS}
    engine = create_engine(url, hide_parameters=True, poolclass=NullPool, connect_args=timeout)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own BEGIN comes too late and is never IMMEDIATE; `_begin_sqlite` issues it instead.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that starts to write fails at once if another has written meanwhile; IMMEDIATE waits.
    writes = connection.get_execution_options().get("lianxi_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def lock_key(scope: str) -> int:
    """The number of the PostgreSQL advisory lock for a name."""
    return int.from_bytes(hashlib.sha256(f"lianxi:{scope}".encode()).digest()[:8], signed=True)


def _leave_to_parent() -> None:
    """In a forked child: forget the parent's connections without closing them, because the parent still uses them."""
    for engine in _engines.values():
        engine.dispose(close=False)
    # Kept reachable, because collecting them would close the parent's sockets and files.
    _inherited.extend(_engines.values())
    _engines.clear()


os.register_at_fork(after_in_child=_leave_to_parent)


@contextmanager
def translate_errors() -> Iterator[None]:
    """Turn a database error into an error of the project with a message for the operator."""
    try:
        yield
    except DBAPIError as error:
        raise explain_error(error) from None


def explain_error(error: DBAPIError) -> LianxiError:
    """The project's error for a database error, in plain Chinese. Contains no data of the failed statement."""
    message = str(error.orig).partition("\n")[0].strip()
    code = str(getattr(error.orig, "sqlite_errorname", "") or getattr(error.orig, "sqlstate", "") or "")
    for codes, kind, words in _MEANINGS:
        if code.startswith(codes):
            return kind(f"{words}（{message}）")
    if message.startswith("no such"):
        return PipelineError(f"{_NOT_BUILT}（{message}）")
    if (not code and error.connection_invalidated) or (not code and error.statement is None):
        return RetryableError(f"{_UNREACHABLE}（{message}）")
    return PipelineError(f"数据库出错，请把本行文字交给维护人员（{message}）")
