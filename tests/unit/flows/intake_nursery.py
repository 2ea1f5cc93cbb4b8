"""Intakes that are born and killed at random: `python -m tests.unit.flows.intake_nursery FOLDER KILLS SEED [URL]`.

A process of its own, because an intake is forked from one that has everything imported and no threads. Belongs here:
the play, which prints as JSON what happened. What must hold is said by `test_intake_killed`.

Each child tells through a pipe when it begins a step. It is killed a random while after a random step, so that every
step is hit however slow the machine is, and not only the judging, which takes most of the time and writes nothing.
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
from typing import Any, ParamSpec, TypeVar

from prefect import Task
from prefect.logging import disable_run_logger

from flows.steps.intake_pass import one_pass
from tasks.model.context import Context
from tasks.store.engine import engine_for
from tests import hostile_files
from tests.unit.flows import office_day

STEPS, SEVERAL = 13, 0.3
LONGEST_SECONDS = 0.04
_P = ParamSpec("_P")
_R = TypeVar("_R")


def play(folder: Path, kills: int, seed: int, url: str = "") -> dict[str, Any]:
    """Kill intakes until so many have died in mid-work; each office they leave unfinished is finished by the last one.

    Returns how many died, in which steps, and the differences of what they left to what an undisturbed pass leaves.
    """
    chance = random.Random(seed)
    wanted = _undisturbed(folder / "undisturbed")
    # No child need look through all that its parent has imported.
    gc.collect()
    gc.freeze()
    died: list[str] = []
    offices = 0
    differences: list[str] = []
    while len(died) < kills:
        offices += 1
        at = office_day.office(_morning(folder, f"office-{offices}"), url, chunk_files=chance.choice([7, 20, 20, 20]))
        if url:
            _refill(url, folder / "morning/lianxi.db")
        while not _one_round(at, chance, died, last=len(died) >= kills):
            pass
        # Of two at once, each leaves the other's files alone while that one lives: what it left is done now.
        if url:
            _buried(url)
        _one_round(at, chance, died, last=True)
        differences += _differences(wanted, office_day.left_behind(at))
        shutil.rmtree(at.data)
    return {"kills": len(died), "offices": offices, "steps": sorted(set(died)), "differences": differences[:9]}


def _undisturbed(root: Path) -> dict[str, Any]:
    """What one pass leaves that nobody disturbs. The office as it was in the morning is kept beside it."""
    yesterday = office_day.office(root, now=office_day.YESTERDAY)
    office_day.begin(yesterday)
    office_day.one(yesterday)
    at = office_day.office(root, chunk_files=20)
    office_day.day(at)
    # Kills whoever reads it, and nobody else.
    office_day.drop(at, "公共上报/旧表.xls", hostile_files.legacy_workbook(65535, 65535), 15)
    engine_for(at.url).dispose()
    shutil.copytree(root, root.with_name("morning"))
    office_day.one(at)
    return office_day.left_behind(at)


def _morning(folder: Path, name: str) -> Path:
    """The office before its day, in a folder of its own."""
    return Path(shutil.copytree(folder / "morning", folder / name))


def _refill(url: str, ledger: Path) -> None:
    """Another database with the rows of the morning's ledger."""
    from sqlalchemy import insert, text

    from tasks.store.engine import reading
    from tasks.store.migrate import migrate
    from tasks.store.schema.tables import METADATA

    migrate(url)
    with reading(f"sqlite:///{ledger}") as before, engine_for(url).begin() as after:
        tables = METADATA.sorted_tables
        # The audit log refuses to be emptied by anyone but the database's owner with the triggers off.
        after.execute(text("SET LOCAL session_replication_role = replica"))
        after.execute(text(f"TRUNCATE {', '.join(table.name for table in tables)} RESTART IDENTITY CASCADE"))
        for table in tables:
            if rows := [dict(row) for row in before.execute(table.select()).mappings()]:
                after.execute(insert(table), rows)
                if "id" in table.c:
                    after.execute(
                        text(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), max(id)) FROM {table.name}")
                    )


def _buried(url: str) -> None:
    """Wait until the server, too, has noticed that the dead are dead: till then the next one leaves their files alone."""
    from sqlalchemy import text

    from tasks.store.engine import reading

    deadline = time.monotonic() + 60
    with reading(url) as connection:
        while connection.scalar(text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")):
            assert time.monotonic() < deadline, "a lock outlives its process"
            time.sleep(0.01)


def _one_round(at: Context, chance: random.Random, died: list[str], last: bool) -> bool:
    """One intake or two at once, each killed on its way, or none when it is the last. Whether the work is done."""
    born = [_born(at) for _ in range(1 if last or chance.random() > SEVERAL else 2)]
    finished = []
    for pid, steps in born:
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


def _born(at: Context) -> tuple[int, Any]:
    """An intake in a process of its own, and what it says of its steps: (pid, lines)."""
    heard, tell = os.pipe()
    pid = os.fork()
    if pid:
        os.close(tell)
        return pid, os.fdopen(heard, encoding="utf-8")
    try:

        def run(step: Task[_P, _R], /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
            os.write(tell, f"{step.fn.__name__}\n".encode())
            return step.fn(*args, **kwargs)

        with disable_run_logger():
            one_pass(at, run, lambda _submission: None)
    except BaseException as error:
        print(repr(error), file=sys.stderr, flush=True)
        os._exit(1)
    os._exit(0)


def _wait_for(steps: Iterator[str], number: int) -> list[str] | None:
    """The names of the first steps, once so many have begun; None where the intake was done before."""
    seen = []
    for line in steps:
        seen.append(line.strip())
        if len(seen) == number:
            return seen
    return None


def _differences(wanted: dict[str, Any], found: dict[str, Any]) -> Iterator[str]:
    """What two offices do not have in common, a line each."""
    for table, rows in wanted["ledger"].items():
        yield from (f"{table}: {row}" for row in sorted(set(rows) ^ set(found["ledger"][table])))
        if len(rows) != len(found["ledger"][table]):
            yield f"{table}: {len(rows)} rows, then {len(found['ledger'][table])}"
    yield from (f"{path}" for path, _ in sorted(set(wanted["files"].items()) ^ set(found["files"].items())))


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        print(json.dumps(play(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:5])))
