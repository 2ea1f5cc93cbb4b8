"""Personal numbers in what units write, hidden in the middle: identity, bank card and mobile numbers.

Belongs here: the shapes such numbers are typed in. Does not belong here: any other rule of prose (prose).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

# What people put between groups of digits; the invisible ones come with numbers copied from a web page.
_GAP = r"[\s\-\u200b-\u200d\u2060\ufeff]{0,3}"
_ALIKE = dict.fromkeys(map(ord, "－—–‐‑‒―−"), "-") | dict.fromkeys(map(ord, "ＸｘXx×"), "X")
_MOBILE_SHAPES = ((3, 4, 4), (3, 3, 5), (5, 6), (4, 3, 4), (5, 3, 3))
_BEFORE, _AFTER = r"(?<![0-9])(?<![0-9]\.)", r"(?![0-9]|\.[0-9])"


def _mobile(shape: tuple[int, ...]) -> str:
    groups = [rf"1[3-9][0-9]{{{shape[0] - 2}}}", *(rf"[0-9]{{{size}}}" for size in shape[1:])]
    return _GAP.join(groups)


_ID = re.compile(
    rf"(?<![0-9])[0-9]{{3}}{_GAP}[0-9]{{3}}{_GAP}[0-9]{{4}}{_GAP}[0-9]{{2}}{_GAP}[0-9]{{2}}{_GAP}[0-9]{{3}}[0-9X](?![0-9X])"
)
_OLD_ID = re.compile(rf"(?<![0-9])[0-9]{{6}}{_GAP}[0-9]{{6}}{_GAP}[0-9]{{3}}(?![0-9])")
# A card in groups of four, or any number too long for a figure.
_LONG = re.compile(r"(?<![0-9])(?:[0-9]{4}(?:[\s-]?[0-9]{4}){2,3}[\s-]?[0-9]{1,4}|[0-9]{12,30})(?![0-9])")
_MOBILE = re.compile(
    rf"{_BEFORE}(?:(?:\+|00)?86{_GAP}|\+)?(?P<number>{'|'.join(map(_mobile, _MOBILE_SHAPES))}){_AFTER}"
)
# As many digits in a row as the shortest of them has; nearly every text has none, and is not looked at closely.
_DIGITS = re.compile(rf"\d(?:[\s\u200b-\u200d\u2060\ufeff{''.join(map(chr, _ALIKE))}-]{{0,3}}\d){{10}}")
_YEARS = re.compile(r"(?:(?:19|20)[0-9]{2}\D)+(?:19|20)[0-9]{2}")


def mask_numbers(text: str) -> str:
    """The text with ID, bank card and mobile numbers masked in the middle, whatever their digits' width and whatever
    parts their groups; nothing else is changed."""
    if not _DIGITS.search(text):
        return text
    # In this order: read as a card, an ID would keep its birthday, and 86138… its end only.
    text = _hide(text, _ID, lambda found: _ends(found, 6, 4))
    text = _hide(text, _OLD_ID, lambda found: _ends(found, 6, 3))
    text = _hide(text, _MOBILE, _phone)
    return _hide(text, _LONG, _card)


def _hide(text: str, shape: re.Pattern[str], how: Callable[[str], str]) -> str:
    parts, done = [], 0
    for found in shape.finditer(_alike(text)):
        start, end = found.span("number") if "number" in shape.groupindex else found.span()
        parts += [text[done:start], how(text[start:end])]
        done = end
    return "".join([*parts, text[done:]])


def _alike(text: str) -> str:
    """The text with digits, dashes and X of every width as ASCII, character by character: places stay the same."""
    plain = text if text.isascii() else re.sub(r"\d", lambda found: str(unicodedata.decimal(found[0])), text)
    return plain.translate(_ALIKE)


def _digits(found: str) -> str:
    """The number alone, in digits of the usual width."""
    return "".join(char for char in _alike(found) if char in "0123456789X")


def _ends(found: str, first: int, last: int, stars: int = 8) -> str:
    digits = _digits(found)
    return f"{digits[:first]}{'*' * stars}{digits[-last:]}"


def _phone(found: str) -> str:
    return _ends(found, 3, 4, stars=4)


def _card(found: str) -> str:
    # 2021 2022 2023 2024 is no card.
    if _YEARS.fullmatch(_alike(found)):
        return found
    return _ends(found, 4, (len(_digits(found)) - 1) % 4 + 1)
