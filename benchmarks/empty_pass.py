"""What an intake without work costs beyond an empty Prefect flow: `python -m benchmarks.empty_pass`.

Both run in their own process against one server, with a ledger in place and an empty share. Compares the processor
time from the first line of Python to the end of the process.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from config.paths import PROJECT
from flows.server.environment import prepare_prefect
from flows.server.up import server

_TIMES = 5
_START = """
from pathlib import Path
from flows.server.environment import prepare_prefect
import os, time
prepare_prefect(Path(os.environ["LIANXI_DATA"]))
"""
_END = "\nprint(time.process_time())"
_EMPTY = _START + "from prefect import flow\n@flow\ndef nothing({}): ...\nnothing({})" + _END
_PASS = _START + "from flows.intake import intake\nintake(now='2023-10-18T09:00')" + _END


def measure_empty_pass() -> dict[str, float]:
    """Processor time of an empty flow, of an empty pass, and their difference; medians of five, in seconds.

    The bare flow has no parameters: Prefect imports a web framework (0.2 s) for any flow that has some.
    """
    with tempfile.TemporaryDirectory(prefix="lianxi-idle-") as folder:
        data = Path(folder)
        (data / "share" / "县商工局" / "上报").mkdir(parents=True)
        os.environ |= {
            "LIANXI_DATA": str(data),
            "LIANXI_SHARE": str(data / "share"),
            "PREFECT_HOME": str(data / "prefect"),
        }
        prepare_prefect(data)
        with server(data, _free_port()) as api_url:
            # The first pass creates the ledger.
            _cost(_PASS, api_url)
            programs = (_EMPTY.format("", ""), _EMPTY.format("plan=None, now=None", "now='2023'"), _PASS)
            costs = [[_cost(program, api_url) for program in programs] for _ in range(_TIMES)]
    bare, flow, empty_pass = (median(column) for column in zip(*costs, strict=True))
    result = {
        "bare_flow_cpu_s": bare,
        "flow_cpu_s": flow,
        "empty_pass_cpu_s": empty_pass,
        "added_cpu_s": empty_pass - flow,
        "added_to_bare_cpu_s": empty_pass - bare,
    }
    return {name: round(seconds, 3) for name, seconds in result.items()}


def _cost(program: str, api_url: str) -> float:
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=PROJECT,
        env=os.environ | {"PREFECT_API_URL": api_url, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return float(done.stdout.strip().splitlines()[-1])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    print(json.dumps(measure_empty_pass()))
