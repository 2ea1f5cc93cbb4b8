"""How a number format shows a number: plain, as a percentage, as a day, or with a unit.

Belongs here: format codes (ECMA-376, 18.8.31). The stored number and the number a clerk sees may differ by a factor of
10,000: formats that show 万元 over a figure stored in 元 are common in China.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

_LITERAL = re.compile(r'"[^"]*"|\\.')
_BRACKETS = re.compile(r"\[[^\]]*\]|_.|\*.")
# Digits, maybe with a decimal point that is only displayed, commas that each hide three digits, then the unit.
_UNIT = re.compile(
    r'^(?:G/通用格式|General|[#0?,]*[#0?](?P<point>(?:[!\\]\.|"\.")0+)?(?:\.[0#?]+)?)(?P<commas>,*)'
    r'(?P<unit>(?:"[^"]*"|[!\\].|[㐀-鿿])+)\s*$'
)
_WORD = re.compile(r"^[㐀-鿿]{1,6}$")
# Parts of a code that do not change how the number is shown: text, colours, blanks as wide as a character.
_DECORATION = re.compile(r"""G/通用格式|General|"[^"]*"|\[(?:[^\]hmsHMS]|\$)[^\]]*\]|[\\_*][^A-Za-z]""")
_NUMBER_CODE = re.compile(r"^(?:[^A-Za-z\[\]\\_*]|[0#?]E[+-])*$")
_DAY_CODE = re.compile(r"^(?:[yYmMdD]+[-/.年月日 ,;@]*)+$")


class NumberStyle(Enum):
    """How a format shows a number. OTHER: times of day, and every format that is not recognised."""

    NUMBER = "number"
    PERCENT = "percent"
    DAY = "day"
    OTHER = "other"


# Built-in formats (ECMA-376, 18.8.30), by their number.
_BUILT_IN: Mapping[str, NumberStyle] = {
    **dict.fromkeys(("0", "1", "2", "3", "4", "11", "37", "38", "39", "40", "48", "49"), NumberStyle.NUMBER),
    **dict.fromkeys(("9", "10"), NumberStyle.PERCENT),
    **dict.fromkeys(("14", "15", "16", "17"), NumberStyle.DAY),
}


@dataclass(frozen=True, slots=True)
class NumberWithUnit:
    """The style of a format that divides the number by `divisor` and adds a unit."""

    unit: str
    divisor: int

    def text(self, value: float) -> str:
        """The number as displayed, with its unit, but with all its digits."""
        return f"{round(value / self.divisor, 8):.8f}".rstrip("0").rstrip(".") + self.unit


def number_style(number: str, code: str | None) -> NumberStyle | NumberWithUnit:
    """How a format shows a number, by the format's id in the workbook and its code (None: a built-in format)."""
    if code is None:
        return _BUILT_IN.get(number, NumberStyle.OTHER)
    if is_percent_format(code):
        return NumberStyle.PERCENT
    if (with_unit := unit_in_format(code)) is not None:
        return with_unit
    bare = _DECORATION.sub("", code)
    return (
        NumberStyle.NUMBER
        if _NUMBER_CODE.match(bare)
        else NumberStyle.DAY
        if _DAY_CODE.match(bare.strip())
        else NumberStyle.OTHER
    )


def is_percent_format(code: str) -> bool:
    """Whether a format shows a percentage; a % in quotes is only text."""
    return "%" in _LITERAL.sub("", code)


def unit_in_format(code: str) -> NumberWithUnit | None:
    """The unit that a format adds, None where it adds none (or a text that is no unit)."""
    match = _UNIT.match(_BRACKETS.sub("", code.split(";")[0]).strip())
    if match is None:
        return None
    unit = re.sub(r'["!\\]', "", match["unit"]).strip()
    # The digits behind a point that is only displayed belong to the whole number.
    shifted = match["point"].count("0") if match["point"] else 0
    return NumberWithUnit(unit, 1000 ** len(match["commas"]) * 10**shifted) if _WORD.match(unit) else None
