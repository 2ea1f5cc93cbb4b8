"""`lianxi up`: server, work pool, deployments, alarms, files and one worker, behind one login, until Ctrl-C.

Only the order of processes is kept here; what the flows do is theirs.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from config.settings import Settings
from flows.server.deployments import deploy_options
from flows.server.environment import is_healthy, running_server, server_file
from flows.server.login import FILE, load_or_create_login
from flows.server.processes import ServerConfig, only_one_server, run_command, start_child
from tasks.errors import InputError, PipelineError

POOL = "lianxi"
_HOST = "127.0.0.1"
_START_TIMEOUT_SECONDS = 180
# A server that was killed lets go of its port a moment after its parent.
_PORT_TIMEOUT_SECONDS = 30


def up(settings: Settings, port: int, console: Console) -> None:
    """Run everything until SIGINT or SIGTERM. Says so and returns when it already runs."""
    with only_one_server(settings.data / "prefect" / "up.lock") as alone:
        if not alone:
            running = running_server(settings.data)
            where = running.removesuffix("/api") if running else "正在启动，请稍候"
            console.print(f"联席已在运行：{where}（already running）")
            return
        _make_share(settings)
        stop = threading.Event()
        for which in (signal.SIGINT, signal.SIGTERM):
            signal.signal(which, lambda *_: stop.set())
        _run(settings, port, console, stop)
    console.print("\n已全部停止（all stopped）")


def _make_share(settings: Settings) -> None:
    """In a new house a share of our own is made at once: what the schedule starts before the first issue finds it empty.

    Later one that is missing is missing, and said to be.
    """
    own = not settings.share_url and settings.share.is_relative_to(settings.data)
    if own and not (settings.data / "lianxi.db").exists():
        settings.share.mkdir(parents=True, exist_ok=True)


def _run(settings: Settings, port: int, console: Console, stop: threading.Event) -> None:
    data, login = settings.data, load_or_create_login(settings.data, os.environ.get("LIANXI_PASSWORD"))
    files_url = settings.desk.files_url or f"http://{_HOST}:{port + 1}"
    with server(data, port, login, files_url) as api_url:
        desk = ServerConfig(data, api_url, login, files_url)
        console.print(f"[green]✓[/] 服务器已启动  server: {api_url}")
        deploy(desk)
        console.print("[green]✓[/] 流程已部署，定时任务和报警已生效  deployments, schedules and alarms are in force")
        files = ["flows.server.file_server", str(data.resolve()), str(port + 1), files_url]
        worker = ["prefect", "worker", "start", "--pool", POOL, "--type", "process"]
        with start_child("files", desk, files) as shelf, start_child("worker", desk, worker) as working:
            console.print("[green]✓[/] 执行程序和文件服务已启动  worker and files\n")
            console.print(f"请用浏览器打开 [bold]{desk.ui}[/]  按 Ctrl-C 停止（Ctrl-C stops it all）")
            console.print(_login_line(data, login, console), markup=False, highlight=False, soft_wrap=True)
            _watch(desk, {"worker": working, "files": shelf}, stop)


def _login_line(data: Path, login: str, console: Console) -> str:
    """How to log in. The password is shown on a terminal only: what a service prints is kept in a log."""
    if not console.is_terminal:
        return f"登录口令见 {data / FILE}（仅本人可读）或环境变量 LIANXI_PASSWORD"
    return f"登录（login）：{login}   网页登录框填整行；打开文件时用户名是冒号前、密码是冒号后的部分"


def _watch(desk: ServerConfig, children: dict[str, subprocess.Popen[bytes]], stop: threading.Event) -> None:
    """Wait until told to stop. Raises PipelineError when a child ends by itself."""
    while not stop.wait(1.0):
        for name, process in children.items():
            if process.poll() is not None:
                raise PipelineError(f"{name} 意外停止（退出码 {process.returncode}），日志见 {desk.log(name)}")


@contextlib.contextmanager
def server(data: Path, port: int, login: str = "", files_url: str = "") -> Iterator[str]:
    """A Prefect server on loopback, healthy before this yields its API address, stopped after."""
    _claim(port, data)
    if files_url:
        _claim(port + 1, data)
    desk = ServerConfig(data, f"http://{_HOST}:{port}/api", login, files_url)
    with start_child("server", desk, ["prefect", "server", "start", "--host", _HOST, "--port", str(port)]) as process:
        deadline = time.monotonic() + _START_TIMEOUT_SECONDS
        while not is_healthy(desk.api_url):
            if process.poll() is not None or time.monotonic() > deadline:
                raise PipelineError(f"服务器没有启动成功，日志见 {desk.log('server')}")
            time.sleep(0.3)
        described = {"api_url": desk.api_url, "files_url": files_url, "pid": process.pid}
        server_file(data).write_text(json.dumps(described), encoding="utf-8")
        try:
            yield desk.api_url
        finally:
            server_file(data).unlink(missing_ok=True)


def deploy(desk: ServerConfig) -> None:
    """The work pool, every plan's deployments, drop-downs and alarms; again, it brings them up to date."""
    run_command(desk, ["prefect", "work-pool", "create", POOL, "--type", "process", "--overwrite"])
    run_command(desk, ["prefect", "--no-prompt", "deploy", "--all", *deploy_options(desk.data)])
    run_command(desk, ["flows.server.provision"])


def _claim(port: int, data: Path) -> None:
    """Make sure of a free port; after a killed desk, whose file is still there, wait for it. Raises InputError."""
    deadline = time.monotonic() + (_PORT_TIMEOUT_SECONDS if server_file(data).exists() else 0)
    while not _is_free(port):
        if time.monotonic() >= deadline:
            raise InputError(f"端口 {port} 已被占用，请用 --port 另选一个（界面和文件各用一个端口：N 和 N+1）")
        time.sleep(0.3)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError:
            return False
        return True
