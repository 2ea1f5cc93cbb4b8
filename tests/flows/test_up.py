"""`lianxi up` for good: server, pool, six deployments with schedules, a worker; a brief approved in the UI's way; Ctrl-C."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from flows.issue import issue
from tasks.store.briefs import load_brief
from tests.conftest import enter

# The server is started twice and the demo played before: on a busy machine that is minutes of waiting.
pytestmark = pytest.mark.timeout(900)

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Desk:
    """`lianxi up` over one data folder: it can be stopped and started again, as an office's machine is."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port()
        self.api = f"http://127.0.0.1:{self.port}/api"
        self.started: subprocess.Popen[str] | None = None

    @property
    def process(self) -> subprocess.Popen[str]:
        assert self.started is not None
        return self.started

    def start(self) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("LIANXI_", "PREFECT_"))}
        self.started = subprocess.Popen(
            [sys.executable, "-m", "flows.cli", "up", "--port", str(self.port)],
            cwd=ROOT,
            env=kept | {"LIANXI_DATA": str(self.data)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        until(lambda: ask(self.api, "workers") or None, self.process)

    def stop(self) -> str:
        """Ctrl-C; what it said."""
        self.process.send_signal(signal.SIGINT)
        said, _ = self.process.communicate(timeout=60)
        return said

    def close(self) -> None:
        if self.started is None:
            return
        if self.started.poll() is None:
            self.started.terminate()
            self.started.wait(60)
        if self.started.stdout:
            self.started.stdout.close()


@pytest.fixture(scope="module")
def desk(october: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """`lianxi up` over a copy of the demo's data."""
    data = tmp_path_factory.mktemp("长期 up") / "data"
    shutil.copytree(october, data, ignore=shutil.ignore_patterns("prefect", "logs"))
    desk = Desk(data)
    try:
        desk.start()
        yield desk
    finally:
        desk.close()


def until(condition: Callable[[], Any], process: subprocess.Popen[str], seconds: float = 150) -> Any:
    """What `condition` returns once it is not None; fails with the process's output when it ends or time is up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(process.stdout.read() if process.stdout else "ended")
        try:
            found = condition()
        except httpx.HTTPError:
            found = None
        if found is not None:
            return found
        time.sleep(0.5)
    raise AssertionError("waited in vain")


def ask(api: str, what: str) -> list[dict[str, Any]]:
    if what == "workers":
        return list(
            httpx.post(f"{api}/work_pools/lianxi/workers/filter", json={}, timeout=10).raise_for_status().json()
        )
    return list(httpx.post(f"{api}/{what}/filter", json={}, timeout=10).raise_for_status().json())


def test_seven_deployments_with_their_schedules_in_the_offices_time(desk: Desk) -> None:
    deployed = {each["name"]: each for each in ask(desk.api, "deployments")}
    assert set(deployed) == {
        "登记方案", "发放报表", "收集报送", "催报", "编发简报", "登记议定事项", "年度总结",
    }  # fmt: skip
    zones = {schedule["schedule"]["timezone"] for each in deployed.values() for schedule in each["schedules"]}
    assert zones == {"Asia/Shanghai"}
    assert deployed["收集报送"]["schedules"][0]["schedule"]["cron"] == "*/10 * * * *"
    titles = {
        name: field["title"] for name, field in deployed["编发简报"]["parameter_openapi_schema"]["properties"].items()
    }
    assert titles["period"] == "期间"
    assert titles["approval"] == "审定方式"


def test_running_it_again_says_that_it_runs(desk: Desk) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "flows.cli", "up"],
        cwd=ROOT,
        env={**os.environ, "LIANXI_DATA": str(desk.data)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert told.returncode == 0
    assert "已在运行" in told.stdout


def test_a_brief_waits_for_approval_over_a_restart_and_is_frozen_as_it_was_shown(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    api, data = desk.api, desk.data
    (data / "lianxi.db").unlink()
    # A fresh ledger: October's duties are issued, nobody reports, and the brief says so.
    with monkeypatch.context() as patch:
        enter(patch, data)
        issue("2023-10", now="2023-10-10T08:30")
    # As the daily run does it: the period follows from the day.
    run = begin(desk, "编发简报", {"approval": "ui", "now": "2023-11-01T09:30"})
    until(lambda: state(api, run, "PAUSED"), desk.process)
    assert httpx.get(f"{api}/flow_runs/{run}").json()["name"] == "编发简报 2023-10"
    folder = data / "briefs/yanqi-2023/2023-10"
    shown = (folder / "送审稿/简报.docx").read_bytes()

    assert "已全部停止" in desk.stop()
    desk.start()

    # Sent back without a reason: it asks again.
    answer(desk, run, {"approved": False, "by": "示例审定人", "remark": " "})
    until(lambda: state(api, run, "PAUSED"), desk.process)
    answer(desk, run, {"approved": True, "by": "示例审定人", "remark": ""})
    until(lambda: state(api, run, "COMPLETED"), desk.process)
    assert (folder / "简报.docx").read_bytes() == shown
    frozen = load_brief(f"sqlite:///{data}/lianxi.db", "yanqi-2023", "2023-10")
    assert frozen is not None
    assert (frozen.state, frozen.frozen_by) == ("frozen", "示例审定人")


def begin(desk: Desk, deployment: str, parameters: dict[str, Any]) -> str:
    return str(until(lambda: start(desk.api, deployment, parameters), desk.process))


def answer(desk: Desk, run: str, filled: dict[str, Any]) -> None:
    """As a person would: the server may ask to be tried again (503) while its database is busy."""
    where = f"{desk.api}/flow_runs/{run}/resume"
    resumed = until(lambda: httpx.post(where, json={"run_input": filled}, timeout=30).raise_for_status(), desk.process)
    assert resumed.json()["status"] == "ACCEPT", resumed.text


def start(api: str, deployment: str, parameters: dict[str, Any]) -> str:
    found = next(each for each in ask(api, "deployments") if each["name"] == deployment)
    body = {"parameters": parameters, "state": {"type": "SCHEDULED"}}
    return str(
        httpx.post(f"{api}/deployments/{found['id']}/create_flow_run", json=body, timeout=30)
        .raise_for_status()
        .json()["id"]
    )


def state(api: str, run: str, wanted: str) -> str | None:
    read = httpx.get(f"{api}/flow_runs/{run}", timeout=10).raise_for_status().json()
    if read["state_type"] in ("FAILED", "CRASHED", "CANCELLED"):
        raise AssertionError(f"{read['name']}: {read['state']}")
    return wanted if read["state_type"] == wanted else None


def test_ctrl_c_stops_all_of_it(desk: Desk) -> None:
    said = desk.stop()
    assert desk.process.returncode == 0, said
    assert "已全部停止" in said
    with pytest.raises(httpx.HTTPError):
        httpx.get(f"{desk.api}/health", timeout=2)
    assert _processes_of(desk.data) == []


def _mentions(environ: Path, data: str) -> bool:
    try:
        return f"LIANXI_DATA={data}".encode() in environ.read_bytes()
    except OSError:
        return False


def test_a_killed_desk_leaves_no_process_behind(tmp_path: Path) -> None:
    """SIGKILL, which nobody can answer: the server goes with its parent."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LIANXI_", "PREFECT_"))}
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "flows.cli", "up", "--port", str(port)],
        cwd=ROOT,
        env=kept | {"LIANXI_DATA": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while len(_processes_of(tmp_path)) < 2 and time.monotonic() < deadline:
        time.sleep(0.2)
    process.kill()
    process.wait()
    while _processes_of(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert _processes_of(tmp_path) == []


def _processes_of(data: Path) -> list[Path]:
    return [path for path in Path("/proc").glob("[0-9]*/environ") if _mentions(path, str(data))]
