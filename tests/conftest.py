"""Fixtures with a real Prefect server on loopback, and the demo's month, played once for all workers.

Belongs here: fixtures that many tests share, and how tests are spread over xdist workers.
"""

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

from tests.running import RunningLianxi, copy_data, run_lianxi

# The tests of each of the first three groups share a worker, because they share a server. The slow ones need none.
GROUPS = ("up", "server", "october", "slow", None)
SLOW = ("test_intake_killed", "test_intake_faults", "test_sender_killed", "test_several_processes")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort the longest tests first (`make test` keeps this order), so that none of them starts last on one worker."""
    for item in items:
        if (group := _group(item)) not in ("slow", None):
            item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: GROUPS.index(_group(item)))


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """No bytes in test ids: an archive made a second later differs, and two workers would collect different ids."""
    return argname if isinstance(val, bytes) else None


def _group(item: pytest.Item) -> str | None:
    names = getattr(item, "fixturenames", ())
    for group, fixture in (("up", "running"), ("october", "played_month"), ("server", "prefect_api")):
        if fixture in names:
            return group
    return "slow" if any(name in item.nodeid for name in SLOW) else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that all workers of this test run share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@contextmanager
def locked(shared: Path, name: str) -> Iterator[None]:
    """A lock between workers. The system frees it when a worker dies."""
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
        prepare_server_database(data, shared)
        with server(data, _free_port()) as api_url:
            from prefect.settings import PREFECT_API_URL, PREFECT_LOGGING_LEVEL, temporary_settings

            with temporary_settings({PREFECT_API_URL: api_url, PREFECT_LOGGING_LEVEL: "WARNING"}):
                yield api_url
                _flush()


def prepare_server_database(data: Path, shared: Path) -> None:
    """Copy an empty server database into `data`. It is made once per test run, because its migrations take long."""
    from flows.server.processes import ServerConfig, run_command

    empty = shared / "server.db"
    with locked(shared, "server"):
        if not empty.exists():
            (shared / "server/prefect").mkdir(parents=True)
            run_command(ServerConfig(shared / "server", ""), ["prefect", "server", "database", "upgrade", "-y"])
            database = shared / "server/prefect/prefect.db"
            with closing(sqlite3.connect(database)) as journal:
                journal.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            shutil.copy(database, empty)
    (data / "prefect").mkdir(parents=True, exist_ok=True)
    shutil.copy(empty, data / "prefect/prefect.db")


def _flush() -> None:
    """Send pending logs and events while the server still runs; otherwise the process waits for it when it exits."""
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogWorker

    for worker in (APILogWorker, EventsWorker):
        worker.drain_all(timeout=60)


@pytest.fixture(scope="session")
def played_month(shared: Path, prefect_api: str) -> Path:
    """Folder with the demo's month: `data`, `screen.txt`, `server.json` (the server's records) and `prefect`.

    Read only: all workers share it. Its path has a space and Chinese characters.
    """
    from flows.cli.demo import play_october

    root = shared / "十月 演示"
    with locked(shared, "october"):
        if not (root / "server.json").exists():
            shutil.rmtree(root, ignore_errors=True)
            with pytest.MonkeyPatch.context() as patch:
                use_data_folder(patch, root / "data")
                screen = io.StringIO()
                play_october(Console(file=screen, width=120), root / "data")
            _flush()
            (root / "screen.txt").write_text(screen.getvalue(), encoding="utf-8")
            records = {kind: _read(prefect_api, kind) for kind in ("artifacts", "logs", "flow_runs", "task_runs")}
            records["latest"] = _read(prefect_api, "artifacts/latest")
            shutil.copytree(os.environ["PREFECT_HOME"], root / "prefect")
            (root / "server.json").write_text(json.dumps(records), encoding="utf-8")
    return root


def _read(api_url: str, kind: str) -> list[dict[str, Any]]:
    """All of the server's records of one kind, read page by page."""
    found: list[dict[str, Any]] = []
    while True:
        body = {"limit": 200, "offset": len(found)}
        page = httpx.post(f"{api_url}/{kind}/filter", json=body, timeout=60).raise_for_status().json()
        if not page:
            return found
        found += page


@pytest.fixture(scope="session")
def october(played_month: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This worker's copy of the data folder after the demo. Its path has a space and Chinese characters."""
    return copy_data(played_month / "data", tmp_path_factory.mktemp("十月 副本") / "data")


@pytest.fixture(scope="session")
def running(played_month: Path, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLianxi]:
    """`lianxi up` over a copy of the demo's data, shared by all tests that use it; the last one stops it."""
    data = copy_data(played_month / "data", tmp_path_factory.mktemp("长期 up") / "data")
    prepare_server_database(data, shared)
    with run_lianxi(data) as started:
        yield started


def use_data_folder(patch: pytest.MonkeyPatch, root: Path) -> None:
    """Point the environment at the data folder `root`, with the share in it and mail as a dry run."""
    for name in ("LIANXI_DATABASE_URL", "LIANXI_PLAN", "LIANXI_SECRET"):
        patch.delenv(name, raising=False)
    patch.setenv("LIANXI_DATA", str(root))
    patch.setenv("LIANXI_SHARE", str(root / "share"))
    patch.setenv("LIANXI_MAIL", "dry-run")
    # A PDF takes five seconds per issue; the tests of the brief look at one.
    patch.setenv("LIANXI_PDF", "false")
