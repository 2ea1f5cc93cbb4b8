"""The intake as plain functions, in the chunks the flow uses: collect -> read -> judge -> record.

Belongs here: the calls that `flows/steps/intake_pass.py` makes, without Prefect, so that only the stages are measured;
once in one process, stage by stage, and once with the flow's own working processes.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.office import NOW, BenchOffice
from flows.steps.judge_one_chunk import read_and_judge
from flows.steps.judging_pool import JudgingPool, chunk_size
from tasks.caching import no_cycle_collection
from tasks.model.context import Context
from tasks.model.submission import Original
from tasks.validate.cross_unit import COMPARED, Shared, shared

_T = TypeVar("_T")
Chunk = Sequence[Original]


class Clock:
    """Processor time by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def watch(self, stage: str, module: str, name: str) -> None:
        """Note under the stage's name what every later call of a module's function costs."""
        home = import_module(module)
        work = getattr(home, name)
        if not hasattr(work, "watched"):
            watched = partial(self, stage, work)
            watched.watched = True  # type: ignore[attr-defined]
            setattr(home, name, watched)

    def __call__(self, stage: str, work: Callable[..., _T], *given: object, **named: object) -> _T:
        """Do the work, noting what it costs under the stage's name."""
        before = time.process_time()
        done = work(*given, **named)
        self.seconds[stage] = self.seconds.get(stage, 0.0) + time.process_time() - before
        return done


def prepare(office: BenchOffice) -> None:
    """A ledger with the duties in it: `issue` has made them long before a file comes in."""
    from tasks.store.duty_table import write_duties
    from tasks.store.migrate import migrate

    migrate(office.url)
    write_duties(office.url, office.duties)


# Functions that `read_and_judge` imports when it is called, by stage.
_WATCHED = (
    ("read", "tasks.read.read", "read_originals"),
    ("store", "tasks.store.accepted_rows", "load_previous_rows"),
    ("store", "tasks.store.settled_queries", "load_answered_queries"),
    ("store", "tasks.store.duty_table", "read_duties"),
    ("validate", "tasks.validate.judge", "judge"),
)


def compared_measures(office: BenchOffice, clock: Clock) -> Shared:
    """Which measures several units report on."""
    from tasks.store.duty_table import reporting_units

    return shared(office.plan, office.county, clock("store", reporting_units, office.url, office.plan.id, COMPARED))


def intake(office: BenchOffice, clock: Clock) -> Counter[str]:
    """One pass in one process; returns how many submissions ended in which state."""
    for watched in _WATCHED:
        clock.watch(*watched)
    states = Counter[str]()
    compared = compared_measures(office, clock)
    for chunk in _collected(office, clock):
        states += _take_in(office, chunk, compared, clock)
    return states


def intake_together(office: BenchOffice, clock: Clock, pool: JudgingPool) -> Counter[str]:
    """The same pass with the flow's working processes."""
    from tasks.store.record_verdicts import write_verdicts

    states: Counter[str] = Counter()
    compared = compared_measures(office, clock)
    for verdicts in pool.judged(_collected(office, clock)):
        states.update(each.state for each in clock("store", write_verdicts, office.url, verdicts, NOW, compared))
        del verdicts
    return states


class _InPlace(Context):
    """A context whose originals are the files in the share."""

    @property
    def originals(self) -> Path:
        return self.share


def typed_rows(office: BenchOffice) -> Any:
    """The frame of all rows of a share as our own suite looks at it, to run that suite alone."""
    from tasks.read.read import read_originals
    from tasks.validate.plan_lookup import PlanLookup
    from tasks.validate.row_frame import row_frame
    from tasks.validate.submission_case import Reader

    paths = [str(path.relative_to(office.share)) for path in sorted(office.share.rglob("*.xlsx"))]
    files = [Original(office.plan.id, path, path, path.partition("/")[0], 0, 0, NOW, path) for path in paths]
    # The share is read as it is, without collecting.
    readings = read_originals(files, _InPlace(**vars(office.context)))
    reader = Reader(PlanLookup(office.plan, office.county, office.layout, office.duties, ()))
    lines = [line for file, reading in enumerate(readings) for line in reader.case_of(file, reading).lines]
    return row_frame(lines, dict.fromkeys(range(len(files)), NOW.date()), office.layout)


def _collected(office: BenchOffice, clock: Clock) -> Iterator[Chunk]:
    """What lies in the share, kept and claimed part by part, in chunks."""
    from tasks.collect.collect import MOST, collect
    from tasks.store.originals import load_known_files
    from tasks.store.pending import claim_pending_originals

    plan, limits = office.plan.id, office.settings.limits
    known = clock("collect", load_known_files, office.url, plan)
    after: str | None = ""
    while after is not None:
        found = clock("collect", collect, office.context, known, after, MOST)
        waiting = clock("store", claim_pending_originals, office.url, found.originals, NOW, plan)
        after = found.left_after
    del found
    size = chunk_size(len(waiting), limits.chunk_files)
    for start in range(0, len(waiting), size):
        yield clock("store", waiting.__getitem__, slice(start, start + size))


@no_cycle_collection()
def _take_in(office: BenchOffice, chunk: Chunk, compared: Shared, clock: Clock) -> Counter[str]:
    from tasks.store.record_verdicts import write_verdicts

    verdicts = read_and_judge(chunk, office.context)
    return Counter(made.state for made in clock("store", write_verdicts, office.url, verdicts, NOW, compared))
