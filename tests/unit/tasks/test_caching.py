"""Results are cached for small arguments and never for large ones."""

from __future__ import annotations

import gc
import weakref

from tasks.caching import cached


class Result:
    """A result that a weak reference can watch."""


def test_a_result_is_cached_for_a_short_argument_and_freed_for_a_long_one() -> None:
    @cached(2, 3)
    def compute(text: str, number: int = 0) -> Result:
        return Result()

    assert compute("abc") is compute("abc")
    assert compute("abc", 1) is not compute("abc", 2)
    gone = weakref.ref(compute("abcd"))
    gc.collect()
    assert gone() is None
