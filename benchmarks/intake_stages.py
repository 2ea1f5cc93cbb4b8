"""The intake as plain functions, in the chunks of the flow: collect -> read -> judge -> record.

Belongs here: the calls that `flows/steps/intake_pass.py` makes, without Prefect, so that only the stages are measured:
in one process, stage by stage, and with the worker processes of the flow.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.workload import NOW, Workload
from flows.steps.judge_one_chunk import read_and_judge
from flows.steps.judging_pool import JudgingPool, chunk_size
from tasks.caching import no_cycle_collection
from tasks.model.run_context import Context
from tasks.model.submission import Original
from tasks.validate.cross_unit import COMPARED_KINDS, SharedMeasures, shared_measures

_T = TypeVar("_T")
Chunk = Sequence[Original]


class Clock:
    """Processor time by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def watch(self, stage: str, module: str, name: str) -> None:
        """Add the processor time of every later call of a module's function to the stage."""
        home = import_module(module)
        setattr(home, name, partial(self, stage, getattr(home, name)))

    def __call__(self, stage: str, work: Callable[..., _T], *given: object, **named: object) -> _T:
        """Do the work and add its processor time to the stage."""
        before = time.process_time()
        done = work(*given, **named)
        self.seconds[stage] = self.seconds.get(stage, 0.0) + time.process_time() - before
        return done


def prepare(workload: Workload) -> None:
    """Create the ledger and its duties, which exist before the first file comes in."""
    from tasks.store.duty_table import write_duties
    from tasks.store.migrate import migrate

    migrate(workload.url)
    write_duties(workload.url, workload.duties)


# The functions that `read_and_judge` looks up when it is called, by stage.
_WATCHED = (
    ("read", "tasks.read.read_originals", "read_originals"),
    ("store", "tasks.store.accepted_rows", "load_previous_rows"),
    ("store", "tasks.store.settled_queries", "load_answered_queries"),
    ("store", "tasks.store.duty_table", "read_duties"),
    ("validate", "tasks.validate.judge", "judge"),
)


def shared_of(workload: Workload, clock: Clock) -> SharedMeasures:
    """The measures that several units report on."""
    from tasks.store.duty_table import reporting_units

    return shared_measures(
        workload.plan, workload.county, clock("store", reporting_units, workload.url, workload.plan.id, COMPARED_KINDS)
    )


def intake(workload: Workload, clock: Clock) -> Counter[str]:
    """One pass in one process; returns the number of submissions by state."""
    for function in _WATCHED:
        clock.watch(*function)
    states, several = Counter[str](), shared_of(workload, clock)
    for chunk in _collected(workload, clock):
        states += _take_in(workload, chunk, several, clock)
    return states


def intake_together(workload: Workload, clock: Clock, pool: JudgingPool) -> Counter[str]:
    """The same pass with the worker processes of the flow."""
    from tasks.store.record_verdicts import write_verdicts

    states: Counter[str] = Counter()
    several = shared_of(workload, clock)
    for verdicts in pool.judged(_collected(workload, clock)):
        states.update(each.state for each in clock("store", write_verdicts, workload.url, verdicts, NOW, several))
        del verdicts
    return states


class _InPlace(Context):
    """A context whose originals are the files in the share."""

    @property
    def originals(self) -> Path:
        return self.share


def typed_rows(workload: Workload) -> Any:
    """The frame of all rows of a share as the project's own suite validates it, to run that suite alone."""
    from tasks.read.read_originals import read_originals
    from tasks.validate.plan_lookup import PlanLookup
    from tasks.validate.row_frame import row_frame
    from tasks.validate.submission_case import CaseReader

    paths = [str(path.relative_to(workload.share)) for path in sorted(workload.share.rglob("*.xlsx"))]
    files = [Original(workload.plan.id, path, path, path.partition("/")[0], 0, 0, NOW, path) for path in paths]
    readings = read_originals(files, _InPlace(**vars(workload.context)))
    reader = CaseReader(PlanLookup(workload.plan, workload.county, workload.layout, workload.duties, ()))
    lines = [line for file, reading in enumerate(readings) for line in reader.case_of(file, reading).rows]
    return row_frame(lines, dict.fromkeys(range(len(files)), NOW.date()), workload.layout)


def _collected(workload: Workload, clock: Clock) -> Iterator[Chunk]:
    """Collect the share and yield the originals without a verdict in chunks."""
    from tasks.collect.collect import MOST, collect
    from tasks.store.originals import load_known_files
    from tasks.store.pending import claim_pending_originals

    plan, limits = workload.plan.id, workload.settings.limits
    known = clock("collect", load_known_files, workload.url, plan)
    after: str | None = ""
    while after is not None:
        found = clock("collect", collect, workload.context, known, after, MOST)
        waiting = clock("store", claim_pending_originals, workload.url, found.originals, NOW, plan)
        after = found.resume_after
    del found
    size = chunk_size(len(waiting), limits.chunk_files)
    for start in range(0, len(waiting), size):
        yield clock("store", waiting.__getitem__, slice(start, start + size))


@no_cycle_collection()
def _take_in(workload: Workload, chunk: Chunk, several: SharedMeasures, clock: Clock) -> Counter[str]:
    from tasks.store.record_verdicts import write_verdicts

    verdicts = read_and_judge(chunk, workload.context)
    return Counter(made.state for made in clock("store", write_verdicts, workload.url, verdicts, NOW, several))
