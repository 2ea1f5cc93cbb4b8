"""Unit names: whether a text is one, the level it carries (县, 某某市), whether it stands for a group.

Belongs here: questions about one name. Splitting a list is `unit_lists`, giving a name the level that its list or its
document leaves out is `inherited_levels`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from config.county import County
from config.document_vocabulary import UnitWords
from tasks.register.language.brackets import without_bracketed
from tasks.register.language.grammar import HAN, Grammar, any_of
from tasks.register.language.names_with_own_place import OwnPlaceNames

_LAST_BRACKET = re.compile(r"[（(\[［【][^（）()\[\]［］【】]*[）)\]］】]$")
_INNER_BRACKET = r"(?:[（(\[〔［][^（）()\[\]〔〕［］]{1,20}[）)\]〕］])"


@dataclass(frozen=True, slots=True)
class UnitName:
    """One unit of a list: `written` as printed, `name` in full form.

    `bare`: it has no level though it may need one. `after_level`: a bare name behind the comma that ended a list with
    a level; the comma ends the level too.
    """

    written: str
    name: str
    bare: bool = False
    after_level: bool = False


def level_group_pattern(units: UnitWords) -> re.Pattern[str]:
    """Matches several levels with one 各 and one tail (各县、市、区人民政府): they are one group, not a list."""
    item = f"(?:{any_of(units.group_levels)})+{_INNER_BRACKET}?"
    # 办事处 and 办 belong to streets alone: levels never share them as a tail.
    tail = f"(?:{any_of(each for each in units.group_tails if not each.startswith('办'))})"
    placed = f"[{HAN}]{{1,5}}(?:{any_of(units.placed_levels)}|林区)(?=人民政府|政府)"
    corps = f"(?:(?:、|及|和|以及)(?:计划单列市|[{HAN}]{{0,8}}兵团))*"
    office = f"[{HAN}]{{2,14}}?主管部门"
    return re.compile(
        f"各(?:有关|相关)?(?:{item}(?:[、/]{item})*、{placed}{tail}|{item}(?:[、/]{item})+{corps}(?:{tail}|{office})?"
        f"|{item}(?:党委|委)[、和及与](?:{item})?(?:人民政府|政府))(?=$|[、，,；;和与及等\\s])"
    )


class UnitNameRecogniser:
    """Recognises unit names with one vocabulary and, where given, one county's table."""

    def __init__(self, grammar: Grammar, county: County | None = None, places: Iterable[str] = ()) -> None:
        """`places` are the document's own places without their level; a name that begins with one needs no level."""
        units = grammar.vocabulary.units
        self._grammar, self._units, self._county = grammar, units, county
        self._own_place = OwnPlaceNames(grammar, places)
        self._suffixes = tuple(units.suffixes)
        self.level_pattern = re.compile(
            f"(?!{any_of(units.not_levels)}|市[东西南北中]区)(?:{any_of(units.levels)})(?=[{HAN}])"
        )
        self._placed_level = re.compile(
            rf"(?P<place>[{HAN}]{{1,6}}?)(?P<level>(?:{any_of(units.placed_levels)})+)(?=[{HAN}]{{2,}})"
        )
        self._not_level = re.compile(any_of(units.not_levels))
        self._independent = re.compile(any_of(units.independent))
        self._level_group = level_group_pattern(units)
        self._organs = frozenset(units.group_tails)
        self._prose = re.compile(any_of(units.not_in_units))
        self._state_organs = frozenset(units.state_organs)
        self._not_units, self._generic = tuple(units.not_units), frozenset(units.generic)
        # The same names come back in nearly every list of a document.
        self.is_unit = lru_cache(maxsize=8192)(self._is_unit)

    def resolve(self, name: str) -> str | None:
        """The county's canonical name of a unit, or None; names resolve by the table only, never by likeness."""
        unit = self._county.resolve(name) if self._county else None
        return unit.name if unit else None

    def _is_unit(self, text: str) -> bool:
        """Whether a text reads like the name of a unit or a group of units."""
        plain = text.strip()
        if self.resolve(plain) or self._level_group.fullmatch(plain):
            return True
        core = _LAST_BRACKET.sub("", plain)
        if (
            core in self._generic
            or not 2 <= len(core) <= 30
            or self._prose.search(core)
            or re.search(r"[，,。；;：:、]", without_bracketed(core))
        ):
            return False
        if self.is_group(core) and len(core) > 2:
            return core.endswith(self._suffixes) and not self._grammar.role_name.search(core)
        return core in self._state_organs or (core.endswith(self._suffixes) and not core.endswith(self._not_units))

    def are_units(self, names: Iterable[UnitName], before_verb: bool = False, summed_up: bool = False) -> bool:
        """Whether a list is one of units. A role verb behind it (`before_verb`) makes up for a few unknown names.

        `summed_up`: the list ends in 等部门, so its short names (财政、公安等部门) are departments.
        """
        listed = tuple(names)
        unknown = [name.written for name in listed if not self.is_unit(name.written)]
        if not unknown or not before_verb:
            return not unknown
        if summed_up and all(2 <= len(each) <= 8 and not self._prose.search(each) for each in unknown):
            return True
        short = all(2 < len(each) <= 10 and not self._prose.search(each) for each in unknown)
        return len(unknown) * 3 <= len(listed) and short

    def is_group(self, name: str) -> bool:
        """Whether a name stands for many units."""
        return name.startswith(tuple(self._units.group_starts)) or name.endswith(tuple(self._units.group_ends))

    def level_of(self, name: str) -> str:
        """The level that a name carries itself, with its place (某某县), or an empty text."""
        level = self.level_pattern.match(name)
        if level and not (level[0] not in self._units.placed_levels and self._level_with_place(name, shortest=2)):
            return level[0]
        return "" if self._independent.search(name) else self._level_with_place(name)

    def _level_with_place(self, name: str, shortest: int = 1) -> str:
        """The level with its place at the start of a name (某某县财政局), or an empty text."""
        found = self._placed_level.match(name)
        if not found or len(found["place"]) < shortest or self._not_level.search(name[: found.end() + 2]):
            return ""
        rest = name[found.end() :]
        follows = rest in self._organs or self.is_unit(rest)
        return found[0] if follows and not found["place"].endswith(self._suffixes) else ""

    def needs_no_level(self, name: str) -> bool:
        """Whether a name stands outside the levels (a bank, a ministry) or has a place or a firm's name in front."""
        return self._independent.search(name) is not None or self._own_place.match(name)

    def takes_level(self, name: str) -> bool:
        """Whether a level may be put in front of a bare name."""
        # A 部 that is no party organ is a ministry, and no ministry is a county's.
        if name.endswith("部") and name not in self._units.party_organs:
            return False
        return not self.needs_no_level(name) and self.is_unit(name)
