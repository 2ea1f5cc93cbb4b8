"""Bare names of a whole document given the level that the document itself gives them elsewhere.

Belongs here: what only all lists together can tell. What one list says is read by `units`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from tasks.register.language.unit_lists import UnitListReader
from tasks.register.language.unit_names import UnitName


def restore_levels(units: UnitListReader, lists: Iterable[tuple[UnitName, ...]]) -> dict[str, UnitName]:
    """Full forms of names printed bare, from the names the document itself prints in full.

    A bare name takes the one level under which the same name stands elsewhere, or else the level nearly every
    list of the document begins with. Every such name is marked `inferred`.
    """
    full: dict[str, set[str]] = {}
    starts: Counter[str] = Counter()
    bare: dict[str, UnitName] = {}
    for names in lists:
        for index, name in enumerate(names):
            level = units.level_of(name.name)
            if level:
                full.setdefault(name.name[len(level) :], set()).add(name.name)
            if index == 0 and not units.is_group(name.name):
                starts[level if not name.bare else ""] += 1
            if name.bare:
                bare[name.name] = name
    usual = _usual(starts)
    settled: dict[str, UnitName] = {}
    for text, name in bare.items():
        forms = full.get(text, set())
        if len(forms) == 1:
            settled[text] = replace(name, name=next(iter(forms)), inferred=True)
        elif not forms and usual and not name.apart and units.takes_level(text):
            settled[text] = replace(name, name=units.with_level(usual, text), inferred=True)
    return settled


def _usual(starts: Counter[str]) -> str:
    total = sum(starts.values())
    level, count = starts.most_common(1)[0] if starts else ("", 0)
    return level if level and total >= 4 and count >= 0.8 * total else ""
