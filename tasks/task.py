"""`as_task`: a Prefect task made from a plain function. Every task of the project is made by it.

A task is what an operator would want to see, retry or time in a run's page. Look-ups in the ledger are plain calls.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from prefect import Task, get_run_logger
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.utilities.annotations import opaque

from tasks.errors import RetryableError

_P = ParamSpec("_P")
_R = TypeVar("_R")


def as_task(
    function: Callable[_P, _R],
    name: str,
    *,
    run_name: str | None = None,
    log: Callable[[_R], str] | None = None,
    retries: bool = False,
) -> Callable[_P, _R]:
    """`function` as a Prefect task within a flow run; outside one (a command, a test) it runs as it is.

    `run_name` is a format string over the function's parameters; `log` makes a line of the result. With `retries` a
    RetryableError is tried twice more; any other error would only be raised again.
    """

    @wraps(function)
    def logged(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        result = function(*args, **kwargs)
        if log:
            get_run_logger().info(log(result))
        return result

    task: Task[..., _R] = Task(
        logged,
        name=name,
        task_run_name=run_name,
        cache_policy=NO_CACHE,
        retries=2 if retries else 0,
        retry_delay_seconds=[2, 10],
        retry_condition_fn=is_retryable,
    )

    @wraps(function)
    def run(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        if FlowRunContext.get() is None:
            return function(*args, **kwargs)
        # Prefect searches arguments for results of other tasks, in depth and twice: for a chunk of files this took as
        # long as judging it. There are none, and `opaque` says so.
        positional: Any = map(opaque, args)
        named: Any = {key: opaque(value) for key, value in kwargs.items()}
        result: _R = task(*positional, **named)
        return result

    return run


async def is_retryable(_task: Any, _run: Any, state: State[Any]) -> bool:
    """Whether a failed try ended in a passing fault: a busy database, a share that is away for a moment."""
    return isinstance(await state.aresult(raise_on_failure=False), RetryableError)
