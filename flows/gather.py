"""What is new in the share -> claimed in the ledger, a part of the share at a time, so that any number fits in memory.

Belongs here: going on until the whole share has been looked at. A look is `tasks/collect`, claiming is `tasks/store`; each
part is on record before the next is looked at, and a pass that dies in between leaves the rest to the next one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flows.office import Office
from flows.steps import Runner
from tasks.collect.scan import MOST, Collected
from tasks.collect.task import collect_task
from tasks.places import Places
from tasks.shapes import Original
from tasks.store.task import claim_originals, known_files


def gather(
    office: Office, about: str, run: Runner, first: Collected | None = None
) -> tuple[Collected, Sequence[Original]]:
    """Collect and claim all that is new; returns what was found (without the originals), and all that waits for a verdict.

    `first` is the first part, where that has been looked at already.
    """
    part = first or _look(office, about, run, _known(office, about, run))
    waiting = _claimed(office, about, run, part)
    found, known = replace(part, originals=()), None
    while part.left_after is not None:
        # What the first part brought is not looked at again: what is known need not be asked for twice.
        known = _known(office, about, run) if known is None else known
        part = _look(office, about, run, known, part.left_after)
        waiting = _claimed(office, about, run, part)
        found = Collected(
            (), (*found.waiting, *part.waiting), found.ignored + part.ignored, (*found.troubles, *part.troubles)
        )
    return found, waiting


def _known(office: Office, about: str, run: Runner) -> Places:
    return run(known_files, office.url, office.plan.id, label=about)


def _look(office: Office, about: str, run: Runner, known: Places, after: str = "") -> Collected:
    originals, limits, plan = office.data / "originals", office.settings.limits, office.plan.id
    where = (office.exchange, originals, plan, office.county)
    return run(collect_task, *where, known, office.now, limits, after, MOST, label=about)


def _claimed(office: Office, about: str, run: Runner, part: Collected) -> Sequence[Original]:
    return run(claim_originals, office.url, part.originals, office.now, office.plan.id, label=about)
