"""One request for approval at a time: the brief's daily run does not ask again while an earlier run waits for an answer.

Belongs here: finding and marking such runs on the Prefect server. The form itself is `flows.brief`'s.
"""

from __future__ import annotations

from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunFilterTags,
)
from prefect.client.schemas.objects import StateType
from prefect.runtime import flow_run

from config.calendar import Period

_HEAD = "待审定："


def is_asked_already(plan: str, period: Period) -> bool:
    """Whether another run is suspended, waiting for the approval of this issue."""
    paused = FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.PAUSED]))
    wanted = FlowRunFilter(state=paused, tags=FlowRunFilterTags(all_=[_tag(plan, period)]))
    with get_client(sync_client=True) as client:
        return any(str(run.id) != flow_run.id for run in client.read_flow_runs(flow_run_filter=wanted))


def mark_as_asking(plan: str, period: Period) -> None:
    """Name and tag this run after its issue, so that the list of runs shows it and other runs find it."""
    if flow_run.id is None:
        return
    with get_client(sync_client=True) as client:
        client.update_flow_run(
            UUID(str(flow_run.id)), name=f"{flow_run.flow_name} {period.text}", tags=[_tag(plan, period)]
        )


def asked_about(plan: str) -> str | None:
    """The period this run asked about before it was suspended: by the day of the answer another month may have closed."""
    head = f"{_HEAD}{plan} "
    return next((str(tag).removeprefix(head) for tag in flow_run.tags or () if str(tag).startswith(head)), None)


def _tag(plan: str, period: Period) -> str:
    return f"{_HEAD}{plan} {period.text}"
