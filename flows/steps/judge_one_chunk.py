"""One chunk of files from kept bytes to verdicts, as one plain call: what a process of its own can be given to do.

Belongs here: the order of the calls and what they need. No Prefect: a process that only reads and judges needs none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.county import County
from config.plan import Plan
from config.settings import Settings
from config.workbook import WorkbookLayout
from tasks.model.submission import Original, Reading, Verdict


@dataclass(frozen=True, slots=True)
class JudgingInputs:
    """What reading and judging any chunk needs. What is on record of its units is asked for chunk by chunk (`url`)."""

    plan: Plan
    county: County
    layout: WorkbookLayout
    secret: bytes
    settings: Settings
    originals: Path
    url: str


def units_in(readings: Iterable[Reading]) -> list[str]:
    """The units a chunk is about, by name."""
    return sorted({reading.unit for reading in readings if reading.unit})


def periods_in(readings: Iterable[Reading]) -> list[str]:
    """The periods a chunk is about, in order."""
    return sorted({reading.period for reading in readings if reading.period})


def read_and_judge(chunk: Sequence[Original], desk: JudgingInputs, *, apart: bool = False) -> tuple[Verdict, ...]:
    """Read and judge one chunk. Nothing is written. Raises PipelineError when an original or the ledger is gone.

    `apart`: read in another process, so that a file which kills its reader costs that file only.
    """
    # Imported here: only a pass with files needs them.
    from tasks.read.read_in_subprocess import read_in_subprocess
    from tasks.read.read_originals import read_originals
    from tasks.store.accepted_rows import load_previous_rows
    from tasks.store.duty_table import read_duties
    from tasks.store.settled_queries import load_answered_queries
    from tasks.validate.judge import judge

    plan, county, layout, settings = desk.plan, desk.county, desk.layout, desk.settings
    read = read_in_subprocess if apart else read_originals
    readings = read(chunk, desk.originals, plan, county, layout, desk.secret, settings.limits)
    units = units_in(readings)
    periods = periods_in(readings)
    previous = [row for period in periods for row in load_previous_rows(desk.url, plan.id, period, units)]
    known = load_answered_queries(desk.url, plan.id, periods, units)
    duties = read_duties(desk.url, plan.id, units=units)
    return judge(readings, plan, county, layout, duties, previous, settings, known)
