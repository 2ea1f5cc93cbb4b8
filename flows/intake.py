"""收集报送: the flow. A pass that finds nothing to do stops after collecting; everything else is `onepass`.

Belongs here: telling the two apart. Every ten minutes most passes are of the first kind, so nothing is imported here
that only the second needs: not even the database library.
"""

from __future__ import annotations

from prefect import flow, get_run_logger

from flows.context import open_context
from flows.steps.audit_head import is_noted
from flows.steps.results import Posted, Taken
from flows.ui import events
from flows.ui.forms import NOW, PLAN, run_name
from tasks.collect.collect import MOST, Collected, collect
from tasks.errors import PipelineError, ShareUnreachableError
from tasks.model.context import Context
from tasks.store.quick_check import read_if_idle


@flow(name="收集报送", flow_run_name=run_name)
def intake(plan: str | None = PLAN, now: str | None = NOW) -> Taken:
    """One pass over the share. What an earlier pass left undone, having died anywhere, is finished first.

    Raises PipelineError when the share or the ledger cannot be reached; nothing is lost, the next pass goes on.
    """
    context = open_context(plan, now, writes=False)
    try:
        collected = _collected(context)
        if collected is not None and not collected.originals:
            return Taken(0, {}, len(collected.waiting), collected.troubles, Posted())
        # Imported here: see above.
        from flows.steps.intake_pass import full_pass

        return full_pass(context, collected)
    except ShareUnreachableError as error:
        events.emit_share_unreachable(context.plan.id, str(error))
        raise


def _collected(context: Context) -> Collected | None:
    """What lies in the share that is new, where that is all there can be to do; None where other work waits.

    No task of its own: setting one up costs more than the look. Where the share fails, `onepass` tries again, as a task,
    and says why.
    """
    seen = read_if_idle(context.url, context.plan.id)
    if seen is None or not is_noted(context.data, seen.head):
        return None
    originals, limits = context.originals, context.settings.limits
    where = (context.exchange, originals, context.plan.id, context.county)
    try:
        found = collect(*where, seen.known, context.now, limits, most=MOST)
    except PipelineError:
        return None
    logger = get_run_logger()
    logger.info("新收 %d 份，等待 %d 份，忽略 %d 份", len(found.originals), len(found.waiting), found.ignored)
    for trouble in found.troubles:
        logger.warning("%s", trouble)
    return found
