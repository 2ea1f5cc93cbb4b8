"""Starts intakes and kills them at random: `python -m tests.unit.flows.killed_intakes FOLDER KILLS SEED [URL]`.

It runs as a process of its own, because it forks each intake, which is safe only without threads. It prints what
happened as JSON; `test_intake_killed` asserts what must hold.

Each child writes the name of each step to a pipe. It is killed a random time after a random step, so that every step is
hit on any machine, and not only judging, which takes most of the time and writes nothing.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flows.steps.intake_pass import one_pass
from tasks.model.run_context import Context
from tasks.store.engine import engine_for
from tests import hostile_files
from tests.unit.flows import small_county

STEPS, SEVERAL = 13, 0.3
LONGEST_SECONDS = 0.04


def play(folder: Path, kills: int, seed: int, url: str = "") -> dict[str, Any]:
    """Kill intakes until `kills` have died at work; in each county a last intake finishes what they left.

    Returns how many died, in which steps, and how the result differs from that of an undisturbed pass.
    """
    chance = random.Random(seed)
    wanted = _undisturbed(folder / "undisturbed")
    # Spare each child a garbage collection over everything that its parent has imported.
    gc.collect()
    gc.freeze()
    died: list[str] = []
    offices = 0
    differences: list[str] = []
    while len(died) < kills:
        offices += 1
        at = small_county.context_of(
            _morning(folder, f"office-{offices}"), url, chunk_files=chance.choice([7, 20, 20, 20])
        )
        if url:
            _refill(url, folder / "morning/lianxi.db")
        while not _one_round(at, chance, died, last=len(died) >= kills):
            pass
        # While two ran at once, each left the other's files alone: finish those of the dead one now.
        if url:
            _wait_for_locks(url)
        _one_round(at, chance, died, last=True)
        differences += _differences(wanted, small_county.snapshot(at))
        shutil.rmtree(at.data)
    return {"kills": len(died), "offices": offices, "steps": sorted(set(died)), "differences": differences[:9]}


def _undisturbed(root: Path) -> dict[str, Any]:
    """What an undisturbed pass leaves. A copy of the county before that pass is kept in `morning`."""
    yesterday = small_county.context_of(root, now=small_county.YESTERDAY)
    small_county.prepare_ledger(yesterday)
    small_county.run_pass(yesterday)
    at = small_county.context_of(root, chunk_files=20)
    small_county.add_files(at)
    # Kills the process that reads it, and no other.
    small_county.put_file(at, "公共上报/旧表.xls", hostile_files.legacy_workbook(65535, 65535), 15)
    engine_for(at.url).dispose()
    shutil.copytree(root, root.with_name("morning"))
    small_county.run_pass(at)
    return small_county.snapshot(at)


def _morning(folder: Path, name: str) -> Path:
    """A copy of the county before the pass."""
    return Path(shutil.copytree(folder / "morning", folder / name))


def _refill(url: str, ledger: Path) -> None:
    """Replace the rows of another database with those of the morning's ledger."""
    from sqlalchemy import insert, text

    from tasks.store.engine import reading
    from tasks.store.migrate import migrate
    from tasks.store.schema.tables import METADATA

    migrate(url)
    with reading(f"sqlite:///{ledger}") as before, engine_for(url).begin() as after:
        tables = METADATA.sorted_tables
        # Triggers protect the audit log: only the database's owner can empty it, with triggers off.
        after.execute(text("SET LOCAL session_replication_role = replica"))
        after.execute(text(f"TRUNCATE {', '.join(table.name for table in tables)} RESTART IDENTITY CASCADE"))
        for table in tables:
            if rows := [dict(row) for row in before.execute(table.select()).mappings()]:
                after.execute(insert(table), rows)
                if "id" in table.c:
                    after.execute(
                        text(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), max(id)) FROM {table.name}")
                    )


def _wait_for_locks(url: str) -> None:
    """Wait until PostgreSQL has freed the locks of dead processes: until then the next one leaves their files alone."""
    from sqlalchemy import text

    from tasks.store.engine import reading

    deadline = time.monotonic() + 60
    with reading(url) as connection:
        while connection.scalar(text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")):
            assert time.monotonic() < deadline, "a lock outlives its process"
            time.sleep(0.01)


def _one_round(at: Context, chance: random.Random, died: list[str], last: bool) -> bool:
    """Start one intake or two and kill them, except a last one. Returns whether one of them finished."""
    started = [_fork_intake(at) for _ in range(1 if last or chance.random() > SEVERAL else 2)]
    finished = []
    for pid, steps in started:
        seen = [] if last else _wait_for(steps, chance.randrange(1, STEPS))
        if seen is not None and not last:
            time.sleep(chance.uniform(0.0, LONGEST_SECONDS))
            os.kill(pid, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        if code == -signal.SIGKILL:
            died.append((seen or ["?"])[-1])
        elif code:
            raise SystemExit(f"an intake failed with {code}")
        finished.append(code == 0)
        steps.close()
    return any(finished)


def _fork_intake(at: Context) -> tuple[int, Any]:
    """Start an intake in a child process: (pid, the names of its steps as it begins them)."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid:
        os.close(write_end)
        return pid, os.fdopen(read_end, encoding="utf-8")
    try:
        with small_county.watched(lambda step: os.write(write_end, f"{step}\n".encode())):
            one_pass(at, lambda _submission: None)
    except BaseException as error:
        print(repr(error), file=sys.stderr, flush=True)
        os._exit(1)
    os._exit(0)


def _wait_for(steps: Iterator[str], number: int) -> list[str] | None:
    """The names of the first `number` steps once they have begun; None if the intake ended before that."""
    seen = []
    for line in steps:
        seen.append(line.strip())
        if len(seen) == number:
            return seen
    return None


def _differences(wanted: dict[str, Any], found: dict[str, Any]) -> Iterator[str]:
    """The differences between two snapshots, one line each."""
    for table, rows in wanted["ledger"].items():
        yield from (f"{table}: {row}" for row in sorted(set(rows) ^ set(found["ledger"][table])))
        if len(rows) != len(found["ledger"][table]):
            yield f"{table}: {len(rows)} rows, then {len(found['ledger'][table])}"
    yield from (f"{path}" for path, _ in sorted(set(wanted["files"].items()) ^ set(found["files"].items())))


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        print(json.dumps(play(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:5])))
