"""One measured job in a process of its own: `python -m benchmarks.jobs JOB ROOT FILES` prints one line of JSON.

Belongs here: what is imported before the clock starts, and reading the clock. A process of its own, so that neither
memory nor warm caches of one job help or harm another.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.meter import cpu_seconds, largest_mb, peak_mb
from benchmarks.office import BenchOffice


def main(job: str, root: str, files: str) -> None:
    """Run one job and print what it cost, apart from starting Python and importing libraries."""
    office = BenchOffice(Path(root), int(files))
    started = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        work = _JOBS[job](office)
    start_s = time.process_time() - started
    cpu, wall = cpu_seconds(), time.perf_counter()
    said = work()
    cpu, wall = cpu_seconds() - cpu, time.perf_counter() - wall
    memory = {"peak_rss_mb": peak_mb(), "peak_one_mb": largest_mb()}
    print(json.dumps({"cpu_s": cpu, "wall_s": wall, "start_s": start_s} | memory | said), flush=True)


def _floor(office: BenchOffice) -> Callable[[], dict[str, Any]]:
    import pandas
    import python_calamine  # noqa: F401

    from benchmarks import floor

    floor.batches()
    floor.suite()
    pandas.DataFrame()
    return lambda: {"rows": floor.floor(office.share, office.root / "floor.db")}


def _floor_same_rules(office: BenchOffice) -> Callable[[], dict[str, Any]]:
    from benchmarks import floor
    from benchmarks.ours import typed_rows
    from tasks.validate.checkpoint import run_checkpoint
    from tasks.validate.suites import row_suite

    frame = typed_rows(office)
    suite = row_suite(tuple(choice.value for choice in office.layout.statuses))
    run_checkpoint(frame.head(1), suite)
    return lambda: {
        "rows": floor.floor(office.share, office.root / "floor2.db", lambda _rows: run_checkpoint(frame, suite))
    }


def _ours(office: BenchOffice) -> Callable[[], dict[str, Any]]:
    import tasks.read.read
    import tasks.validate.judge_chunk  # noqa: F401
    from benchmarks.ours import Clock, intake, prepare
    from tasks.validate.suites import file_suite

    file_suite()
    prepare(office)
    # The tables of names are made once an installation, not once a file.
    office.county.resolve("")
    clock = Clock()
    return lambda: {"states": intake(office, clock), "stages": clock.seconds}


def _together(office: BenchOffice) -> Callable[[], dict[str, Any]]:
    from benchmarks.ours import Clock, intake_together, prepare
    from flows.steps.judging_pool import JudgingPool

    prepare(office)
    clock = Clock()
    pool = JudgingPool(office.context)
    pool.warm_up()
    return lambda: {"states": intake_together(office, clock, pool)}


def _openpyxl(office: BenchOffice) -> Callable[[], dict[str, Any]]:
    import openpyxl
    import pandas  # noqa: F401

    from benchmarks import floor, usual

    paths = sorted(office.share.rglob("*.xlsx"))[: usual.SAMPLE]
    floor.suite()
    floor.batches()
    assert openpyxl.__version__
    return lambda: {"rows": usual.openpyxl_and_gx(paths, office.root / "usual.db"), "files": len(paths)}


def _frictionless(office: BenchOffice) -> Callable[[], dict[str, Any]]:
    from benchmarks import usual

    paths = sorted(office.share.rglob("*.xlsx"))[: usual.SAMPLE]
    usual.frictionless(paths[:1], office.root / "warm.db")
    return lambda: {"rows": usual.frictionless(paths, office.root / "usual2.db"), "files": len(paths)}


_JOBS: dict[str, Callable[[BenchOffice], Callable[[], dict[str, Any]]]] = {
    "floor": _floor,
    "floor_same_rules": _floor_same_rules,
    "ours": _ours,
    "together": _together,
    "openpyxl": _openpyxl,
    "frictionless": _frictionless,
}


if __name__ == "__main__":
    main(*sys.argv[1:])
