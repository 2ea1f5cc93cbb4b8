"""`lianxi up`: server, work pool, deployments, alarms, file server and one worker, behind one login, until Ctrl-C.

Belongs here: which processes run and in what order. Does not belong here: how a process is started (`processes`).
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
from flows.server.deployments import POOL, deploy_options
from flows.server.environment import is_healthy, running_server, server_file
from flows.server.processes import ServerConfig, only_one_server, run_command, start_child
from flows.server.server_login import FILE, load_or_create_login
from tasks.errors import InputError, PipelineError

_HOST = "127.0.0.1"
_START_TIMEOUT_SECONDS = 180
# A killed server frees its port a moment after its parent died.
_PORT_TIMEOUT_SECONDS = 30


def up(settings: Settings, port: int, console: Console) -> None:
    """Run everything until SIGINT or SIGTERM. Prints the address and returns if it already runs."""
    with only_one_server(settings.data / "prefect" / "up.lock") as alone:
        if not alone:
            running = running_server(settings.data)
            where = running.removesuffix("/api") if running else "正在启动，请稍候"
            console.print(f"联席已在运行：{where}（already running）")
            return
        _make_share(settings)
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        _run(settings, port, console, stop)
    console.print("\n已全部停止（all stopped）")


def _make_share(settings: Settings) -> None:
    """Create the share in a new installation, if it lies in the data folder: flows scheduled before the first issue
    then find an empty share. Once there is a ledger, a missing share is an error and must be reported.
    """
    inside = not settings.share_url and settings.share.is_relative_to(settings.data)
    if inside and not (settings.data / "lianxi.db").exists():
        settings.share.mkdir(parents=True, exist_ok=True)


def _run(settings: Settings, port: int, console: Console, stop: threading.Event) -> None:
    data, login = settings.data, load_or_create_login(settings.data, os.environ.get("LIANXI_PASSWORD"))
    files_url = settings.desk.files_url or f"http://{_HOST}:{port + 1}"
    with server(data, port, login, files_url) as api_url:
        config = ServerConfig(data, api_url, login, files_url)
        console.print(f"[green]✓[/] 服务器已启动  server: {api_url}")
        deploy(config)
        console.print("[green]✓[/] 流程已部署，定时任务和报警已生效  deployments, schedules and alarms are in force")
        files = ["flows.server.file_server", str(data.resolve()), str(port + 1), files_url]
        worker = ["prefect", "worker", "start", "--pool", POOL, "--type", "process"]
        with start_child("files", config, files) as file_server, start_child("worker", config, worker) as work:
            console.print("[green]✓[/] 执行程序和文件服务已启动  worker and files\n")
            console.print(f"请用浏览器打开 [bold]{config.ui}[/]  按 Ctrl-C 停止（Ctrl-C stops it all）")
            console.print(_login_hint(data, login, console), markup=False, highlight=False, soft_wrap=True)
            _wait(config, {"worker": work, "files": file_server}, stop)


def _login_hint(data: Path, login: str, console: Console) -> str:
    """How to log in. Only a terminal shows the password: what a service prints ends up in a log."""
    if not console.is_terminal:
        return f"登录口令见 {data / FILE}（仅本人可读）或环境变量 LIANXI_PASSWORD"
    return f"登录（login）：{login}   网页登录框填整行；打开文件时用户名是冒号前、密码是冒号后的部分"


def _wait(config: ServerConfig, children: dict[str, subprocess.Popen[bytes]], stop: threading.Event) -> None:
    """Wait for `stop`. Raises PipelineError if a child process ends by itself."""
    while not stop.wait(1.0):
        for name, process in children.items():
            if process.poll() is not None:
                raise PipelineError(f"{name} 意外停止（退出码 {process.returncode}），日志见 {config.log(name)}")


@contextlib.contextmanager
def server(data: Path, port: int, login: str = "", files_url: str = "") -> Iterator[str]:
    """A Prefect server on loopback: yields its API address once it is healthy, and stops it at the end of the block."""
    _wait_for_port(port, data)
    if files_url:
        _wait_for_port(port + 1, data)
    config = ServerConfig(data, f"http://{_HOST}:{port}/api", login, files_url)
    command = ["prefect", "server", "start", "--host", _HOST, "--port", str(port)]
    with start_child("server", config, command) as process:
        deadline = time.monotonic() + _START_TIMEOUT_SECONDS
        while not is_healthy(config.api_url):
            if process.poll() is not None or time.monotonic() > deadline:
                raise PipelineError(f"服务器没有启动成功，日志见 {config.log('server')}")
            time.sleep(0.3)
        content = {"api_url": config.api_url, "files_url": files_url, "pid": process.pid}
        server_file(data).write_text(json.dumps(content), encoding="utf-8")
        try:
            yield config.api_url
        finally:
            server_file(data).unlink(missing_ok=True)


def deploy(config: ServerConfig) -> None:
    """Create or update the work pool, the deployments of all plans, the drop-downs and the alarms."""
    run_command(config, ["prefect", "work-pool", "create", POOL, "--type", "process", "--overwrite"])
    run_command(config, ["prefect", "--no-prompt", "deploy", "--all", *deploy_options(config.data)])
    run_command(config, ["flows.server.provision"])


def _wait_for_port(port: int, data: Path) -> None:
    """Return once the port is free. Waits only if a killed server left its file behind; else raises InputError at once."""
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
