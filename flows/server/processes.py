"""The processes of the desk: how one is started, given its surroundings, ended with its parent, and stopped.

Belongs here: processes only. Which there are, and in what order, is `up`.
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
    """Where one desk lives: its data, the API's address, the login (`user:password`, empty for none), its files."""

    data: Path
    api_url: str
    login: str = ""
    files_url: str = ""

    @property
    def ui(self) -> str:
        """The address a person opens."""
        return self.api_url.removesuffix("/api")

    def log(self, name: str) -> Path:
        """Where the child of that name writes what it says."""
        return self.data / "logs" / f"{name}.log"

    def environment(self) -> dict[str, str]:
        """What its processes, and the flow runs they start, find in their environment."""
        found = os.environ | {
            "PREFECT_HOME": str((self.data / "prefect").resolve()),
            "PREFECT_API_URL": self.api_url,
            # With a port other than 4200 the UI still calls 4200 unless it is told.
            "PREFECT_SERVER_UI_API_URL": self.api_url,
            "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "INFO",
            # Prometheus' figures of the server, at /api/metrics, behind the login.
            "PREFECT_SERVER_METRICS_ENABLED": "true",
            # A flow run's process starts in the project's folder wherever `lianxi up` was called from.
            "LIANXI_DATA": str(self.data.resolve()),
            "PYTHONUNBUFFERED": "1",
        }
        if self.login:
            found |= {"PREFECT_SERVER_API_AUTH_STRING": self.login, "PREFECT_API_AUTH_STRING": self.login}
        if self.files_url:
            found["LIANXI_FILES_URL"] = self.files_url
        return found


def run_command(desk: ServerConfig, arguments: Sequence[str]) -> None:
    """Run one Python command (`-m …`) to its end. Raises PipelineError with what it said."""
    command = [sys.executable, "-m", *arguments]
    done = subprocess.run(command, cwd=PROJECT, env=desk.environment(), capture_output=True, text=True)
    if done.returncode != 0:
        said = (done.stdout[-2000:] + done.stderr[-2000:]).replace(desk.login or "\0", "***")
        raise PipelineError(f"{' '.join(arguments)} 失败：\n{said}")


@contextlib.contextmanager
def start_child(name: str, desk: ServerConfig, arguments: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A Python process (`-m …`) of the desk, stopped at the end of the block and whenever its parent dies."""
    log = desk.log(name)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        # A session of its own: Ctrl-C reaches only us, and we stop the children in order, worker first.
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=PROJECT,
            env=desk.environment(),
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


@contextlib.contextmanager
def only_one_server(path: Path) -> Iterator[bool]:
    """Hold the lock at `path`, which the system lets go when the process dies; False where another one has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


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
