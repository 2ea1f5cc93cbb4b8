"""One chunk of files from kept bytes to verdicts, as one plain call: what a process of its own can be given to do.

Belongs here: the order of the calls and what they need. No Prefect: a process that only reads and judges needs none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.county import County
from config.plan import Plan
from config.settings import Settings
from config.workbook import Layout
from tasks.shapes import Duty, Original, Reading, Verdict


@dataclass(frozen=True, slots=True)
class Desk:
    """What reading and judging any chunk needs. `duties` are those a submission may answer, by unit."""

    plan: Plan
    county: County
    layout: Layout
    secret: bytes
    settings: Settings
    originals: Path
    url: str
    duties: Mapping[str, Sequence[Duty]]


def by_unit(duties: Iterable[Duty]) -> dict[str, list[Duty]]:
    """Duties by the unit that owes them."""
    found: dict[str, list[Duty]] = {}
    for duty in duties:
        found.setdefault(duty.unit, []).append(duty)
    return found


def units_of(readings: Iterable[Reading]) -> list[str]:
    """The units a chunk is about, by name."""
    return sorted({reading.unit for reading in readings if reading.unit})


def owed(duties: Mapping[str, Sequence[Duty]], units: Iterable[str]) -> list[Duty]:
    """The duties of these units alone: what judging one chunk costs must not grow with the number of units."""
    return [duty for unit in units for duty in duties.get(unit, ())]


def periods_of(readings: Iterable[Reading]) -> list[str]:
    """The periods a chunk is about, in order."""
    return sorted({reading.period for reading in readings if reading.period})


def read_and_judge(chunk: Sequence[Original], desk: Desk, *, apart: bool = False) -> tuple[Verdict, ...]:
    """Read and judge one chunk. Nothing is written. Raises PipelineError when an original or the ledger is gone.

    `apart`: read in another process, so that a file which kills its reader costs that file only.
    """
    # Imported here: only a pass with files needs them.
    from tasks.read.apart import read_apart
    from tasks.read.read import read_originals
    from tasks.store.answered import answered
    from tasks.store.rows import previous_rows
    from tasks.validate.verdicts import judge

    plan, county, layout, settings = desk.plan, desk.county, desk.layout, desk.settings
    read = read_apart if apart else read_originals
    readings = read(chunk, desk.originals, plan, county, layout, desk.secret, settings.limits)
    units = units_of(readings)
    periods = periods_of(readings)
    previous = [row for period in periods for row in previous_rows(desk.url, plan.id, period, units)]
    known = answered(desk.url, plan.id, periods, units)
    return judge(readings, plan, county, layout, owed(desk.duties, units), previous, settings, known)
