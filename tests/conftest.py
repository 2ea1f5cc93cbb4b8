"""A real Prefect server on loopback for each worker that needs one, and the demo played once for all of them."""

from __future__ import annotations

import fcntl
import io
import json
import os
import shutil
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from rich.console import Console

from tests.running import Running, copy_of, running

# Each a worker of its own: what needs the desk, the demo's data, a server; then what is dear though it needs none.
GROUPS = ("desk", "server", "october", "dear", None)
DEAR = ("test_intake_killed", "test_intake_faults", "test_sender_killed", "test_several_processes")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first (`make test` keeps this order), so that no worker is left alone with one of them at the end."""
    for item in items:
        if (group := _group(item)) not in ("dear", None):
            item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: GROUPS.index(_group(item)))


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes are no names: those of an archive made a second later differ, and two workers would not agree on the test."""
    return argname if isinstance(val, bytes) else None


def _group(item: pytest.Item) -> str | None:
    names = getattr(item, "fixturenames", ())
    for group, fixture in (("desk", "open_desk"), ("october", "played_month"), ("server", "prefect_api")):
        if fixture in names:
            return group
    return "dear" if any(name in item.nodeid for name in DEAR) else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that all workers of this run have in common."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@contextmanager
def one_at_a_time(shared: Path, name: str) -> Iterator[None]:
    """Of several workers, one after the other; a worker that dies lets go."""
    with (shared / f"{name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def prefect_api(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Iterator[str]:
    """The API address of a Prefect server whose folder has a space and Chinese characters in its name."""
    from flows.server.environment import prepare_prefect
    from flows.server.up import server

    data = tmp_path_factory.mktemp("服务器 data")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("PREFECT_HOME", "PREFECT_API_URL"):
            patch.delenv(name, raising=False)
        prepare_prefect(data)
        lay_down_server(data, shared)
        with server(data, _free_port()) as api_url:
            from prefect.settings import PREFECT_API_URL, PREFECT_LOGGING_LEVEL, temporary_settings

            with temporary_settings({PREFECT_API_URL: api_url, PREFECT_LOGGING_LEVEL: "WARNING"}):
                yield api_url
                _flush()


def lay_down_server(data: Path, shared: Path) -> None:
    """A server's empty database where a server will look for it: made once a run, for its migrations take longest."""
    from flows.server.processes import ServerConfig, run_command

    made = shared / "server.db"
    with one_at_a_time(shared, "server"):
        if not made.exists():
            (shared / "server/prefect").mkdir(parents=True)
            run_command(ServerConfig(shared / "server", ""), ["prefect", "server", "database", "upgrade", "-y"])
            database = shared / "server/prefect/prefect.db"
            with closing(sqlite3.connect(database)) as journal:
                journal.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            shutil.copy(database, made)
    (data / "prefect").mkdir(parents=True, exist_ok=True)
    shutil.copy(made, data / "prefect/prefect.db")


def _flush() -> None:
    """Have what is still to be told to the server told while it is there, or the process waits for it at its end."""
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogWorker

    for worker in (APILogWorker, EventsWorker):
        worker.drain_all(timeout=60)


@pytest.fixture(scope="session")
def played_month(shared: Path, prefect_api: str) -> Path:
    """The demo, played once: `data`, the `screen`, what the server then had, and the server's own folder.

    For reading only; its path has a space and Chinese characters.
    """
    from flows.cli.demo import play_october

    root = shared / "十月 演示"
    with one_at_a_time(shared, "october"):
        if not (root / "told.json").exists():
            shutil.rmtree(root, ignore_errors=True)
            with pytest.MonkeyPatch.context() as patch:
                enter(patch, root / "data")
                screen = io.StringIO()
                play_october(Console(file=screen, width=120), root / "data")
            _flush()
            (root / "screen.txt").write_text(screen.getvalue(), encoding="utf-8")
            told = {what: _read(prefect_api, what) for what in ("artifacts", "logs", "flow_runs", "task_runs")}
            told["latest"] = _read(prefect_api, "artifacts/latest")
            shutil.copytree(os.environ["PREFECT_HOME"], root / "prefect")
            (root / "told.json").write_text(json.dumps(told), encoding="utf-8")
    return root


def _read(api_url: str, what: str) -> list[dict[str, Any]]:
    """Everything of one kind that the server holds, a page at a time."""
    found: list[dict[str, Any]] = []
    while True:
        body = {"limit": 200, "offset": len(found)}
        page = httpx.post(f"{api_url}/{what}/filter", json=body, timeout=60).raise_for_status().json()
        if not page:
            return found
        found += page


@pytest.fixture(scope="session")
def october(played_month: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder after the demo, this worker's own copy; its path has a space and Chinese characters."""
    return copy_of(played_month / "data", tmp_path_factory.mktemp("十月 副本") / "data")


@pytest.fixture(scope="session")
def open_desk(played_month: Path, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """`lianxi up` over a copy of the demo's data. The last test that uses it stops it."""
    data = copy_of(played_month / "data", tmp_path_factory.mktemp("长期 up") / "data")
    lay_down_server(data, shared)
    with running(data) as desk:
        yield desk


def enter(patch: pytest.MonkeyPatch, root: Path) -> None:
    for name in ("LIANXI_DATABASE_URL", "LIANXI_PLAN", "LIANXI_SECRET"):
        patch.delenv(name, raising=False)
    patch.setenv("LIANXI_DATA", str(root))
    patch.setenv("LIANXI_SHARE", str(root / "share"))
    patch.setenv("LIANXI_MAIL", "dry-run")
    # Five seconds an issue; the pages are looked at where the brief is tested.
    patch.setenv("LIANXI_PDF", "false")
