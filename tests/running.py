"""`lianxi up` as a person starts it, and the API as a person who knows the login asks it."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from config.paths import PROJECT

# What the schedules start at the wall clock's next ten minutes would get in the way of what a test starts.
_UNDISTURBED = {"PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED": "false"}


@dataclass
class Running:
    """One desk: its process, its data folder, the port of its UI (the files are one above)."""

    process: subprocess.Popen[str]
    data: Path
    port: int

    @property
    def ui(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def api(self) -> str:
        return f"{self.ui}/api"

    @property
    def files(self) -> str:
        return f"http://127.0.0.1:{self.port + 1}"

    @property
    def login(self) -> tuple[str, str]:
        return "lianxi", (self.data / "login.key").read_text()

    def ask(self, what: str, body: dict[str, Any] | None = None) -> Any:
        """POST to the API, or GET where there is no body."""
        if body is None:
            answer = httpx.get(f"{self.api}/{what}", auth=self.login, timeout=30)
        else:
            answer = httpx.post(f"{self.api}/{what}", json=body, auth=self.login, timeout=30)
        return answer.raise_for_status().json()

    def all(self, what: str) -> list[dict[str, Any]]:
        return list(self.ask(f"{what}/filter", {}))

    def start(self, deployment: str, parameters: dict[str, Any]) -> str:
        """Start a run as the UI's form does; its id."""
        found = next(each for each in self.all("deployments") if each["name"] == deployment)
        body = {"parameters": parameters, "state": {"type": "SCHEDULED"}}
        return str(self.ask(f"deployments/{found['id']}/create_flow_run", body)["id"])

    def state(self, run: str, wanted: str) -> str | None:
        """`wanted` once the run is so, else None; fails when it has failed."""
        read = self.ask(f"flow_runs/{run}")
        if read["state_type"] == wanted:
            return wanted
        if read["state_type"] in ("FAILED", "CRASHED", "CANCELLED"):
            raise AssertionError(f"{read['name']}: {read['state']}")
        return None

    def until(self, condition: Callable[[], Any], seconds: float = 300) -> Any:
        """What `condition` returns once it is not None; fails with the output when the desk ends or time is up."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(self.process.stdout.read() if self.process.stdout else "ended")
            try:
                found = condition()
            except (httpx.HTTPError, OSError):
                found = None
            if found is not None:
                return found
            time.sleep(0.3)
        raise AssertionError("waited in vain")

    def restart(self) -> str:
        """Ctrl-C, and `lianxi up` once more, as an office's machine is; what it said as it stopped."""
        self.process.send_signal(signal.SIGINT)
        said, _ = self.process.communicate(timeout=120)
        self.process = start_up(self.data, self.port)
        self.wait()
        return said

    def wait(self) -> None:
        """Until a worker is there to work."""
        self.until(lambda: self.ask("work_pools/lianxi/workers/filter", {}) or None)

    def run(self, deployment: str, parameters: dict[str, Any], wanted: str = "COMPLETED") -> str:
        """Start a run and wait until it is `wanted`."""
        run = str(self.until(lambda: self.start(deployment, parameters)))
        self.until(lambda: self.state(run, wanted))
        return run


@contextmanager
def running(data: Path) -> Iterator[Running]:
    """`lianxi up` over a data folder, ready to work; stopped after."""
    port = free_pair()
    desk = Running(start_up(data, port), data, port)
    try:
        desk.wait()
        yield desk
    finally:
        if desk.process.poll() is None:
            desk.process.terminate()
            desk.process.wait(60)
        if desk.process.stdout:
            desk.process.stdout.close()


def start_up(data: Path, port: int, **environment: str) -> subprocess.Popen[str]:
    """The command itself, in an environment of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LIANXI_", "PREFECT_"))}
    return subprocess.Popen(
        [sys.executable, "-m", "flows.cli.main", "up", "--port", str(port)],
        cwd=PROJECT,
        env=kept | {"LIANXI_DATA": str(data), "LIANXI_PDF": "false"} | _UNDISTURBED | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def copy_of(data: Path, into: Path) -> Path:
    """What a flow may work on without harm to the others that look at `data`."""
    shutil.copytree(data, into, ignore=shutil.ignore_patterns("prefect", "logs"))
    return into


def free_pair() -> int:
    """A port that is free with the one above it, below those that the system gives to outgoing connections."""
    for port in random.sample(range(20_000, 30_000), 200):
        with socket.socket() as first, socket.socket() as second:
            try:
                first.bind(("127.0.0.1", port))
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
    raise AssertionError("no two free ports in a row")


def processes_of(data: Path) -> list[Path]:
    """Every process that works for this data folder."""
    return [path for path in Path("/proc").glob("[0-9]*/environ") if _mentions(path, str(data))]


def _mentions(environ: Path, data: str) -> bool:
    try:
        return f"LIANXI_DATA={data}".encode() in environ.read_bytes()
    except OSError:
        return False
