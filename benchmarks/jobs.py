"""Measure one job in its own process: `python -m benchmarks.jobs JOB ROOT FILES` prints one line of JSON.

Belongs here: what is imported before the clock starts, and reading the clock. Each job has its own process, so that
memory and warm caches of one do not affect another.
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
from benchmarks.workload import Workload


def main(job: str, root: str, files: str) -> None:
    """Run one job and print its cost without the start of Python and the import of libraries."""
    workload = Workload(Path(root), int(files))
    started = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        work = _JOBS[job](workload)
    start_s = time.process_time() - started
    cpu, wall = cpu_seconds(), time.perf_counter()
    result = work()
    cpu, wall = cpu_seconds() - cpu, time.perf_counter() - wall
    memory = {"peak_rss_mb": peak_mb(), "peak_one_mb": largest_mb()}
    print(json.dumps({"cpu_s": cpu, "wall_s": wall, "start_s": start_s} | memory | result), flush=True)


def _floor(workload: Workload) -> Callable[[], dict[str, Any]]:
    import pandas
    import python_calamine  # noqa: F401

    from benchmarks import floor

    floor.batches()
    floor.suite()
    pandas.DataFrame()
    return lambda: {"rows": floor.floor(workload.share, workload.root / "floor.db")}


def _floor_same_rules(workload: Workload) -> Callable[[], dict[str, Any]]:
    from benchmarks import floor
    from benchmarks.intake_stages import typed_rows
    from tasks.validate.checkpoint import run_checkpoint
    from tasks.validate.suites import row_suite

    frame = typed_rows(workload)
    suite = row_suite(tuple(choice.value for choice in workload.layout.statuses))
    run_checkpoint(frame.head(1), suite)
    return lambda: {
        "rows": floor.floor(workload.share, workload.root / "floor2.db", lambda _rows: run_checkpoint(frame, suite))
    }


def _ours(workload: Workload) -> Callable[[], dict[str, Any]]:
    import tasks.read.read_originals
    import tasks.validate.judge_chunk  # noqa: F401
    from benchmarks.intake_stages import Clock, intake, prepare
    from tasks.validate.suites import file_suite

    file_suite()
    prepare(workload)
    # Build the look-up tables of names before the clock starts: once per process, not per file.
    workload.county.resolve("")
    clock = Clock()
    return lambda: {"states": intake(workload, clock), "stages": clock.seconds}


def _together(workload: Workload) -> Callable[[], dict[str, Any]]:
    from benchmarks.intake_stages import Clock, intake_together, prepare
    from flows.steps.judging_pool import JudgingPool

    prepare(workload)
    clock = Clock()
    pool = JudgingPool(workload.context)
    pool.warm_up()
    return lambda: {"states": intake_together(workload, clock, pool)}


def _openpyxl(workload: Workload) -> Callable[[], dict[str, Any]]:
    import openpyxl
    import pandas  # noqa: F401

    from benchmarks import alternatives, floor

    paths = sorted(workload.share.rglob("*.xlsx"))[: alternatives.SAMPLE]
    floor.suite()
    floor.batches()
    assert openpyxl.__version__
    return lambda: {"rows": alternatives.openpyxl_and_gx(paths, workload.root / "usual.db"), "files": len(paths)}


def _frictionless(workload: Workload) -> Callable[[], dict[str, Any]]:
    from benchmarks import alternatives

    paths = sorted(workload.share.rglob("*.xlsx"))[: alternatives.SAMPLE]
    alternatives.frictionless(paths[:1], workload.root / "warm.db")
    return lambda: {"rows": alternatives.frictionless(paths, workload.root / "usual2.db"), "files": len(paths)}


_JOBS: dict[str, Callable[[Workload], Callable[[], dict[str, Any]]]] = {
    "floor": _floor,
    "floor_same_rules": _floor_same_rules,
    "ours": _ours,
    "together": _together,
    "openpyxl": _openpyxl,
    "frictionless": _frictionless,
}


if __name__ == "__main__":
    main(*sys.argv[1:])
