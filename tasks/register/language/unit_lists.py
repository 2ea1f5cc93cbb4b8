"""Lists of units: split, given back the level they leave out, and resolved through a county's own table.

Belongs here: what one list says. Names resolve by the table or as printed, never by likeness; which unit leads is
said by `clauses`. Splitting works on the text as printed, so brackets inside a name stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from config.county import County
from tasks.register.language.grammar import Grammar, any_of
from tasks.register.language.placed_names import PlacedNames, level_group, open_end
from tasks.register.language.unit_names import UnitName, depth, outside, split

_BRACKET_END = re.compile(r"[（(\[［【][^（）()\[\]［］【】]*[）)\]］】]$")
# 甲、乙、丙等市政府: towns without their level, which no list gives them.
_TOWNS = re.compile(r"等\d{0,2}个?[市县区州旗盟]{1,3}(?:人民)?政府")
_LEVELS_HAN = "一-鿿"


class UnitListReader:
    """Reads lists of units with one vocabulary and, where given, one county's table."""

    def __init__(self, grammar: Grammar, county: County | None = None, places: Iterable[str] = ()) -> None:
        """`places` are the document's own places without their level; a name that begins with one has its level."""
        units = grammar.vocabulary.units
        self._grammar, self._units, self._county = grammar, units, county
        self._places = PlacedNames(grammar, places)
        self._suffixes = tuple(units.suffixes)
        self._own = re.compile(
            f"(?!{any_of(units.not_levels)}|市[东西南北中]区)(?:{any_of(units.levels)})(?=[{_LEVELS_HAN}])"
        )
        self._placed = re.compile(
            rf"(?P<place>[{_LEVELS_HAN}]{{1,6}}?)(?P<level>(?:{any_of(units.placed_levels)})+)(?=[{_LEVELS_HAN}]{{2,}})"
        )
        self._not_level = re.compile(any_of(units.not_levels))
        self._independent = re.compile(any_of(units.independent))
        self._collective = re.compile(f"(?:国有)?(?:{any_of(units.collective)})(?:{any_of(units.group_tails)})?")
        self._level_group = level_group(units)
        # 团县委 carries its level inside.
        self._league = re.compile(f"团({any_of(units.levels)})委")
        self._open = open_end(units)
        verbs = grammar.vocabulary.verbs
        self._aside = re.compile(f"[（(](?:{any_of(verbs.manner)})+(?:{any_of(verbs.duty + verbs.help)})?[）)]")
        self._organs = frozenset(units.group_tails)
        self._verbs = re.compile(any_of(units.not_in_units))
        self._state = frozenset(units.state_organs)
        self._not_units, self._generic = tuple(units.not_units), frozenset(units.generic)
        self.plausible = lru_cache(maxsize=8192)(self._plausible)

    def read(self, text: str) -> tuple[tuple[UnitName, ...], bool]:
        """The units of a list in order, each once, and whether the list is left open (等)."""
        plain = self._aside.sub("", self._grammar.simplify(text)).strip(" \n。；;，,、：:.*")
        towns = _TOWNS.search(plain) is not None
        plain, opened = self._close(plain)
        names: dict[str, UnitName] = {}
        levelled = False
        for segment in split(plain, "，,；;"):
            for name in self._restore(self._tokens(segment), towns):
                names.setdefault(name.name, replace(name, apart=name.bare and levelled))
            levelled = levelled or any(self.level_of(name.name) for name in names.values())
        return tuple(names.values()), opened

    def _close(self, text: str) -> tuple[str, bool]:
        """The list without 等 and the words that sum it up; brackets inside are left alone."""
        opened = False

        def cut(match: re.Match[str]) -> str:
            nonlocal opened
            opened = True
            return "，"

        return self._open.sub(cut, text), opened

    def _tokens(self, segment: str) -> list[str]:
        groups: list[str] = []

        def keep(match: re.Match[str]) -> str:
            groups.append(match[0])
            return f"、\x00{len(groups) - 1}\x00"

        tokens: list[str] = []
        for part in split(self._level_group.sub(keep, segment), "、/"):
            restored = re.sub("\x00(\\d+)\x00", lambda found: groups[int(found[1])], part)
            tokens.extend(self._unblank(restored) if "\x00" not in part else [restored])
        return [token for token in (self._bare(each) for each in tokens) if token]

    def _bare(self, token: str) -> str:
        """A token without what binds it to its neighbours (和各有关单位 -> 各有关单位)."""
        plain = token.strip(" 。.*：:")
        plain = re.sub("(?:以及|[和与及])$", "", plain)
        rest = re.sub("^(?:以及|[和与及])", "", plain)
        return rest if rest != plain and self.is_group(rest) else plain

    def _unblank(self, part: str) -> list[str]:
        """Blanks and line ends part names only where each side is one; else they are typesetting. Then 和, 与, 及."""
        pieces: list[str] = []
        growing = ""
        for piece in part.split():
            growing += piece
            if self.plausible(growing):
                pieces.append(growing)
                growing = ""
        if growing:
            pieces = [*pieces[:-1], pieces[-1] + growing] if pieces else [growing]
        return [name for piece in pieces for name in self._conjoined(piece)]

    def _conjoined(self, part: str) -> list[str]:
        """和 parts two names only where both sides are names in full (never 文化和旅游部)."""
        for found in re.finditer("以及|[和与及暨]", part):
            left, right = part[: found.start()], part[found.end() :]
            if left and right and depth(left) == 0 and self.plausible(left) and self._stands_alone(right):
                return [left, *self._conjoined(right)]
        return self._unglued(part)

    def _unglued(self, part: str) -> list[str]:
        """Two names that a lost blank left together, each with the same level (县发改局县水务局)."""
        own = self._own.match(part)
        for at in range(4, len(part) - 3) if own and 7 < len(part) <= 60 and depth(part) == 0 else ():
            again = self._own.match(part, at)
            if again and own and again[0] == own[0] and self.plausible(part[:at]) and self.plausible(part[at:]):
                return [part[:at], *self._unglued(part[at:])]
        return [part]

    def _stands_alone(self, right: str) -> bool:
        first = re.split("以及|[和与及暨]", right, maxsplit=1)[0]
        return not right.startswith("其") and len(right) > 2 and (self.plausible(first) or self.plausible(right))

    def _restore(self, tokens: list[str], towns: bool = False) -> Iterable[UnitName]:
        prefix, committee, each = "", "", False
        for token in tokens:
            known = self._resolve(token)
            league = self._league.fullmatch(token)
            own = league[1] if league else self.level_of(token)
            if self.is_group(token):
                each = each or token.startswith("各")
                yield self._named(token, token, known)
            elif own:
                prefix, committee, each = own, self._committee(own, token), False
                yield self._named(token, token, known)
            elif each and self._collective.fullmatch(token):
                yield self._named(token, f"各{token}", self._resolve(f"各{token}"))
            elif self._independent.search(token) or self._places.own(token) or (towns and not self.plausible(token)):
                yield self._named(token, token, known)
            elif prefix:
                full = (committee if token in self._units.party_organs else prefix) + token
                yield self._named(token, full, self._resolve(full) or known)
            else:
                yield replace(self._named(token, token, known), bare=known is None)

    def _named(self, written: str, full: str, known: str | None) -> UnitName:
        return UnitName(written, known or full, known=known is not None)

    def _committee(self, level: str, token: str) -> str:
        """What a party organ inherits: 县委, or 党委 where the list says so or the level writes it so."""
        full = token.startswith(f"{level}党委") or level.endswith(tuple(self._units.full_committees))
        return level if level.endswith("委") else level + ("党委" if full else "委")

    def with_level(self, prefix: str, token: str) -> str:
        """The name with a level in front; a party organ takes the committee of that level."""
        return (self._committee(prefix, "") if token in self._units.party_organs else prefix) + token

    def _resolve(self, name: str) -> str | None:
        unit = self._county.resolve(name) if self._county else None
        return unit.name if unit else None

    def level_of(self, token: str) -> str:
        """The level a name carries itself, with its place (某某县), or nothing."""
        own = self._own.match(token)
        if own and not (own[0] not in self._units.placed_levels and self._placed_level(token, shortest=2)):
            return own[0]
        if self._independent.search(token):
            return ""
        return self._placed_level(token)

    def _placed_level(self, token: str, shortest: int = 1) -> str:
        """The level with its place at the start of a name (某某县财政局), or nothing."""
        found = self._placed.match(token)
        if not found or len(found["place"]) < shortest or self._not_level.search(token[: found.end() + 2]):
            return ""
        rest = token[found.end() :]
        good = rest in self._organs or self.plausible(rest)
        return found[0] if good and not found["place"].endswith(self._suffixes) else ""

    def is_group(self, token: str) -> bool:
        """Whether a name stands for many units."""
        return token.startswith(tuple(self._units.group_starts)) or token.endswith(tuple(self._units.group_ends))

    def _plausible(self, text: str) -> bool:
        plain = text.strip()
        if self._resolve(plain):
            return True
        if self._level_group.fullmatch(plain):
            return True
        core = _BRACKET_END.sub("", plain)
        if (
            core in self._generic
            or not 2 <= len(core) <= 30
            or self._verbs.search(core)
            or re.search(r"[，,。；;：:、]", outside(core))
        ):
            return False
        if self.is_group(core) and len(core) > 2:
            return core.endswith(self._suffixes) and not self._grammar.role_name.search(core)
        return core in self._state or (core.endswith(self._suffixes) and not core.endswith(self._not_units))

    def believable(self, names: Iterable[UnitName], spoken: bool = False, summed: bool = False) -> bool:
        """Whether a list is one of units. A role verb behind it (`spoken`) vouches for a few names of unknown make.

        `summed`: the list ends in 等部门, so its short names (财政、公安等部门) are departments.
        """
        listed = tuple(names)
        odd = [name.written for name in listed if not self.plausible(name.written)]
        if not odd or not spoken:
            return not odd
        if summed and all(2 <= len(each) <= 8 and not self._verbs.search(each) for each in odd):
            return True
        short = all(2 < len(each) <= 10 and not self._verbs.search(each) for each in odd)
        return len(odd) * 3 <= len(listed) and short

    def levelled(self, name: UnitName) -> bool:
        """Whether the name carries a level, its own or a list's."""
        return bool(self.level_of(name.name))

    def takes_level(self, text: str) -> bool:
        """Whether a bare name is one that a level may be put on."""
        # A 部 that is no party organ is a ministry, and no ministry is a county's.
        if text.endswith("部") and text not in self._units.party_organs:
            return False
        return not self._independent.search(text) and not self._places.own(text) and self._plausible(text)
