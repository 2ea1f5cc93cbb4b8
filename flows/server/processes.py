"""Child processes of `lianxi up`: their environment, starting, stopping, and ending with their parent.

Does not belong here: which processes there are and in what order they start (`up`).
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.paths import PROJECT
from tasks.errors import PipelineError

_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """One running installation: data folder, API address, login (`user:password`, '' for none), file server's address."""

    data: Path
    api_url: str
    login: str = ""
    files_url: str = ""

    @property
    def ui(self) -> str:
        """The address that a person opens in a browser."""
        return self.api_url.removesuffix("/api")

    def log(self, name: str) -> Path:
        """The log file of the child process `name`."""
        return self.data / "logs" / f"{name}.log"

    def environment(self) -> dict[str, str]:
        """The environment of the child processes, and so of the flow runs that they start."""
        values = os.environ | {
            "PREFECT_HOME": str((self.data / "prefect").resolve()),
            "PREFECT_API_URL": self.api_url,
            # Without this the UI calls port 4200 whatever the port.
            "PREFECT_SERVER_UI_API_URL": self.api_url,
            "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "INFO",
            # Prometheus metrics of the server at /api/metrics, behind the login.
            "PREFECT_SERVER_METRICS_ENABLED": "true",
            # Absolute, because flow runs start in the project's folder wherever `lianxi up` was called from.
            "LIANXI_DATA": str(self.data.resolve()),
            "PYTHONUNBUFFERED": "1",
        }
        if self.login:
            values |= {"PREFECT_SERVER_API_AUTH_STRING": self.login, "PREFECT_API_AUTH_STRING": self.login}
        if self.files_url:
            values["LIANXI_FILES_URL"] = self.files_url
        return values


def run_command(config: ServerConfig, arguments: Sequence[str]) -> None:
    """Run one Python command (`-m …`) to its end. Raises PipelineError with its output, without the login."""
    command = [sys.executable, "-m", *arguments]
    done = subprocess.run(command, cwd=PROJECT, env=config.environment(), capture_output=True, text=True)
    if done.returncode != 0:
        output = (done.stdout[-2000:] + done.stderr[-2000:]).replace(config.login or "\0", "***")
        raise PipelineError(f"{' '.join(arguments)} 失败：\n{output}")


@contextlib.contextmanager
def start_child(name: str, config: ServerConfig, arguments: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a Python process (`-m …`) until the end of the block. It also ends when this process dies."""
    log = config.log(name)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        # In its own session, Ctrl-C does not reach it: this process stops its children in order, worker first.
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=PROJECT,
            env=config.environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_die_with_parent(os.getpid()),
        )
    try:
        yield process
    finally:
        _stop(process)


@contextlib.contextmanager
def only_one_server(path: Path) -> Iterator[bool]:
    """Hold the lock file `path`: yields False if another process holds it. The system frees it when a process dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def _die_with_parent(parent: int) -> Callable[[], None]:
    """To run first in a child: ask Linux for SIGTERM when the parent dies, even by SIGKILL, so that no child is left."""

    def in_child() -> None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
            # The parent died before the call above.
            if os.getppid() != parent:
                os._exit(1)

    return in_child


def _stop(process: subprocess.Popen[bytes]) -> None:
    for number, timeout_seconds in ((signal.SIGTERM, 20.0), (signal.SIGKILL, 5.0)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout_seconds)
            # A flow run's process may outlive the worker by a moment: kill the rest of the group.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            return
