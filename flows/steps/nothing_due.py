"""A run that finds nothing to do: no failure when the schedule started it, a message when a person did.

Belongs here: telling the two apart. What there is to do is each flow's business.
"""

from __future__ import annotations

from typing import TypeVar, cast

from prefect.context import FlowRunContext
from prefect.states import Completed

from tasks.errors import InputError

Result = TypeVar("Result")


def nothing_to_do(told: str, result: Result) -> Result:
    """The end of a run that the schedule started, with the reason; raises InputError where a person did."""
    context = FlowRunContext.get()
    if context is None or context.flow_run is None or not context.flow_run.auto_scheduled:
        raise InputError(told)
    # Prefect shows the words beside the run's state, and hands the result on to whoever called.
    return cast(Result, Completed(message=told, data=result))
