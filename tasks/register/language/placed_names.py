"""Names that bring their own place, groups that share one tail, and the end of a list that is left open.

Belongs here: patterns over the names of units, built from the vocabulary. Splitting a list and giving levels back is
`units`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from config.plan import Document
from config.vocabulary import UnitWords
from tasks.register.language.grammar import Grammar, any_of

_HAN = "一-鿿"
_INNER = r"(?:[（(\[〔［][^（）()\[\]〔〕［］]{1,20}[）)\]〕］])"
_NOUNS = "(?:部门|单位|机构|企业|方面|地区|地方|省份|城市|政府)"


def level_group(units: UnitWords) -> re.Pattern[str]:
    """各县、市、区人民政府 and its kin: several levels with one 各 and one tail are one group."""
    item = f"(?:{any_of(units.group_levels)})+{_INNER}?"
    # 办事处 and 办 are the streets' alone, no tail that levels share.
    tail = f"(?:{any_of(each for each in units.group_tails if not each.startswith('办'))})"
    placed = f"[{_HAN}]{{1,5}}(?:{any_of(units.placed_levels)}|林区)(?=人民政府|政府)"
    corps = f"(?:(?:、|及|和|以及)(?:计划单列市|[{_HAN}]{{0,8}}兵团))*"
    office = f"[{_HAN}]{{2,14}}?主管部门"
    return re.compile(
        f"各(?:有关|相关)?(?:{item}(?:[、/]{item})*、{placed}{tail}|{item}(?:[、/]{item})+{corps}(?:{tail}|{office})?"
        f"|{item}(?:党委|委)[、和及与](?:{item})?(?:人民政府|政府))(?=$|[、，,；;和与及等\\s])"
    )


def open_end(units: UnitWords) -> re.Pattern[str]:
    """等 with the words that sum the list up (等省有关部门, 等窗口单位), up to the next name or the end."""
    summed = (
        rf"{any_of(units.open_tails)}|(?![和与及各]|以及)[^，,；;、。（）()\s]{{0,10}}?{_NOUNS}(?:[和与及]{_NOUNS})?"
    )
    return re.compile(rf"(?<![高中初同])等(?:{summed})?(?:(?=$|[，,；;、。共按])|分别|以及|[和与及])")


def own_name_stems(document: Document, grammar: Grammar) -> tuple[str, ...]:
    """The places a document is of, without their level (某某 of 某某县), from its issuer and title."""
    levels, simplify = any_of(grammar.vocabulary.units.placed_levels), grammar.simplify
    pattern = re.compile(f"(?:中共|共青团)?([{_HAN}]{{2,6}}?)(?:{levels})")
    found = (pattern.match(simplify(text)) for text in (document.issuer, document.title))
    return tuple(dict.fromkeys(each[1] for each in found if each and "关于" not in each[1]))


class PlacedNames:
    """Tells names with a place or a firm's own name in front: they take no level from the list they stand in."""

    def __init__(self, grammar: Grammar, stems: Iterable[str]) -> None:
        units = grammar.vocabulary.units
        self._stems = tuple(stem for stem in stems if len(stem) > 1)
        tails = f"(?:{any_of(units.group_tails)})"
        self._place = re.compile(f"(?P<name>[{_HAN}]{{1,6}}?)(?:{any_of(units.own_places)}){tails}?")
        self._region = re.compile(f"[{_HAN}]{{1,4}}?(?:{any_of(units.placed_levels)})")
        self._not_places = re.compile(any_of(units.not_levels))
        self._common = frozenset((*units.collective, *units.group_levels, *units.generic))
        self._firm = re.compile(f"[{_HAN}]*(?:公司|集团)")
        trades = any_of((*units.trades, "有限", "责任", "股份", "集团", "总", "分", "子", "（集团）"))
        self._plain_firm = re.compile(f"(?:{trades})+(?:公司|集团)")

    def own(self, token: str) -> bool:
        """Whether the name needs no level: 某某街道办, 某某区, 某某水务集团, or the document's own place in front."""
        if self._stems and token.startswith(self._stems):
            return True
        if self._firm.fullmatch(token):
            return not self._plain_firm.fullmatch(token)
        if token in self._common:
            return False
        if found := self._place.fullmatch(token):
            return found["name"] not in self._common
        return bool(self._region.fullmatch(token)) and not self._not_places.search(token)
