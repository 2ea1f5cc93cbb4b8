"""The collector of cycles, held off while a chunk is worked on.

Belongs here: that, and nothing else. A stage that makes very many values at once asks for it.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collection() -> Iterator[None]:
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
