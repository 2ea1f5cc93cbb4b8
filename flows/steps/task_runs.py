"""A step of a pass and whoever runs it: a flow runs each as a task of Prefect's, a test may run it plainly.

Belongs here: that one call. Which steps there are, and in what order, is `onepass`.
"""

from __future__ import annotations

from typing import Any, ParamSpec, Protocol, TypeVar

from prefect import Task
from prefect.utilities.annotations import opaque

_P = ParamSpec("_P")
_R = TypeVar("_R")


class Runner(Protocol):
    """Runs one step and returns its result."""

    def __call__(self, step: Task[_P, _R], /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        """Run `step` with these arguments."""


def as_task(step: Task[_P, _R], /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
    """Each step is a task of Prefect's own.

    Values are handed over unseen: Prefect would go through all that is in them, twice, for results of other tasks. There
    are none, and it took as long as reading and judging did.
    """
    unseen: Any = map(opaque, args)
    return step(*unseen, **kwargs)
