"""Answers that are kept because the next workbook asks the same: of what usual workbooks hold, and of nothing larger.

Belongs here: how they are kept. Which ones is said beside each function.
"""

from __future__ import annotations

from collections.abc import Callable, Sized
from functools import lru_cache, wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

First = TypeVar("First", bound=Sized)
Rest = ParamSpec("Rest")
Answer = TypeVar("Answer")
Asked = Callable[Concatenate[First, Rest], Answer]


def remembered(most: int, size: int) -> Callable[[Asked[First, Rest, Answer]], Asked[First, Rest, Answer]]:
    """Keep the last `most` answers of a function, but for a first argument of more than `size` bytes or members.

    A few dozen workbooks made to be large would else fill the memory of a process for as long as it runs.
    """

    def of(function: Asked[First, Rest, Answer]) -> Asked[First, Rest, Answer]:
        kept = cast("Asked[First, Rest, Answer]", lru_cache(maxsize=most)(function))

        @wraps(function)
        def asked(first: First, /, *rest: Rest.args, **named: Rest.kwargs) -> Answer:
            return (kept if len(first) <= size else function)(first, *rest, **named)

        return asked

    return of
