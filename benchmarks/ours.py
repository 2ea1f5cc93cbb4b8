"""The intake as plain functions, in the chunks the flow uses: collect -> read -> judge -> record.

Belongs here: the same calls as `flows/intake.py` makes, without Prefect, so that the stages are measured and nothing else.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import TypeVar

from benchmarks.office import NOW, PERIOD, SECRET, BenchOffice
from tasks.shapes import Duty, Original

_T = TypeVar("_T")


class Clock:
    """Processor time by stage."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()

    def __call__(self, stage: str, work: Callable[..., _T], *given: object) -> _T:
        """Do the work, noting what it costs under the stage's name."""
        before = time.process_time()
        done = work(*given)
        self.seconds[stage] += time.process_time() - before  # type: ignore[assignment]
        return done


def prepare(office: BenchOffice) -> None:
    """A ledger with the duties in it: `issue` has made them long before a file comes in."""
    from tasks.store.database import migrate
    from tasks.store.duties import save_duties

    migrate(office.url)
    save_duties(office.url, office.duties)


def intake(office: BenchOffice, clock: Clock) -> Counter[str]:
    """One pass; returns how many submissions ended in which state."""
    from tasks.collect.scan import collect
    from tasks.store.duties import load_duties
    from tasks.store.intake import claim_originals, known_files

    plan, limits = office.plan.id, office.settings.limits
    known = clock("collect", known_files, office.url, plan)
    found = clock("collect", collect, office.share, office.originals, plan, office.county, known, NOW, limits)
    waiting = clock("store", claim_originals, office.url, found.originals, NOW, plan)
    by_unit = {duty.unit: duty for duty in clock("store", load_duties, office.url, plan)}
    states: Counter[str] = Counter()
    for start in range(0, len(waiting), limits.chunk_files):
        states += _take_in(office, waiting[start : start + limits.chunk_files], by_unit, clock)
    return states


def _take_in(office: BenchOffice, chunk: tuple[Original, ...], by_unit: dict[str, Duty], clock: Clock) -> Counter[str]:
    from tasks.read.read import read_originals
    from tasks.store.intake import previous_rows, record_verdicts
    from tasks.validate.verdicts import judge

    plan, settings = office.plan, office.settings
    desk = (plan, office.county, office.layout)
    readings = clock("read", read_originals, chunk, office.originals, *desk, SECRET, settings.limits)
    units = {reading.unit for reading in readings if reading.unit}
    duties = [by_unit[unit] for unit in units if unit in by_unit]
    previous = clock("store", previous_rows, office.url, plan.id, PERIOD, units)
    verdicts = clock("validate", judge, readings, *desk, duties, previous, settings)
    made = clock("store", record_verdicts, office.url, verdicts, NOW)
    return Counter(submission.state for submission in made)
