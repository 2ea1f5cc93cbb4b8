"""The level that unit names leave out: inherited inside a list (县财政局、公安局 -> 县公安局), then over the whole document.

Belongs here: putting 县, 市, 县委 … back in front of bare names. Which level a name carries itself is `unit_names`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from tasks.register.language.grammar import Grammar, any_of
from tasks.register.language.unit_names import UnitName, UnitNameRecogniser


class LevelInheritance:
    """Gives names of a list the level of the name before them."""

    def __init__(self, grammar: Grammar, names: UnitNameRecogniser) -> None:
        units = grammar.vocabulary.units
        self._units, self._names = units, names
        self._collective = re.compile(f"(?:国有)?(?:{any_of(units.collective)})(?:{any_of(units.group_tails)})?")
        # 团县委 carries its level inside.
        self._league = re.compile(f"团({any_of(units.levels)})委")

    def inherit(self, listed: Iterable[str], towns: bool) -> Iterator[UnitName]:
        """The names of one list in full form; those before the first level stay bare.

        `towns`: the list ends in 等市政府, so a name that is no unit's is a town and takes no level.
        """
        level, committee, after_each = "", "", False
        for written in listed:
            known = self._names.resolve(written)
            league = self._league.fullmatch(written)
            own = league[1] if league else self._names.level_of(written)
            if self._names.is_group(written):
                after_each = after_each or written.startswith("各")
                yield UnitName(written, known or written)
            elif own:
                level, committee, after_each = own, self._committee(own, written), False
                yield UnitName(written, known or written)
            elif after_each and self._collective.fullmatch(written):
                # 各乡镇人民政府、街道办事处: 各 goes on.
                yield UnitName(written, self._names.resolve(f"各{written}") or f"各{written}")
            elif self._names.needs_no_level(written) or (towns and not self._names.is_unit(written)):
                yield UnitName(written, known or written)
            elif level:
                full = (committee if written in self._units.party_organs else level) + written
                yield UnitName(written, self._names.resolve(full) or known or full)
            else:
                yield UnitName(written, known or written, bare=known is None)

    def with_level(self, level: str, name: str) -> str:
        """The name with a level in front; a party organ takes the committee of that level."""
        return (self._committee(level, "") if name in self._units.party_organs else level) + name

    def _committee(self, level: str, name: str) -> str:
        """What party organs behind `name` inherit: 县委, or 党委 where the name or the level is written so."""
        full = name.startswith(f"{level}党委") or level.endswith(tuple(self._units.full_committees))
        return level if level.endswith("委") else level + ("党委" if full else "委")


def restore_levels(
    names: UnitNameRecogniser, levels: LevelInheritance, lists: Iterable[tuple[UnitName, ...]]
) -> dict[str, UnitName]:
    """Full forms of the names that a whole document leaves bare, by the bare name.

    A bare name takes the one level under which the document prints the same name elsewhere, else the level with
    which nearly every list of the document begins.
    """
    full: dict[str, set[str]] = {}
    first_levels: Counter[str] = Counter()
    bare: dict[str, UnitName] = {}
    for listed in lists:
        for index, name in enumerate(listed):
            level = names.level_of(name.name)
            if level:
                full.setdefault(name.name[len(level) :], set()).add(name.name)
            if index == 0 and not names.is_group(name.name):
                first_levels[level if not name.bare else ""] += 1
            if name.bare:
                bare[name.name] = name
    usual = _usual_level(first_levels)
    restored: dict[str, UnitName] = {}
    for text, name in bare.items():
        forms = full.get(text, set())
        if len(forms) == 1:
            restored[text] = replace(name, name=next(iter(forms)))
        elif not forms and usual and not name.after_level and names.takes_level(text):
            restored[text] = replace(name, name=levels.with_level(usual, text))
    return restored


def _usual_level(first_levels: Counter[str]) -> str:
    """The level with which four of five lists begin, of four lists at least; else an empty text."""
    total = first_levels.total()
    level, count = first_levels.most_common(1)[0] if first_levels else ("", 0)
    return level if level and total >= 4 and count >= 0.8 * total else ""


def full_names(names: Iterable[UnitName], restored: dict[str, UnitName]) -> tuple[str, ...]:
    """Names in full form, bare ones as restored, each once, in order."""
    return tuple(
        dict.fromkeys(
            (restored[each.name].name if each.bare and each.name in restored else each.name) for each in names
        )
    )
