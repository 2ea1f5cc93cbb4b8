"""Libraries that Great Expectations imports for one expectation of its own and no rule here asks for: put off.

Belongs here: which ones, and that whoever does ask gets the real one. SciPy's statistics and Altair serve the comparison of
distributions; imported for nothing, they take a third of the memory of every working process and of the time to start.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

NAMES = ("scipy.stats", "altair")
# What is asked of a module to use it. The rest of such names is asked of every module there is, by whoever goes through all.
_TO_USE = ("__path__", "__all__", "__version__")


def put_off() -> None:
    """Have them imported by the first who uses them instead. To be called before Great Expectations is imported."""
    for name in NAMES:
        if name not in sys.modules:
            sys.modules[name] = _Later(name)


class _Later(ModuleType):
    """In a library's place until something of it is used."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name not in _TO_USE:
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)
