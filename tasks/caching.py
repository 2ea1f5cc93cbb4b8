"""Caching for functions that see the same workbook parts or cells again and again.

Belongs here: how results are kept. Which functions are cached, and what that saves, stands beside each of them.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache, wraps
from typing import Any, TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., Any])


def cached(maxsize: int, longest: int) -> Callable[[Function], Function]:
    """As `functools.lru_cache`, except for calls whose first argument is longer than `longest` (bytes or members).

    Without that limit, a few dozen hostile workbooks could fill the memory of a process for as long as it runs.
    """

    def decorate(function: Function) -> Function:
        remembered = lru_cache(maxsize=maxsize)(function)

        @wraps(function)
        def call(first: Any, *rest: Any) -> Any:
            return (remembered if len(first) <= longest else function)(first, *rest)

        return cast("Function", call)

    return decorate


@contextmanager
def no_cycle_collection() -> Iterator[None]:
    """Switch the search for reference cycles off; also a decorator.

    A chunk makes millions of values that stay until it is done. The collector would look through all of them again and
    again and find nothing. Values without references are freed as always.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
