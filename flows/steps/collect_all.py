"""What is new in the share -> claimed in the ledger, part by part, so that any number of files fits in memory.

Belongs here: going on until the whole share has been looked at. Each part is on record before the next is collected, and
a pass that dies in between leaves the rest to the next one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tasks.collect.collect import MOST, Collected
from tasks.collect.task import collect_task
from tasks.model.run_context import Context
from tasks.model.submission import Original
from tasks.store.originals import load_known_files
from tasks.store.task import claim_originals


def collect_and_claim(context: Context, first: Collected | None = None) -> tuple[Collected, Sequence[Original]]:
    """Collect and claim all that is new.

    Returns what was collected (without the originals), and all originals that wait for a verdict. `first` is the first
    part, where it has been collected already.
    """
    url, plan = context.url, context.plan.id
    part = first or collect_task(context, load_known_files(url, plan), "", MOST)
    waiting = claim_originals(url, part.originals, context.now, plan)
    whole, known = replace(part, originals=()), None
    while part.resume_after is not None:
        # The next part begins behind the first, so what the first brought need not be known here.
        known = load_known_files(url, plan) if known is None else known
        part = collect_task(context, known, part.resume_after, MOST)
        waiting = claim_originals(url, part.originals, context.now, plan)
        whole = Collected(
            (), (*whole.waiting, *part.waiting), whole.ignored + part.ignored, (*whole.troubles, *part.troubles)
        )
    return whole, waiting
