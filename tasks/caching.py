"""Answers that are kept because the next workbook asks the same: of what usual workbooks hold, and of nothing larger.

Belongs here: how they are kept. Which ones is said beside each function.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache, wraps
from inspect import signature
from typing import Any, TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., Any])


def cached(most: int, size: int) -> Callable[[Function], Function]:
    """Keep the last `most` answers of a function, but for a first argument of more than `size` bytes or members.

    A few dozen workbooks made to be large would else fill the memory of a process for as long as it runs.
    """

    def of(function: Function) -> Function:
        kept = lru_cache(maxsize=most)(function)

        def asked(first: Any) -> Any:
            return kept(first) if len(first) <= size else function(first)

        def asked_with(first: Any, *rest: Any) -> Any:
            return (kept if len(first) <= size else function)(first, *rest)

        # Some are asked several times a row: what one argument needs is all they are to pay for.
        return cast("Function", wraps(function)(asked if len(signature(function).parameters) == 1 else asked_with))

    return of


@contextmanager
def no_cycle_collection() -> Iterator[None]:
    """No search for cycles meanwhile; also a decorator.

    A chunk makes millions of values that stay until it is done: the collector would look through all of them again
    and again, a fifth of the time, and find nothing. What is no longer referred to is freed as always.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
