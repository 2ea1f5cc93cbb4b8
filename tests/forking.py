"""A forked child that leaves at once when its work is done.

A child of a process that has run a flow would otherwise fail in the parent's exit handlers: they wait for threads that
the fork did not bring along.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import traceback
from collections.abc import Callable
from multiprocessing.context import ForkProcess
from typing import Any

FORK = multiprocessing.get_context("fork")


def forked(target: Callable[..., Any], *args: Any) -> ForkProcess:
    """A process, not yet started, that calls `target` and exits 0, or tells what went wrong and exits 1."""
    return FORK.Process(target=_and_leave, args=(target, args))


def _and_leave(target: Callable[..., Any], args: tuple[Any, ...]) -> None:
    code = 0
    try:
        target(*args)
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stderr.flush()
    os._exit(code)
