"""What a pass of the intake that finds nothing to do adds to an empty Prefect flow: `python -m benchmarks.idle`.

Both run in a process of their own against one server, with a ledger in place and nothing in the share; compared is the
processor time from the first line of Python to the end of the process.
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

from flows.up import server

_PROJECT = Path(__file__).resolve().parent.parent
_TIMES = 5
_START = "from pathlib import Path\nfrom flows.runtime import prepare\nimport os, time\nprepare(Path(os.environ['LIANXI_DATA']))\n"
_END = "\nprint(time.process_time())"
_EMPTY = _START + "from prefect import flow\n@flow\ndef nothing() -> None: ...\nnothing()" + _END
_PASS = _START + "from flows.intake import intake\nintake(now='2023-10-18T09:00')" + _END


def idle() -> dict[str, float]:
    """Processor time of an empty flow, of an empty pass, and what the pass adds; medians of five, in seconds."""
    with tempfile.TemporaryDirectory(prefix="lianxi-idle-") as folder:
        data = Path(folder)
        (data / "share" / "县商工局" / "上报").mkdir(parents=True)
        os.environ |= {
            "LIANXI_DATA": str(data),
            "LIANXI_SHARE": str(data / "share"),
            "PREFECT_HOME": str(data / "prefect"),
        }
        with server(data, _free_port()) as api_url:
            # The first pass makes the ledger.
            _cost(_PASS, api_url)
            costs = [(_cost(_EMPTY, api_url), _cost(_PASS, api_url)) for _ in range(_TIMES)]
    flow, empty_pass = (round(median(column), 3) for column in zip(*costs, strict=True))
    return {"flow_cpu_s": flow, "empty_pass_cpu_s": empty_pass, "added_cpu_s": round(empty_pass - flow, 3)}


def _cost(program: str, api_url: str) -> float:
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=_PROJECT,
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
    print(json.dumps(idle()))
