"""Defers libraries that Great Expectations imports for expectations that no rule here uses.

Belongs here: the list of those libraries, and the placeholder that imports the real one on first use. SciPy's statistics and
Altair serve the comparison of distributions; importing them takes a third of each working process's memory and start time.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

DEFERRED = ("scipy.stats", "altair")
# Dunder names that only a real use asks for. Others (`__file__` …) are read by code that walks through all of `sys.modules`.
_TRIGGERS = ("__path__", "__all__", "__version__")


def defer_imports() -> None:
    """Put placeholders for these libraries into `sys.modules`. Call it before Great Expectations is imported."""
    for name in DEFERRED:
        if name not in sys.modules:
            sys.modules[name] = _DeferredModule(name)


class _DeferredModule(ModuleType):
    """A placeholder that imports the library when one of its attributes is used."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name not in _TRIGGERS:
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)
