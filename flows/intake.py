"""收集报送: the flow. A pass that finds nothing to do ends after collecting; any other is done by `intake_pass`.

Most passes, one every ten minutes, find nothing. So nothing is imported here that only the others need, not even the
database library.
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
from tasks.model.run_context import Context
from tasks.store.quick_check import read_if_idle


@flow(name="收集报送", flow_run_name=run_name)
def intake(plan: str | None = PLAN, now: str | None = NOW) -> Taken:
    """One pass over the share. It first finishes what an earlier pass that died left undone.

    Raises PipelineError when the share or the ledger cannot be reached; nothing is lost, and the next pass goes on.
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
    """What is new in the share; None where there is other work to do as well.

    No task: its run would cost more than collecting. Where the share fails, `intake_pass` tries again in a task, which
    reports why.
    """
    seen = read_if_idle(context.url, context.plan.id)
    if seen is None or not is_noted(context.data, seen.head):
        return None
    try:
        collected = collect(context, seen.known, most=MOST)
    except PipelineError:
        return None
    get_run_logger().info(collected.summary)
    return collected
