"""`lianxi up`: the Prefect server, the work pool, the deployments with their schedules and one worker, until Ctrl-C.

Only processes are handled here; what the flows do is theirs.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console

from config.settings import Settings
from flows.deployments import options
from flows.runtime import is_healthy, running_server, server_file
from tasks.errors import InputError, PipelineError

PROJECT = Path(__file__).resolve().parent.parent
POOL = "lianxi"
_HOST = "127.0.0.1"
_START_TIMEOUT_SECONDS = 180
_PR_SET_PDEATHSIG = 1


def up(settings: Settings, port: int, console: Console) -> None:
    """Run everything until SIGINT or SIGTERM. Says so and returns when it already runs."""
    running = running_server(settings.data)
    if running:
        console.print(f"联席已在运行：{_ui(running)}（already running）")
        return
    stop = threading.Event()
    for which in (signal.SIGINT, signal.SIGTERM):
        signal.signal(which, lambda *_: stop.set())
    with server(settings.data, port) as api_url:
        console.print(f"[green]✓[/] 服务器已启动  server: {api_url}")
        deploy(settings.data, api_url)
        console.print("[green]✓[/] 流程已部署，定时任务已生效  deployments and schedules are in force")
        with _child(
            "worker", settings.data, api_url, ["worker", "start", "--pool", POOL, "--type", "process"]
        ) as worker:
            console.print("[green]✓[/] 执行程序已启动  worker\n")
            console.print(f"请用浏览器打开 [bold]{_ui(api_url)}[/]  按 Ctrl-C 停止（Ctrl-C stops it all）")
            while not stop.wait(1.0):
                if worker.poll() is not None:
                    raise PipelineError(
                        f"执行程序意外停止（退出码 {worker.returncode}），日志见 {_log(settings.data, 'worker')}"
                    )
    console.print("\n已全部停止（all stopped）")


@contextlib.contextmanager
def server(data: Path, port: int) -> Iterator[str]:
    """A Prefect server on loopback, healthy before this yields its API address, stopped after."""
    if not _is_free(port):
        raise InputError(f"端口 {port} 已被占用，请用 --port 另选一个")
    api_url = f"http://{_HOST}:{port}/api"
    arguments = ["server", "start", "--host", _HOST, "--port", str(port)]
    with _child("server", data, api_url, arguments) as process:
        deadline = time.monotonic() + _START_TIMEOUT_SECONDS
        while not is_healthy(api_url):
            if process.poll() is not None or time.monotonic() > deadline:
                raise PipelineError(f"服务器没有启动成功，日志见 {_log(data, 'server')}")
            time.sleep(0.3)
        server_file(data).write_text(json.dumps({"api_url": api_url, "pid": process.pid}), encoding="utf-8")
        try:
            yield api_url
        finally:
            server_file(data).unlink(missing_ok=True)


def deploy(data: Path, api_url: str) -> None:
    """Create the work pool and the deployments of prefect.yaml, for every plan in hand; doing it again only brings them up to date."""
    _prefect(data, api_url, ["work-pool", "create", POOL, "--type", "process", "--overwrite"])
    _prefect(data, api_url, ["--no-prompt", "deploy", "--all", *options(data)])


def _prefect(data: Path, api_url: str, arguments: list[str]) -> None:
    command = [sys.executable, "-m", "prefect", *arguments]
    done = subprocess.run(command, cwd=PROJECT, env=_environment(data, api_url), capture_output=True, text=True)
    if done.returncode != 0:
        raise PipelineError(f"prefect {' '.join(arguments)} 失败：\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


@contextlib.contextmanager
def _child(name: str, data: Path, api_url: str, arguments: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    log = _log(data, name)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        # A session of its own: Ctrl-C reaches only us, and we stop the children in order, worker first.
        process = subprocess.Popen(
            [sys.executable, "-m", "prefect", *arguments],
            cwd=PROJECT,
            env=_environment(data, api_url),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_ends_with(os.getpid()),
        )
    try:
        yield process
    finally:
        _stop(process)


def _ends_with(parent: int) -> Callable[[], None]:
    """What a child does first: ask to be ended when its parent dies, even by SIGKILL, so that none is left (Linux)."""

    def in_child() -> None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
            # Dead already, before we could ask.
            if os.getppid() != parent:
                os._exit(1)

    return in_child


def _stop(process: subprocess.Popen[bytes]) -> None:
    for which, patience_seconds in ((signal.SIGTERM, 20.0), (signal.SIGKILL, 5.0)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, which)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience_seconds)
            # A flow run's own process may outlive the worker by a moment: the group goes with it.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            return


def _environment(data: Path, api_url: str) -> dict[str, str]:
    ui_host = api_url.removesuffix("/api")
    return os.environ | {
        "PREFECT_HOME": str((data / "prefect").resolve()),
        "PREFECT_API_URL": api_url,
        # With a port other than 4200 the UI still calls 4200 unless it is told.
        "PREFECT_SERVER_UI_API_URL": f"{ui_host}/api",
        "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "INFO",
        # A flow run's process starts in the project's folder wherever `lianxi up` was called from.
        "LIANXI_DATA": str(data.resolve()),
        "PYTHONUNBUFFERED": "1",
    }


def _log(data: Path, name: str) -> Path:
    return data / "logs" / f"{name}.log"


def _ui(api_url: str) -> str:
    return api_url.removesuffix("/api")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError:
            return False
        return True
