"""Plain Chinese numerals -> numbers: 一百一十, 二〇二三, 三万五千."""

from __future__ import annotations

CHARACTERS = "零〇一二两三四五六七八九十百千万亿点壹贰叁肆伍陆柒捌玖拾佰仟"
_SIGNS = ("零〇", "一壹", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
_DIGITS = {char: digit for digit, chars in enumerate(_SIGNS) for char in chars}
# Longer text is no figure, and its value could exceed a float.
_LONGEST = 100
_PLACES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}


def parse_chinese_number(text: str) -> float | None:
    """The value of a plain numeral, else None. Also None for a short form (三百五): it could mean 305 or 350."""
    if len(text) > _LONGEST:
        return None
    whole, _, decimals = text.partition("点")
    if not whole or (("点" in text) and not decimals):
        return None
    if any(char not in _DIGITS for char in decimals):
        return None
    value = _spelled(whole) if all(char in _DIGITS for char in whole) else _placed(whole)
    if value is None:
        return None
    return float(f"{value}.{''.join(str(_DIGITS[char]) for char in decimals)}") if decimals else float(value)


def _spelled(text: str) -> int | None:
    """The value of digits in a row (二〇二三); None for two or three digits: 三五 means "three or five"."""
    if len(text) == 1 or len(text) >= 4:
        return int("".join(str(_DIGITS[char]) for char in text))
    return None


def _placed(text: str) -> int | None:
    """The value of a numeral with place words: each 万 or 亿 ends a section of thousands, hundreds and tens."""
    hundred_million, rest = _cut(text, "亿")
    ten_thousand, ones = _cut(rest, "万")
    if not (hundred_million or ten_thousand or ones):
        return None
    begins = not (hundred_million or ten_thousand)
    parts = [_section(hundred_million, True), _section(ten_thousand, True), _section(ones, begins)]
    if any(part is None for part in parts):
        return None
    high, middle, low = (part or 0 for part in parts)
    return high * 10**8 + middle * 10**4 + low


def _cut(text: str, mark: str) -> tuple[str, str]:
    before, separator, after = text.rpartition(mark)
    return (before, after) if separator else ("", text)


def _section(text: str, first: bool) -> int | None:
    """The value of a numeral under 10,000. `first` is False after 万 or 亿, where a single digit (三万五) is colloquial."""
    total, digit, last_place = 0, None, 0
    for char in text:
        if char in _DIGITS and not digit:
            digit = _DIGITS[char]
        elif char in _PLACES and (not last_place or _PLACES[char] < last_place):
            last_place = _PLACES[char]
            # 十五 omits the leading 一.
            total += (1 if digit is None else digit) * last_place
            digit = None
        else:
            return None
    colloquial = digit and "零" not in text and "〇" not in text and (last_place > 10 or (not last_place and not first))
    return None if colloquial else total + (digit or 0)
