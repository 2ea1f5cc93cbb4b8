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

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def desk(october: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, subprocess.Popen[str], Path]]:
    """`lianxi up` over a copy of the demo's data: (API address, process, data folder)."""
    data = tmp_path_factory.mktemp("长期 up") / "data"
    shutil.copytree(october, data, ignore=shutil.ignore_patterns("prefect", "logs"))
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LIANXI_", "PREFECT_"))}
    process = subprocess.Popen(
        [sys.executable, "-m", "flows.cli", "up", "--port", str(port)],
        cwd=ROOT,
        env=kept | {"LIANXI_DATA": str(data)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    api = f"http://127.0.0.1:{port}/api"
    try:
        until(lambda: ask(api, "workers") or None, process)
        yield api, process, data
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(60)
        if process.stdout:
            process.stdout.close()


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


def test_six_deployments_with_their_schedules_in_the_offices_time(desk: tuple[str, Any, Path]) -> None:
    deployed = {each["name"]: each for each in ask(desk[0], "deployments")}
    assert set(deployed) == {"登记方案", "发放报表", "收集报送", "催报", "编发简报", "年度总结", "汇总各县"}
    zones = {schedule["schedule"]["timezone"] for each in deployed.values() for schedule in each["schedules"]}
    assert zones == {"Asia/Shanghai"}
    assert deployed["收集报送"]["schedules"][0]["schedule"]["cron"] == "*/10 * * * *"
    titles = {
        name: field["title"] for name, field in deployed["编发简报"]["parameter_openapi_schema"]["properties"].items()
    }
    assert titles["period"] == "期间"
    assert titles["approval"] == "审定方式"


def test_running_it_again_says_that_it_runs(desk: tuple[str, Any, Path]) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "flows.cli", "up"],
        cwd=ROOT,
        env={**os.environ, "LIANXI_DATA": str(desk[2])},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert told.returncode == 0
    assert "已在运行" in told.stdout


def test_a_brief_waits_suspended_for_approval_and_is_frozen_as_it_was_shown(desk: tuple[str, Any, Path]) -> None:
    api, process, data = desk
    (data / "lianxi.db").unlink()
    # A fresh ledger: October's duties are issued, nobody reports, and the brief says so.
    run = until(lambda: start(api, "发放报表", {"period": "2023-10", "now": "2023-10-10T08:30"}), process)
    until(lambda: state(api, run, "COMPLETED"), process)
    parameters = {"period": "2023-10", "approval": "ui", "now": "2023-11-01T09:30"}
    run = until(lambda: start(api, "编发简报", parameters), process)
    until(lambda: state(api, run, "PAUSED"), process)
    draft = data / "briefs/yanqi-2023/2023-10/送审稿/简报.docx"
    assert draft.exists()
    shown = draft.read_bytes()
    answer = {"run_input": {"approved": True, "by": "示例审定人", "remark": ""}}
    # As a person would: the server may ask to be tried again (503) while its database is busy.
    resumed = until(
        lambda: httpx.post(f"{api}/flow_runs/{run}/resume", json=answer, timeout=30).raise_for_status(), process
    )
    assert resumed.json()["status"] == "ACCEPT", resumed.text
    until(lambda: state(api, run, "COMPLETED"), process)
    assert (data / "briefs/yanqi-2023/2023-10/简报.docx").read_bytes() == shown
    from tasks.store.briefs import load_brief

    frozen = load_brief(f"sqlite:///{data}/lianxi.db", "yanqi-2023", "2023-10")
    assert frozen is not None
    assert (frozen.state, frozen.frozen_by) == ("frozen", "示例审定人")


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


def test_ctrl_c_stops_all_of_it(desk: tuple[str, Any, Path]) -> None:
    api, process, data = desk
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert "已全部停止" in said
    with pytest.raises(httpx.HTTPError):
        httpx.get(f"{api}/health", timeout=2)
    assert _processes_of(data) == []


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
