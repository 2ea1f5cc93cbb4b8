"""A run that finds nothing to do: completed when the schedule started it, an InputError when a person did."""

from __future__ import annotations

from typing import TypeVar, cast

from prefect.context import FlowRunContext
from prefect.states import Completed

from tasks.errors import InputError

Result = TypeVar("Result")


def nothing_to_do(reason: str, result: Result) -> Result:
    """End a run that the schedule started, with the reason and `result`. Raises InputError where a person started it."""
    context = FlowRunContext.get()
    if context is None or context.flow_run is None or not context.flow_run.auto_scheduled:
        raise InputError(reason)
    # Prefect shows the message beside the run's state and returns `data` to the caller.
    return cast(Result, Completed(message=reason, data=result))
