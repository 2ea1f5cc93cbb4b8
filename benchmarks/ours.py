"""The intake as plain functions, in the chunks the flow uses: collect -> read -> judge -> record.

Belongs here: the same calls as `flows/steps/intake_pass.py` makes, without Prefect, so that the stages are measured and nothing
else; once in one process, stage by stage, and once with the flow's own working processes.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from benchmarks.office import NOW, PERIOD, SECRET, BenchOffice
from flows.steps.judge_one_chunk import JudgingInputs, units_in
from flows.steps.judging_pool import Judges, chunk_size
from tasks.caching import no_cycle_collection
from tasks.model.submission import Original
from tasks.validate.cross_unit import COMPARED, Shared, shared

_T = TypeVar("_T")
Chunk = Sequence[Original]


class Clock:
    """Processor time by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def __call__(self, stage: str, work: Callable[..., _T], *given: object) -> _T:
        """Do the work, noting what it costs under the stage's name."""
        before = time.process_time()
        done = work(*given)
        self.seconds[stage] = self.seconds.get(stage, 0.0) + time.process_time() - before
        return done


def prepare(office: BenchOffice) -> None:
    """A ledger with the duties in it: `issue` has made them long before a file comes in."""
    from tasks.store.duty_table import write_duties
    from tasks.store.migrate import migrate

    migrate(office.url)
    write_duties(office.url, office.duties)


def desk_of(office: BenchOffice) -> JudgingInputs:
    """What reading and judging need."""
    return JudgingInputs(
        office.plan, office.county, office.layout, SECRET, office.settings, office.originals, office.url
    )


def shared_of(office: BenchOffice, clock: Clock) -> Shared:
    """Which measures several units report on."""
    from tasks.store.duty_table import reporting_units

    return shared(office.plan, office.county, clock("store", reporting_units, office.url, office.plan.id, COMPARED))


def intake(office: BenchOffice, clock: Clock) -> Counter[str]:
    """One pass in one process; returns how many submissions ended in which state."""
    desk, states = desk_of(office), Counter[str]()
    several = shared_of(office, clock)
    for chunk in _collected(office, clock):
        states += _take_in(desk, chunk, several, clock)
    return states


def intake_together(office: BenchOffice, clock: Clock, desk: JudgingInputs, judges: Judges) -> Counter[str]:
    """The same pass with the flow's working processes."""
    from tasks.store.record_verdicts import write_verdicts

    states: Counter[str] = Counter()
    several = shared_of(office, clock)
    for verdicts in judges.judged(_collected(office, clock)):
        states.update(each.state for each in clock("store", write_verdicts, desk.url, verdicts, NOW, several))
        del verdicts
    return states


def typed_rows(office: BenchOffice) -> Any:
    """The frame of all rows of a share as our own suite looks at it, for whoever wants to run that suite alone."""
    from tasks.read.read_originals import read_originals
    from tasks.validate.plan_lookup import PlanLookup
    from tasks.validate.row_frame import row_frame
    from tasks.validate.submission_case import Reader

    paths = [str(path.relative_to(office.share)) for path in sorted(office.share.rglob("*.xlsx"))]
    files = [Original(office.plan.id, path, path, path.partition("/")[0], 0, 0, NOW, path) for path in paths]
    known = (office.plan, office.county, office.layout)
    readings = read_originals(files, office.share, *known, SECRET, office.settings.limits)
    reader = Reader(PlanLookup(*known, office.duties, ()))
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
        given = (office.share, office.originals, plan, office.county, known, NOW, limits, after, MOST)
        found = clock("collect", collect, *given)
        waiting = clock("store", claim_pending_originals, office.url, found.originals, NOW, plan)
        after = found.resume_after
    del found
    size = chunk_size(len(waiting), limits.chunk_files)
    for start in range(0, len(waiting), size):
        yield clock("store", waiting.__getitem__, slice(start, start + size))


@no_cycle_collection()
def _take_in(desk: JudgingInputs, chunk: Chunk, several: Shared, clock: Clock) -> Counter[str]:
    from tasks.read.read_originals import read_originals
    from tasks.store.accepted_rows import load_previous_rows
    from tasks.store.duty_table import read_duties
    from tasks.store.record_verdicts import write_verdicts
    from tasks.validate.judge import judge

    known, limits = (desk.plan, desk.county, desk.layout), desk.settings.limits
    readings = clock("read", read_originals, chunk, desk.originals, *known, desk.secret, limits)
    units = units_in(readings)
    previous = clock("store", load_previous_rows, desk.url, desk.plan.id, PERIOD, units)
    duties = clock("store", read_duties, desk.url, desk.plan.id, None, units)
    verdicts = clock("validate", judge, readings, *known, duties, previous, desk.settings)
    return Counter(made.state for made in clock("store", write_verdicts, desk.url, verdicts, NOW, several))
