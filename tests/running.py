"""Starts `lianxi up` as a person does, and calls its API with the login."""

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

# Runs started by the schedule would interfere with those that a test starts.
_NO_SCHEDULE = {"PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED": "false"}


@dataclass
class RunningLianxi:
    """A running `lianxi up`: process, data folder, port of the UI (the file server has the next one)."""

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

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """POST to the API, or GET without a body; the JSON of the response."""
        if body is None:
            response = httpx.get(f"{self.api}/{path}", auth=self.login, timeout=30)
        else:
            response = httpx.post(f"{self.api}/{path}", json=body, auth=self.login, timeout=30)
        return response.raise_for_status().json()

    def all(self, kind: str) -> list[dict[str, Any]]:
        return list(self.ask(f"{kind}/filter", {}))

    def start(self, deployment: str, parameters: dict[str, Any]) -> str:
        """Start a run as the UI's form does; returns its id."""
        found = next(each for each in self.all("deployments") if each["name"] == deployment)
        body = {"parameters": parameters, "state": {"type": "SCHEDULED"}}
        return str(self.ask(f"deployments/{found['id']}/create_flow_run", body)["id"])

    def state(self, run: str, wanted: str) -> str | None:
        """`wanted` once the run is in that state, else None. Fails if the run has failed."""
        read = self.ask(f"flow_runs/{run}")
        if read["state_type"] == wanted:
            return wanted
        if read["state_type"] in ("FAILED", "CRASHED", "CANCELLED"):
            raise AssertionError(f"{read['name']}: {read['state']}")
        return None

    def until(self, condition: Callable[[], Any], seconds: float = 300) -> Any:
        """Wait until `condition` returns something other than None, and return it. Fails if the process ends first."""
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
        """Stop with Ctrl-C and start again; returns the output of the stopped process."""
        self.process.send_signal(signal.SIGINT)
        output, _ = self.process.communicate(timeout=120)
        self.process = start_lianxi(self.data, self.port)
        self.wait()
        return output

    def wait(self) -> None:
        """Wait for the worker."""
        self.until(lambda: self.ask("work_pools/lianxi/workers/filter", {}) or None)

    def run(self, deployment: str, parameters: dict[str, Any], wanted: str = "COMPLETED") -> str:
        """Start a run and wait until it is in the state `wanted`; returns its id."""
        run = str(self.until(lambda: self.start(deployment, parameters)))
        self.until(lambda: self.state(run, wanted))
        return run


@contextmanager
def run_lianxi(data: Path) -> Iterator[RunningLianxi]:
    """`lianxi up` over a data folder until the end of the block; its worker is ready."""
    port = two_free_ports()
    running = RunningLianxi(start_lianxi(data, port), data, port)
    try:
        running.wait()
        yield running
    finally:
        if running.process.poll() is None:
            running.process.terminate()
            running.process.wait(60)
        if running.process.stdout:
            running.process.stdout.close()


def start_lianxi(data: Path, port: int) -> subprocess.Popen[str]:
    """Start the command without this process's own LIANXI_ and PREFECT_ variables."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LIANXI_", "PREFECT_"))}
    return subprocess.Popen(
        [sys.executable, "-m", "flows.cli.main", "up", "--port", str(port)],
        cwd=PROJECT,
        env=kept | {"LIANXI_DATA": str(data), "LIANXI_PDF": "false"} | _NO_SCHEDULE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def copy_data(data: Path, into: Path) -> Path:
    """Copy a data folder that other tests read too, without the Prefect server's files."""
    shutil.copytree(data, into, ignore=shutil.ignore_patterns("prefect", "logs"))
    return into


def two_free_ports() -> int:
    """A free port whose next one is free too, below the range that the system uses for outgoing connections."""
    for port in random.sample(range(20_000, 30_000), 200):
        with socket.socket() as first, socket.socket() as second:
            try:
                first.bind(("127.0.0.1", port))
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
    raise AssertionError("no two free ports in a row")


def processes_for(data: Path) -> list[Path]:
    """All processes whose environment names this data folder."""
    return [path for path in Path("/proc").glob("[0-9]*/environ") if _uses_data(path, str(data))]


def _uses_data(environ: Path, data: str) -> bool:
    try:
        return f"LIANXI_DATA={data}".encode() in environ.read_bytes()
    except OSError:
        return False
