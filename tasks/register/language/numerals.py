"""Numbers as official documents write them: 604, 1,200, 3.5, 百分之六十, 二〇二三, 一百二十, 10万.

Belongs here: text of a number -> value. What a number means is decided by `targets` and `text_dates`.
"""

from __future__ import annotations

import re
from functools import cached_property

from config.document_vocabulary import Numerals


class NumberReader:
    """Reads Arabic and Chinese numerals by the vocabulary's digits and powers."""

    def __init__(self, numerals: Numerals) -> None:
        self._digit = {char: max(index - 1, 0) for index, char in enumerate(numerals.digits)} | dict(numerals.also)
        self._power = dict(numerals.powers)
        self._large = dict(numerals.large)

    @cached_property
    def han(self) -> str:
        """A character class of the Chinese numerals except the large units (万, 亿)."""
        return "[" + "".join(self._digit) + "".join(self._power) + "]"

    def value(self, text: str) -> float | None:
        """The value of a numeral, or None for anything else. `text` holds no unit of measure."""
        plain = text.replace(",", "").replace("，", "").replace(" ", "")
        if re.fullmatch(r"\d+(?:\.\d+)?", plain):
            return float(plain)
        if not plain or any(
            char not in self._digit and char not in self._power and char not in self._large for char in plain
        ):
            return None
        if all(char in self._digit for char in plain):
            return float("".join(str(self._digit[char]) for char in plain))
        return float(self._composed(plain))

    def integer(self, text: str) -> int | None:
        """The value as a whole number, or None."""
        value = self.value(text)
        return int(value) if value is not None and value == int(value) else None

    def _composed(self, plain: str) -> int:
        total = section = digit = 0
        for char in plain:
            if char in self._digit:
                digit = self._digit[char]
            elif char in self._power:
                power = self._power[char]
                # 廿 and 卅 are values themselves (20, 30); 十 alone means one ten.
                section += power if power % 10 == 0 and power in (20, 30) and not digit else (digit or 1) * power
                digit = 0
            else:
                total = (total + section + digit) * self._large[char]
                section = digit = 0
        return total + section + digit
