"""Forked child processes that exit without running exit handlers.

A child of a process that has run a flow would otherwise hang in the inherited exit handlers: they wait for threads that
the fork did not copy.
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
    """A process, not yet started, that calls `target` and exits 0, or prints the traceback and exits 1."""
    return FORK.Process(target=_call_and_exit, args=(target, args))


def _call_and_exit(target: Callable[..., Any], args: tuple[Any, ...]) -> None:
    code = 0
    try:
        target(*args)
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stderr.flush()
    os._exit(code)
