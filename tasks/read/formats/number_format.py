"""What a number format makes of a number for the eye: a percentage, a day, or a unit behind it.

Belongs here: reading format codes (ECMA-376, 18.8.31). The stored number and the number a clerk sees may differ by
10,000: in China formats that show 万元 over a figure kept in 元 are common.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

_LITERAL = re.compile(r'"[^"]*"|\\.')
_BRACKETS = re.compile(r"\[[^\]]*\]|_.|\*.")
# Digits, perhaps a point that is only painted between them, commas that each hide three digits, then the unit.
_UNIT = re.compile(
    r'^(?:G/通用格式|General|[#0?,]*[#0?](?P<point>(?:[!\\]\.|"\.")0+)?(?:\.[0#?]+)?)(?P<commas>,*)'
    r'(?P<unit>(?:"[^"]*"|[!\\].|[㐀-鿿])+)\s*$'
)
_WORD = re.compile(r"^[㐀-鿿]{1,6}$")
# All that may stand in a format beside what it does with the number: text, colours, blanks as wide as a character.
_ASIDE = re.compile(r"""G/通用格式|General|"[^"]*"|\[(?:[^\]hmsHMS]|\$)[^\]]*\]|[\\_*][^A-Za-z]""")
_OF_NUMBER = re.compile(r"^(?:[^A-Za-z\[\]\\_*]|[0#?]E[+-])*$")
_OF_DAY = re.compile(r"^(?:[yYmMdD]+[-/.年月日 ,;@]*)+$")


class NumberStyle(Enum):
    """What a format shows a number as. OTHER: times of day, and whatever is not known here."""

    NUMBER = "number"
    PERCENT = "percent"
    DAY = "day"
    OTHER = "other"


# The formats that every program has built in (ECMA-376, 18.8.30), by their number.
_BUILT_IN: Mapping[str, NumberStyle] = {
    **dict.fromkeys(("0", "1", "2", "3", "4", "11", "37", "38", "39", "40", "48", "49"), NumberStyle.NUMBER),
    **dict.fromkeys(("9", "10"), NumberStyle.PERCENT),
    **dict.fromkeys(("14", "15", "16", "17"), NumberStyle.DAY),
}


@dataclass(frozen=True, slots=True)
class ShownNumber:
    """A unit that a format puts behind the number, which it divides by `divisor` first."""

    unit: str
    divisor: int

    def text(self, value: float) -> str:
        """The number as it is seen, with its unit and with every digit it has."""
        return f"{round(value / self.divisor, 8):.8f}".rstrip("0").rstrip(".") + self.unit


def number_style_of(number: str, code: str | None) -> NumberStyle | ShownNumber:
    """What a format shows a number as, from its number in the workbook and its code (None: a built-in one)."""
    if code is None:
        return _BUILT_IN.get(number, NumberStyle.OTHER)
    if is_percent_format(code):
        return NumberStyle.PERCENT
    if (shown := unit_shown(code)) is not None:
        return shown
    bare = _ASIDE.sub("", code)
    return (
        NumberStyle.NUMBER
        if _OF_NUMBER.match(bare)
        else NumberStyle.DAY
        if _OF_DAY.match(bare.strip())
        else NumberStyle.OTHER
    )


def is_percent_format(code: str) -> bool:
    """Whether a format shows a percentage; a % in quotes is only a sign."""
    return "%" in _LITERAL.sub("", code)


def unit_shown(code: str) -> ShownNumber | None:
    """The unit that a format shows, None where it shows none (or something that is no unit)."""
    found = _UNIT.match(_BRACKETS.sub("", code.split(";")[0]).strip())
    if found is None:
        return None
    unit = re.sub(r'["!\\]', "", found["unit"]).strip()
    # Digits behind a painted point are digits of the number itself.
    painted = found["point"].count("0") if found["point"] else 0
    return ShownNumber(unit, 1000 ** len(found["commas"]) * 10**painted) if _WORD.match(unit) else None
