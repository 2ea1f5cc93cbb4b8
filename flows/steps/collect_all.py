"""What is new in the share -> claimed in the ledger, a part of the share at a time, so that any number fits in memory.

Belongs here: going on until the whole share has been looked at. A look is `tasks/collect`, claiming is `tasks/store`; each
part is on record before the next is looked at, and a pass that dies in between leaves the rest to the next one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flows.steps.task_runs import Runner
from tasks.collect.collect import MOST, Collected
from tasks.collect.task import collect_task
from tasks.model.context import Context
from tasks.model.seen_files import SeenFiles
from tasks.model.submission import Original
from tasks.store.task import claim_originals, known_files


def collect_and_claim(
    context: Context, about: str, run: Runner, first: Collected | None = None
) -> tuple[Collected, Sequence[Original]]:
    """Collect and claim all that is new; returns what was found (without the originals), and all that waits for a verdict.

    `first` is the first part, where that has been looked at already.
    """
    part = first or _look(context, about, run, _known(context, about, run))
    waiting = _claimed(context, about, run, part)
    found, known = replace(part, originals=()), None
    while part.resume_after is not None:
        # What the first part brought is not looked at again: what is known need not be asked for twice.
        known = _known(context, about, run) if known is None else known
        part = _look(context, about, run, known, part.resume_after)
        waiting = _claimed(context, about, run, part)
        found = Collected(
            (), (*found.waiting, *part.waiting), found.ignored + part.ignored, (*found.troubles, *part.troubles)
        )
    return found, waiting


def _known(context: Context, about: str, run: Runner) -> SeenFiles:
    return run(known_files, context.url, context.plan.id, label=about)


def _look(context: Context, about: str, run: Runner, known: SeenFiles, after: str = "") -> Collected:
    originals, limits, plan = context.originals, context.settings.limits, context.plan.id
    where = (context.exchange, originals, plan, context.county)
    return run(collect_task, *where, known, context.now, limits, after, MOST, label=about)


def _claimed(context: Context, about: str, run: Runner, part: Collected) -> Sequence[Original]:
    return run(claim_originals, context.url, part.originals, context.now, context.plan.id, label=about)
