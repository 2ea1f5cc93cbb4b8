"""收集报送: the flow. A pass that finds nothing to do stops after collecting; everything else is `onepass`.

Belongs here: telling the two apart. Every ten minutes most passes are of the first kind, so nothing is imported here
that only the second needs: not even the database library.
"""

from __future__ import annotations

from prefect import flow, get_run_logger

from flows import diary
from flows.done import Posted, Taken
from flows.forms import NOW, PLAN, run_name
from flows.office import Office, open_office
from flows.witness import is_noted
from tasks.collect.scan import MOST, Collected, collect
from tasks.errors import PipelineError
from tasks.store.glance import glance


@flow(name="收集报送", flow_run_name=run_name)
def intake(plan: str | None = PLAN, now: str | None = NOW) -> Taken:
    """One pass over the share. What an earlier pass left undone, having died anywhere, is finished first.

    Raises PipelineError when the share or the ledger cannot be reached; nothing is lost, the next pass goes on.
    """
    office = open_office(plan, now, writes=False)
    try:
        collected = _collected(office)
        if collected is not None and not collected.originals:
            return Taken(0, {}, len(collected.waiting), collected.troubles, Posted())
        # Imported here: see above.
        from flows.onepass import full_pass

        return full_pass(office, collected)
    except PipelineError as error:
        if diary.is_about_share(str(error)):
            diary.unreachable(office.plan.id, str(error))
        raise


def _collected(office: Office) -> Collected | None:
    """What lies in the share that is new, where that is all there can be to do; None where other work waits.

    No task of its own: setting one up costs more than the look. Where the share fails, `onepass` tries again, as a task,
    and says why.
    """
    seen = glance(office.url, office.plan.id)
    if seen is None or not is_noted(office.data, seen.head):
        return None
    originals, limits = office.data / "originals", office.settings.limits
    where = (office.exchange, originals, office.plan.id, office.county)
    try:
        found = collect(*where, seen.known, office.now, limits, most=MOST)
    except PipelineError:
        return None
    logger = get_run_logger()
    logger.info("新收 %d 份，等待 %d 份，忽略 %d 份", len(found.originals), len(found.waiting), found.ignored)
    for trouble in found.troubles:
        logger.warning("%s", trouble)
    return found
