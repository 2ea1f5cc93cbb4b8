"""`lianxi up`: server, work pool, deployments with schedules, file server, worker, and Ctrl-C."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from flows.server.environment import prepare_prefect
from flows.server.up import server
from tasks.errors import InputError, PipelineError
from tests.hostile.test_secrets import traces
from tests.running import PROJECT, RunningLianxi, processes_for, start_lianxi, two_free_ports

# Includes playing the demo and starting the server twice: minutes on a busy machine.
pytestmark = pytest.mark.timeout(900)


def test_deployments_with_their_schedules_in_the_offices_time(running: RunningLianxi) -> None:
    deployed = {each["name"]: each for each in running.all("deployments")}
    assert set(deployed) == {
        "登记方案", "发放报表", "收集报送", "催报", "编发简报", "登记议定事项", "年度总结", "记录通话",
        "批复延期", "认定来件", "报警", "备份", "汇总各县", "登记放假安排",
    }  # fmt: skip
    zones = {schedule["schedule"]["timezone"] for each in deployed.values() for schedule in each["schedules"]}
    assert zones == {"Asia/Shanghai"}
    assert deployed["收集报送"]["schedules"][0]["schedule"]["cron"] == "*/10 * * * *"
    titles = {
        name: field["title"] for name, field in deployed["编发简报"]["parameter_openapi_schema"]["properties"].items()
    }
    assert titles["period"] == "期间"
    assert titles["approval"] == "审定方式"
    form = deployed["记录通话"]["parameter_openapi_schema"]["properties"]
    assert {name: form[name]["title"] for name in ("unit", "who", "words", "called_at")} == {
        "unit": "单位", "who": "打给谁", "words": "说了什么", "called_at": "通话时间",
    }  # fmt: skip
    assert form["who"]["enum"] == ["业务负责人", "分管领导", "其他"]


def test_all_but_health_needs_the_login_and_metrics_are_served(running: RunningLianxi) -> None:
    assert httpx.get(f"{running.api}/health", timeout=10).status_code == 200
    for path in (f"{running.api}/flows/count", f"{running.api}/metrics", f"{running.files}/briefs/"):
        assert httpx.get(path, timeout=10).status_code in (401, 405), path
    assert httpx.get(f"{running.files}/briefs/", timeout=10).status_code == 401
    metrics = httpx.get(f"{running.api}/metrics", auth=running.login, timeout=10)
    assert metrics.status_code == 200
    assert "python_info" in metrics.text
    # The password, also as an encoded header, is in its own file and nowhere else: in no log, no database.
    assert traces(running.login[1], running.data) == [running.data / "login.key"]


def test_the_files_are_served_beside_the_ui_under_the_same_login(running: RunningLianxi) -> None:
    page = httpx.get(f"{running.files}/briefs/yanqi-2023/2023-10/简报.html", auth=running.login, timeout=10)
    assert page.status_code == 200
    assert "联席会议" in page.text
    assert httpx.get(f"{running.files}/login.key", auth=running.login, timeout=10).status_code == 404


def test_running_it_again_says_that_it_runs(running: RunningLianxi) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "flows.cli.main", "up"],
        cwd=PROJECT,
        env={**os.environ, "LIANXI_DATA": str(running.data)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert told.returncode == 0, told.stderr
    assert f"已在运行：{running.ui}" in told.stdout


@pytest.mark.parametrize("taken", [0, 1], ids=["UI", "files"])
def test_a_port_in_use_is_reported_and_nothing_is_started(tmp_path: Path, taken: int) -> None:
    port = two_free_ports()
    said = f"{port + taken} 已被占用，请用 --port"
    with socket.socket() as other:
        other.bind(("127.0.0.1", port + taken))
        other.listen()
        with pytest.raises(InputError, match=said), server(tmp_path, port, files_url="http://f"):
            pass
    assert not (tmp_path / "logs").exists()


def test_a_data_folder_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PipelineError, match="LIANXI_DATA"):
        prepare_prefect(tmp_path / "file/data")


def test_a_password_that_the_running_server_rejects_is_reported(running: RunningLianxi) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LIANXI_", "PREFECT_"))}
    told = subprocess.run(
        [sys.executable, "-m", "flows.cli.main", "intake"],
        cwd=PROJECT,
        env=kept | {"LIANXI_DATA": str(running.data), "LIANXI_PASSWORD": "another-password"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert told.returncode == 2, told.stderr
    assert "LIANXI_PASSWORD" in told.stderr


def test_ctrl_c_stops_all_of_it(running: RunningLianxi) -> None:
    running.process.send_signal(signal.SIGINT)
    said, _ = running.process.communicate(timeout=60)
    assert running.process.returncode == 0, said
    assert "已全部停止" in said
    assert running.login[1] not in said
    with pytest.raises(httpx.HTTPError):
        httpx.get(f"{running.api}/health", timeout=2)
    assert processes_for(running.data) == []


def test_a_killed_installation_leaves_no_process_behind_and_starts_again_at_once(tmp_path: Path) -> None:
    """After SIGKILL the server ends with its parent, and its port and lock are free again."""
    port = two_free_ports()
    process = start_lianxi(tmp_path, port)
    deadline = time.monotonic() + 60
    while len(processes_for(tmp_path)) < 2 and time.monotonic() < deadline:
        time.sleep(0.2)
    process.kill()
    process.wait()
    again = start_lianxi(tmp_path, port)
    try:
        while len(processes_for(tmp_path)) < 2 and time.monotonic() < deadline:
            time.sleep(0.2)
        assert again.poll() is None
        # A flow scheduled before the first issue finds an empty share.
        assert (tmp_path / "share").is_dir()
    finally:
        again.kill()
        again.wait()
        for each in (process, again):
            if each.stdout:
                each.stdout.close()
    while processes_for(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert processes_for(tmp_path) == []
