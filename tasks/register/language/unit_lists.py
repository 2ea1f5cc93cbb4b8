"""A printed list of units -> its names: split at 、，和 outside brackets, with the level of the list inherited.

Belongs here: where one name ends and the next begins, and whether 等 leaves the list open. Splitting works on the text
as printed, so that brackets inside a name stay as they are. Which unit leads is `responsibility_clauses`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from config.county import County
from config.document_vocabulary import UnitWords
from tasks.register.language.brackets import open_brackets, split_outside_brackets
from tasks.register.language.grammar import Grammar, any_of
from tasks.register.language.inherited_levels import LevelInheritance
from tasks.register.language.unit_names import UnitName, UnitNameRecogniser, level_group_pattern

# 甲、乙、丙等市政府: towns without their level, which no list gives them.
_TOWNS = re.compile(r"等\d{0,2}个?[市县区州旗盟]{1,3}(?:人民)?政府")
_NOUNS = "(?:部门|单位|机构|企业|方面|地区|地方|省份|城市|政府)"
_AND = "以及|[和与及暨]"


def _open_end_pattern(units: UnitWords) -> re.Pattern[str]:
    """Matches 等 with the words that sum the list up (等省有关部门, 等窗口单位), up to the next name or the end."""
    summed = (
        rf"{any_of(units.open_tails)}|(?![和与及各]|以及)[^，,；;、。（）()\s]{{0,10}}?{_NOUNS}(?:[和与及]{_NOUNS})?"
    )
    return re.compile(rf"(?<![高中初同])等(?:{summed})?(?:(?=$|[，,；;、。共按])|分别|以及|[和与及])")


class UnitListReader:
    """Reads lists of units with one vocabulary and, where given, one county's table."""

    def __init__(self, grammar: Grammar, county: County | None = None, places: Iterable[str] = ()) -> None:
        """`places` are the document's own places without their level."""
        self._grammar = grammar
        self.names = UnitNameRecogniser(grammar, county, places)
        self.levels = LevelInheritance(grammar, self.names)
        self._level_group = level_group_pattern(grammar.vocabulary.units)
        self._open_end = _open_end_pattern(grammar.vocabulary.units)
        verbs = grammar.vocabulary.verbs
        self._manner = re.compile(f"[（(](?:{any_of(verbs.manner)})+(?:{any_of(verbs.duty + verbs.help)})?[）)]")

    def read(self, text: str) -> tuple[tuple[UnitName, ...], bool]:
        """The units of a list in order, each once, and whether 等 leaves the list open."""
        plain = self._manner.sub("", self._grammar.simplify(text)).strip(" \n。；;，,、：:.*")
        towns = _TOWNS.search(plain) is not None
        plain, ends = self._open_end.subn("，", plain)
        names: dict[str, UnitName] = {}
        after_level = False
        for segment in split_outside_brackets(plain, "，,；;"):
            for name in self.levels.inherit(self._split(segment), towns):
                names.setdefault(name.name, replace(name, after_level=name.bare and after_level))
            after_level = after_level or any(self.names.level_of(name.name) for name in names.values())
        return tuple(names.values()), ends > 0

    def all_units(self, text: str) -> bool:
        """Whether a text is a list and each of its names is a unit's."""
        names, _ = self.read(text)
        return bool(names) and self.names.are_units(names)

    def _split(self, segment: str) -> Iterator[str]:
        """The names between two commas. Groups of levels hold 、 themselves: a mark stands for each while splitting."""
        groups: list[str] = []

        def mark(match: re.Match[str]) -> str:
            groups.append(match[0])
            return f"、\x00{len(groups) - 1}\x00"

        for part in split_outside_brackets(self._level_group.sub(mark, segment), "、/"):
            restored = re.sub("\x00(\\d+)\x00", lambda found: groups[int(found[1])], part)
            for name in self._split_at_blanks(restored) if "\x00" not in part else [restored]:
                if bare := self._without_conjunctions(name):
                    yield bare

    def _without_conjunctions(self, name: str) -> str:
        """A name without 和, 与, 及 at its ends (和各有关单位 -> 各有关单位)."""
        plain = re.sub("(?:以及|[和与及])$", "", name.strip(" 。.*：:"))
        rest = re.sub("^(?:以及|[和与及])", "", plain)
        return rest if rest != plain and self.names.is_group(rest) else plain

    def _split_at_blanks(self, part: str) -> list[str]:
        """Blanks and line ends separate names only where each side is one; else they are typesetting."""
        names: list[str] = []
        growing = ""
        for word in part.split():
            growing += word
            if self.names.is_unit(growing):
                names.append(growing)
                growing = ""
        if growing:
            names = [*names[:-1], names[-1] + growing] if names else [growing]
        return [each for name in names for each in self._split_at_and(name)]

    def _split_at_and(self, part: str) -> list[str]:
        """和 separates two names only where both sides are names in full (never 文化和旅游部)."""
        for found in re.finditer(_AND, part):
            left, right = part[: found.start()], part[found.end() :]
            if left and right and open_brackets(left) == 0 and self.names.is_unit(left) and self._is_whole(right):
                return [left, *self._split_at_and(right)]
        return self._split_at_level(part)

    def _is_whole(self, right: str) -> bool:
        first = re.split(_AND, right, maxsplit=1)[0]
        return (
            not right.startswith("其") and len(right) > 2 and (self.names.is_unit(first) or self.names.is_unit(right))
        )

    def _split_at_level(self, part: str) -> list[str]:
        """Two names that a lost blank left together, each with the same level (县发改局县水务局)."""
        level = self.names.level_pattern.match(part)
        for at in range(4, len(part) - 3) if level and 7 < len(part) <= 60 and open_brackets(part) == 0 else ():
            again = self.names.level_pattern.match(part, at)
            if again and level and again[0] == level[0]:
                left, right = part[:at], part[at:]
                if self.names.is_unit(left) and self.names.is_unit(right):
                    return [left, *self._split_at_level(right)]
        return [part]
