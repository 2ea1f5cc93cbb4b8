"""Unit names that start with a place or a firm's own name (某某街道办, 某某水务集团): they inherit no level from their list.

Belongs here: telling such names. Inheriting a level is `inherited_levels`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from config.plan import Document
from tasks.register.language.grammar import HAN, Grammar, any_of


def places_of_document(document: Document, grammar: Grammar) -> tuple[str, ...]:
    """The document's own places without their level (某某 of 某某县), from its issuer and title."""
    levels, simplify = any_of(grammar.vocabulary.units.placed_levels), grammar.simplify
    pattern = re.compile(f"(?:中共|共青团)?([{HAN}]{{2,6}}?)(?:{levels})")
    found = (pattern.match(simplify(text)) for text in (document.issuer, document.title))
    return tuple(dict.fromkeys(each[1] for each in found if each and "关于" not in each[1]))


class OwnPlaceNames:
    """Recognises names that need no level, by the vocabulary and the document's own places."""

    def __init__(self, grammar: Grammar, places: Iterable[str]) -> None:
        """`places` are the document's own places without their level."""
        units = grammar.vocabulary.units
        self._places = tuple(place for place in places if len(place) > 1)
        tails = f"(?:{any_of(units.group_tails)})"
        self._place = re.compile(f"(?P<name>[{HAN}]{{1,6}}?)(?:{any_of(units.own_places)}){tails}?")
        self._region = re.compile(f"[{HAN}]{{1,4}}?(?:{any_of(units.placed_levels)})")
        self._not_places = re.compile(any_of(units.not_levels))
        self._common = frozenset((*units.collective, *units.group_levels, *units.generic))
        self._firm = re.compile(f"[{HAN}]*(?:公司|集团)")
        trades = any_of((*units.trades, "有限", "责任", "股份", "集团", "总", "分", "子", "（集团）"))
        self._firm_without_name = re.compile(f"(?:{trades})+(?:公司|集团)")

    def match(self, name: str) -> bool:
        """Whether the name needs no level: 某某街道办, 某某区, 某某水务集团, or one of the document's places in front."""
        if self._places and name.startswith(self._places):
            return True
        if self._firm.fullmatch(name):
            return not self._firm_without_name.fullmatch(name)
        if name in self._common:
            return False
        if found := self._place.fullmatch(name):
            return found["name"] not in self._common
        return bool(self._region.fullmatch(name)) and not self._not_places.search(name)
