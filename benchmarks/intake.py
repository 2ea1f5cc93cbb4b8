"""`make bench`: the intake from collect to store, compared with the floor and with common alternatives.

Every job runs in its own process over the same generated workbooks. Compares processor time without the start of
Python and the import of libraries, which are shown separately. Floor and intake alternate, and the median of several
runs counts, because the speed of a machine varies. Prints one table and writes `data/bench.json`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.empty_pass import measure_empty_pass
from benchmarks.meter import held_mb
from benchmarks.workbooks import write_share
from benchmarks.workload import Workload
from config.paths import PROJECT
from flows.steps.judging_pool import chunk_size, worth_it

_DEFAULT_SIZES = (1_000, 10_000)
_POLL_SECONDS = 0.5
_ROUNDS = 3
_ALTERNATING = ("floor", "floor_same_rules", "ours")

Result = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Run:
    """The results at one number of files."""

    files: int
    rows: int
    floor: Result
    same_rules: Result
    ours: Result
    together: Result | None

    @property
    def as_flow(self) -> Result:
        """The result as the flow runs at this size: in several processes if there are enough files."""
        return self.together or self.ours

    @property
    def per_file_s(self) -> float:
        """Processor time of the intake per file."""
        return float(self.ours["cpu_s"]) / self.files

    def ratio(self, floor: Result) -> float:
        """Processor time of the intake divided by that of a floor."""
        return float(self.ours["cpu_s"]) / float(floor["cpu_s"])

    @property
    def as_point(self) -> dict[str, Any]:
        """The point of this size in `curve` of bench.json."""
        return {
            "files": self.files,
            "rows": self.rows,
            "cpu_s": round(self.ours["cpu_s"], 2),
            "ms_per_file": round(1000 * self.per_file_s, 3),
            "stages_ms_per_file": {
                stage: round(1000 * seconds / self.files, 3) for stage, seconds in self.ours["stages"].items()
            },
            "floor_cpu_s": round(self.floor["cpu_s"], 2),
            "floor_same_rules_cpu_s": round(self.same_rules["cpu_s"], 2),
            "wall_s": round(self.as_flow["wall_s"], 2),
            "cpu_s_as_flow": round(self.as_flow["cpu_s"], 2),
            "peak_rss_mb": round(self.as_flow["peak_held_mb"]),
            "peak_rss_each_mb": round(self.as_flow["peak_rss_mb"]),
        }


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, write."""
    options = _options(arguments)
    console = Console()
    others: dict[str, Result | None] = {}
    runs: list[Run] = []
    with tempfile.TemporaryDirectory(prefix="lianxi-bench-", dir=options.folder) as folder:
        for files in sorted(set(options.files)):
            workload = Workload(Path(folder) / str(files), files)
            with console.status(f"{files} 份 / files …"):
                rows = write_share(workload, not options.no_findings)
                if not runs:
                    others = {job: _job(job, workload) for job in ("openpyxl", "frictionless")}
                runs.append(_measured(workload, rows, options.rounds))
    written = _summary(runs, others)
    at_rest = {} if options.no_idle else {"empty_pass": measure_empty_pass()}
    _print(console, runs, others, {**written, **at_rest})
    options.out.parent.mkdir(parents=True, exist_ok=True)
    curve = {"curve": [run.as_point for run in runs]}
    options.out.write_text(
        json.dumps({**written, **at_rest, **curve}, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
    )


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.intake", description=__doc__)
    parser.add_argument(
        "--files", type=int, nargs="+", default=_DEFAULT_SIZES, help="sizes to run (default: %(default)s)"
    )
    parser.add_argument(
        "--rounds", type=int, default=_ROUNDS, help="runs, of which the median counts (default: %(default)s)"
    )
    parser.add_argument("--no-findings", action="store_true", help="no faulty rows (default: one row in five)")
    parser.add_argument("--no-idle", action="store_true", help="leave out the pass without work")
    parser.add_argument(
        "--folder", type=Path, help="folder for the generated files (default: the system's temporary folder)"
    )
    parser.add_argument("--out", type=Path, default=PROJECT / "data" / "bench.json", help="default: %(default)s")
    return parser.parse_args(arguments)


def _job(job: str, workload: Workload) -> Result | None:
    """Run one job in its own process; None if its library is not installed."""
    command = [sys.executable, "-m", "benchmarks.jobs", job, str(workload.root), str(workload.files)]
    pipe, environment = subprocess.PIPE, os.environ | {"PYTHONHASHSEED": "0"}
    with subprocess.Popen(command, cwd=PROJECT, stdout=pipe, stderr=pipe, text=True, env=environment) as process:
        output, errors, held = _watched(process)
    if process.returncode:
        if "ModuleNotFoundError" in errors:
            return None
        raise SystemExit(f"{job}: {errors}")
    result: Result = json.loads(output.strip().splitlines()[-1])
    # A short job may end between two polls: it held at least as much as its largest process.
    return {**result, "peak_held_mb": max(held, result["peak_one_mb"])}


def _watched(process: subprocess.Popen[str]) -> tuple[str, str, float]:
    """The output and errors of a job, and the most memory it held at any poll, in MB."""
    held = 0.0
    while True:
        try:
            return (*process.communicate(timeout=_POLL_SECONDS), held)
        except subprocess.TimeoutExpired:
            held = max(held, held_mb(process.pid))


def _measured(workload: Workload, rows: int, rounds: int) -> Run:
    results_of: dict[str, list[Result]] = {job: [] for job in _ALTERNATING}
    for number in range(rounds):
        for job, results in results_of.items():
            results.append(_needed(job, workload))
            _set_aside(workload, f"{number}-{job}")
    floor, same_rules, ours = (_median(results) for results in results_of.values())
    chunks = -(-workload.files // chunk_size(workload.files, workload.settings.limits.chunk_files))
    return Run(
        workload.files, rows, floor, same_rules, ours, _needed("together", workload) if worth_it(chunks) else None
    )


def _median(results: Sequence[Result]) -> Result:
    return sorted(results, key=itemgetter("cpu_s"))[len(results) // 2]


def _set_aside(workload: Workload, name: str) -> None:
    """Move ledger and originals away, because the next run must take in the same files again.

    Nothing is deleted until all runs are measured: ext4 does not reuse the blocks of a deleted file for some minutes,
    and creating files is slower meanwhile.
    """
    aside = workload.root / "aside" / name
    aside.mkdir(parents=True)
    for path in (workload.originals, *workload.root.glob("*.db*")):
        if path.exists():
            path.rename(aside / path.name)


def _needed(job: str, workload: Workload) -> Result:
    result = _job(job, workload)
    if result is None:
        raise SystemExit(f"{job}: a library is missing, run `make setup`")
    return result


def _summary(runs: Sequence[Run], others: Mapping[str, Result | None]) -> dict[str, float | None]:
    """The fields of bench.json for the largest size; `curve` there has every size.

    Processor time is that of the run in one process. Wall time and memory are those of the run as the flow does it:
    memory of all its processes, with shared pages counted once (`_each_`: once per process). `cost_growth` is the cost
    per file divided by that at the smallest size.
    """
    last = runs[-1]
    return {
        "files": last.files,
        "rows": last.rows,
        "wall_s": round(last.as_flow["wall_s"], 2),
        "cpu_s": round(last.ours["cpu_s"], 2),
        "floor_cpu_s": round(last.floor["cpu_s"], 2),
        "ratio_to_floor": round(last.ratio(last.floor), 2),
        "ratio_to_floor_same_rules": round(last.ratio(last.same_rules), 2),
        "peak_rss_mb": round(last.as_flow["peak_held_mb"]),
        "peak_rss_each_mb": round(last.as_flow["peak_rss_mb"]),
        "vs_openpyxl_gx_per_file": _times(others["openpyxl"], last),
        "vs_frictionless": _times(others["frictionless"], last),
        "cost_growth": round(last.per_file_s / runs[0].per_file_s, 3),
    }


def _times(other: Result | None, ours: Run) -> float | None:
    """Processor time per file of an alternative divided by that of the intake."""
    return None if other is None else round(other["cpu_s"] / other["files"] / ours.per_file_s, 1)


def _print(
    console: Console, runs: Sequence[Run], others: Mapping[str, Result | None], written: Mapping[str, Any]
) -> None:
    table = Table(title="collect → read → judge → record")
    for title in ("", "files", "rows", "cpu s", "ms/file", "wall s", "peak MB", "start s"):
        table.add_column(title, justify="left" if not title else "right")
    for name, job in (("pandas + openpyxl, one GX run a file", "openpyxl"), ("frictionless a file", "frictionless")):
        if (result := others[job]) is not None:
            table.add_row(name, *_cells(result, result["files"], result["rows"]))
        else:
            table.add_row(name, "not installed")
    for run in runs:
        table.add_row("floor, ten plain rules", *_cells(run.floor, run.files, run.rows))
        table.add_row("floor, our own rules", *_cells(run.same_rules, run.files, run.rows))
        table.add_row("lianxi, one process", *_cells(run.ours, run.files, run.rows))
        for stage, seconds in run.ours["stages"].items():
            table.add_row(f"  {stage}", "", "", f"{seconds:.2f}", f"{1000 * seconds / run.files:.3f}")
        if run.together is not None:
            table.add_row("lianxi, all cores", *_cells(run.together, run.files, run.rows))
    console.print(table)
    console.print(" · ".join(f"{name} {value}" for name, value in written.items()))


def _cells(result: Result, files: int, rows: int) -> tuple[str, ...]:
    return (
        f"{files:,}",
        f"{rows:,}",
        f"{result['cpu_s']:.2f}",
        f"{1000 * result['cpu_s'] / files:.3f}",
        f"{result['wall_s']:.2f}",
        f"{result['peak_held_mb']:.0f}",
        f"{result['start_s']:.1f}",
    )


if __name__ == "__main__":
    main()
