"""`make bench`: the intake from collect to store, against the floor and against what one would use otherwise.

Every job runs in a process of its own over the same generated workbooks. Compared is processor time, without the
start of Python and the import of libraries (shown apart). The floor and the intake take turns, and of each the middle
one of several runs counts, for no machine is equally fast twice. Prints one table and writes `data/bench.json`.
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

from benchmarks.idle import idle
from benchmarks.meter import held_mb
from benchmarks.office import BenchOffice
from benchmarks.workbooks import write_share
from config.paths import PROJECT
from flows.steps.judging_pool import chunk_size, worth_it

_DEFAULT_SIZES = (1_000, 10_000)
_GLANCE_SECONDS = 0.5
_ROUNDS = 3
_TURNS = ("floor", "floor_same_rules", "ours")

Result = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Run:
    """What was measured at one size."""

    files: int
    rows: int
    floor: Result
    same_rules: Result
    ours: Result
    together: Result | None

    @property
    def as_flow(self) -> Result:
        """The way the flow does it at this size: with several processes where there are enough files for them."""
        return self.together or self.ours

    @property
    def per_file_s(self) -> float:
        """Our processor time a file."""
        return float(self.ours["cpu_s"]) / self.files

    def ratio(self, floor: Result) -> float:
        """Our processor time over a floor's."""
        return float(self.ours["cpu_s"]) / float(floor["cpu_s"])

    @property
    def as_point(self) -> dict[str, Any]:
        """One point of the curve of scale."""
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
            office = BenchOffice(Path(folder) / str(files), files)
            with console.status(f"{files} 份 / files …"):
                rows = write_share(office, not options.no_findings)
                if not runs:
                    others = {job: _job(job, office) for job in ("openpyxl", "frictionless")}
                runs.append(_measured(office, rows, options.rounds))
    written = _summary(runs, others)
    at_rest = {} if options.no_idle else {"empty_pass": idle()}
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
        "--rounds", type=int, default=_ROUNDS, help="runs of which the middle one counts (default: %(default)s)"
    )
    parser.add_argument("--no-findings", action="store_true", help="no faulty rows (default: one row in five)")
    parser.add_argument("--no-idle", action="store_true", help="leave out the pass that finds nothing to do")
    parser.add_argument(
        "--folder", type=Path, help="where to lay the files down (default: the system's temporary folder)"
    )
    parser.add_argument("--out", type=Path, default=PROJECT / "data" / "bench.json", help="default: %(default)s")
    return parser.parse_args(arguments)


def _job(job: str, office: BenchOffice) -> Result | None:
    """One job in a process of its own; None when its library is not installed."""
    command = [sys.executable, "-m", "benchmarks.jobs", job, str(office.root), str(office.files)]
    pipe, environment = subprocess.PIPE, os.environ | {"PYTHONHASHSEED": "0"}
    with subprocess.Popen(command, cwd=PROJECT, stdout=pipe, stderr=pipe, text=True, env=environment) as process:
        said, wrong, held = _watched(process)
    if process.returncode:
        if "ModuleNotFoundError" in wrong:
            return None
        raise SystemExit(f"{job}: {wrong}")
    result: Result = json.loads(said.strip().splitlines()[-1])
    # A short job is over between two glances: it held no less than its largest process did.
    return {**result, "peak_held_mb": max(held, result["peak_one_mb"])}


def _watched(process: subprocess.Popen[str]) -> tuple[str, str, float]:
    """What a job said and complained of, and the most memory it was seen to hold."""
    held = 0.0
    while True:
        try:
            return (*process.communicate(timeout=_GLANCE_SECONDS), held)
        except subprocess.TimeoutExpired:
            held = max(held, held_mb(process.pid))


def _measured(office: BenchOffice, rows: int, rounds: int) -> Run:
    turns: dict[str, list[Result]] = {job: [] for job in _TURNS}
    for number in range(rounds):
        for job, results in turns.items():
            results.append(_needed(job, office))
            _set_aside(office, f"{number}-{job}")
    floor, same_rules, ours = (_middle(results) for results in turns.values())
    chunks = -(-office.files // chunk_size(office.files, office.settings.limits.chunk_files))
    return Run(office.files, rows, floor, same_rules, ours, _needed("together", office) if worth_it(chunks) else None)


def _middle(results: Sequence[Result]) -> Result:
    return sorted(results, key=itemgetter("cpu_s"))[len(results) // 2]


def _set_aside(office: BenchOffice, name: str) -> None:
    """From the start again: a file once taken is not taken twice.

    Nothing is deleted before all is measured. ext4 gives no deleted file's place away for some minutes, and whoever makes
    files meanwhile pays for the search.
    """
    aside = office.root / "aside" / name
    aside.mkdir(parents=True)
    for path in (office.originals, *office.root.glob("*.db*")):
        if path.exists():
            path.rename(aside / path.name)


def _needed(job: str, office: BenchOffice) -> Result:
    result = _job(job, office)
    if result is None:
        raise SystemExit(f"{job}: a library is missing, run `make setup`")
    return result


def _summary(runs: Sequence[Run], others: Mapping[str, Result | None]) -> dict[str, float | None]:
    """The fields of bench.json for the largest size; `curve` there has every size.

    Processor time is that of one process, where nothing is hidden in another; wall time and memory are those of the
    flow's way: what its processes were seen to hold together, pages they share counted once (`_each_`: for every one).
    `cost_growth` is the cost a file over that at the smallest size.
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
    """How many times our processor time a file another way takes."""
    return None if other is None else round(other["cpu_s"] / other["files"] / ours.per_file_s, 1)


def _print(
    console: Console, runs: Sequence[Run], others: Mapping[str, Result | None], written: Mapping[str, Any]
) -> None:
    table = Table(title="collect → read → judge → record")
    for title in ("", "files", "rows", "cpu s", "ms/file", "wall s", "peak MB", "start s"):
        table.add_column(title, justify="left" if not title else "right")
    for name, job in (("pandas + openpyxl, one GX run a file", "openpyxl"), ("frictionless a file", "frictionless")):
        if (result := others[job]) is not None:
            table.add_row(name, *_line(result, result["files"], result["rows"]))
        else:
            table.add_row(name, "not installed")
    for run in runs:
        table.add_row("floor, ten plain rules", *_line(run.floor, run.files, run.rows))
        table.add_row("floor, our own rules", *_line(run.same_rules, run.files, run.rows))
        table.add_row("lianxi, one process", *_line(run.ours, run.files, run.rows))
        for stage, seconds in run.ours["stages"].items():
            table.add_row(f"  {stage}", "", "", f"{seconds:.2f}", f"{1000 * seconds / run.files:.3f}")
        if run.together is not None:
            table.add_row("lianxi, all cores", *_line(run.together, run.files, run.rows))
    console.print(table)
    console.print(" · ".join(f"{name} {value}" for name, value in written.items()))


def _line(result: Result, files: int, rows: int) -> tuple[str, ...]:
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
