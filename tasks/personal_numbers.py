"""Personal numbers in free text: found by one rule and masked by one rule, for checks, briefs, letters and screens.

Belongs here: the shapes of such numbers: identity cards, passports, permits of residents of 港澳台, bank cards and
accounts, mobile and landline telephones. Does not belong here: whether a roster's telephone is complete (`expectations`).

A shape that any figure could have too counts only with more evidence: a check digit, a date of birth, a word in front.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import NamedTuple

# What people put between groups of digits; the invisible characters come with numbers copied from a web page.
_BLANKS = r"\s\u200b-\u200d\u2060\ufeff"
_GAP = rf"[{_BLANKS}\-]{{0,3}}"
_NO_DIGIT_BEFORE, _NO_DIGIT_AFTER = r"(?<![0-9])(?<![0-9]\.)", r"(?![0-9]|\.[0-9])"
_NO_WORD_BEFORE, _NO_WORD_AFTER = r"(?<![0-9A-Z])", r"(?![0-9A-Z])"
# One character for each that people write instead, so that a place in the plain text is a place in the text.
_DASHES = dict.fromkeys(map(ord, "－—–‐‑‒―−"), "-")
_LETTERS = {0xFF21 + n: chr(65 + n) for n in range(26)} | {0xFF41 + n: chr(65 + n) for n in range(26)}
_PLAIN = _DASHES | _LETTERS | {ord(char): char.upper() for char in "abcdefghijklmnopqrstuvwxyz"}
_PLAIN |= {ord("×"): "X", ord("（"): "(", ord("）"): ")", ord("："): ":", ord("\u3000"): " "}
# The fewest digits that any shape has, with anything but words between them. Most texts have no such row of digits, and
# this search costs a fiftieth of all the others.
_SEVEN_DIGITS = re.compile(r"\d(?:\W{0,3}+\d){6}+")


class PersonalNumber(NamedTuple):
    """One number found: its kind, where it stands in the text, and how it reads when masked."""

    kind: str
    start: int
    end: int
    masked: str


class _Shape(NamedTuple):
    """One kind of number: its pattern with the group `number`, what else must hold, how much stays readable."""

    kind: str
    pattern: re.Pattern[str]
    holds: Callable[[str], bool]
    mask: Callable[[str], str]


def find_personal_numbers(text: str) -> tuple[PersonalNumber, ...]:
    """The personal numbers in a text, in their order, none overlapping another."""
    if not _SEVEN_DIGITS.search(text):
        return ()
    found: list[PersonalNumber] = []
    plain = _in_plain_characters(text)
    for shape in _SHAPES:
        for each in _matches(shape, text, plain):
            found.append(each)
            # What one shape has taken is out of reach of the next.
            plain = plain[: each.start] + "\0" * (each.end - each.start) + plain[each.end :]
    return tuple(sorted(found, key=lambda each: each.start))


def mask_personal_numbers(text: str) -> str:
    """The text with personal numbers masked in the middle; nothing else is changed. Masking twice changes nothing more."""
    while found := find_personal_numbers(text):
        # Again: what is left of one number may stand beside digits and make up another one with them.
        text = _replaced(text, found, lambda each: each.masked)
    return text


def leave_out_personal_numbers(text: str, instead: str) -> str:
    """The text with `instead` in the place of each personal number."""
    return _replaced(text, find_personal_numbers(text), lambda _: instead)


def _replaced(text: str, found: tuple[PersonalNumber, ...], how: Callable[[PersonalNumber], str]) -> str:
    parts, done = [], 0
    for each in found:
        parts += [text[done : each.start], how(each)]
        done = each.end
    return "".join([*parts, text[done:]])


def _matches(shape: _Shape, text: str, plain: str) -> Iterator[PersonalNumber]:
    for match in shape.pattern.finditer(plain):
        start, end = match.span("number")
        number = "".join(char for char in plain[start:end] if char.isalnum())
        if shape.holds(number):
            # The country code in front belongs to the number and is not masked.
            first = match.start("country") if match.groupdict().get("country") else start
            yield PersonalNumber(shape.kind, first, end, text[first:start] + shape.mask(number))


def _in_plain_characters(text: str) -> str:
    """The text with digits, letters, dashes and brackets of every width as ASCII; every place stays the same."""
    plain = text if text.isascii() else re.sub(r"\d", lambda found: str(unicodedata.decimal(found[0])), text)
    return plain.translate(_PLAIN)


def _keep(first: int, last: int, stars: int = 8) -> Callable[[str], str]:
    return lambda number: f"{number[:first]}{'*' * stars}{number[-last:]}"


def _mask_card(number: str) -> str:
    return _keep(4, (len(number) - 1) % 4 + 1)(number)


def _mask_landline(number: str) -> str:
    area = 3 if number.startswith(("01", "02")) else 4
    return f"{number[:area]}-****{number[-2:]}"


# ---------------------------------------------------------------- evidence

# Beginnings of administrative codes: provinces, and 81, 82, 83 on residence permits of 港澳台.
_PROVINCES = frozenset(
    {*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83}
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"


def _is_identity(number: str) -> bool:
    """GB 11643: the check digit, or, for one mistyped, a province and a date of birth."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False))
    if int(number[:2]) not in _PROVINCES or not _is_day(number[6:14]):
        return _CHECK_DIGITS[total % 11] == number[-1] and int(number[:2]) in _PROVINCES
    return True


def _is_old_identity(number: str) -> bool:
    return int(number[:2]) in _PROVINCES and _is_day(f"19{number[6:12]}")


def _is_day(digits: str) -> bool:
    """Whether eight digits are a day between 1900 and 2099."""
    try:
        return 1900 <= dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])).year < 2100
    except ValueError:
        return False


def _is_card(number: str) -> bool:
    """The last digit by Luhn's rule and an issuer's first digit; cards of this country begin with 62."""
    doubled = [int(digit) * (2 - (place % 2 == 0)) for place, digit in enumerate(reversed(number))]
    luhn = sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0
    return number[0] in "34569" and (luhn or number.startswith("62"))


def _is_long(number: str) -> bool:
    """20231027153000123 is an instant: no card begins so."""
    return not _is_day(number[:8])


def _no_day_behind_its_letter(number: str) -> bool:
    """G20231027 is a code made of a letter and a day."""
    return not _is_day(number[-8:])


def _always(_: str) -> bool:
    return True


# ---------------------------------------------------------------- shapes


def _grouped(*sizes: int, first: str = "") -> str:
    """Digits in groups of these sizes, with anything people put between them."""
    groups = [f"[0-9]{{{size}}}" for size in sizes]
    return _GAP.join([first, *groups[1:]] if first else groups)


def _shape(kind: str, pattern: str, holds: Callable[[str], bool], mask: Callable[[str], str]) -> _Shape:
    return _Shape(kind, re.compile(pattern), holds, mask)


def _labelled(words: str, number: str) -> str:
    """A number behind one of these words."""
    return rf"(?:{words})(?:号码?|编号|证号)?[为是:{_BLANKS}]{{0,3}}(?P<number>{number})"


_MOBILE_GROUPS = ((3, 4, 4), (3, 3, 5), (5, 6), (4, 3, 4), (5, 3, 3))
_MOBILE = "|".join(_grouped(*sizes, first=rf"1[3-9][0-9]{{{sizes[0] - 2}}}") for sizes in _MOBILE_GROUPS)
_AREA = r"(?:010|02[0-9]|0[3-9][0-9]{2})"
_LOCAL = rf"[1-9][0-9]{{2,3}}[{_BLANKS}\-]?[0-9]{{4}}"
_UNIT_OF_MEASURE = r"(?!\s?(?:[万亿]?元|[万亿]|人次|吨|公斤|千克|千瓦|平方|立方|公里|米|%))"

# In this order: read as a card, an identity card would keep its date of birth, and 86138… its end only.
_SHAPES: tuple[_Shape, ...] = (
    _shape(
        "身份证",
        rf"(?<![0-9])(?P<number>{_grouped(3, 3, 4, 2, 2, 3)}[0-9X])(?![0-9])",
        _is_identity,
        _keep(6, 4),
    ),
    _shape("身份证", rf"(?<![0-9])(?P<number>{_grouped(6, 6, 3)})(?![0-9])", _is_old_identity, _keep(6, 3)),
    _shape(
        "手机",
        rf"{_NO_DIGIT_BEFORE}(?P<country>(?:\+|00)?86{_GAP}|\+)?(?P<number>{_MOBILE}){_NO_DIGIT_AFTER}",
        _always,
        _keep(3, 4, stars=4),
    ),
    _shape(
        "固定电话",
        rf"{_NO_DIGIT_BEFORE}(?<![0-9]-)(?P<country>(?:\+|00)86{_GAP})?(?P<number>\(?{_AREA}[)\-{_BLANKS}]{{0,3}}{_LOCAL})"
        rf"{_NO_DIGIT_AFTER}",
        _always,
        _mask_landline,
    ),
    _shape(
        "固定电话",
        _labelled("电话|座机|固话|拨打|改打|致电", rf"[1-9][0-9]{{2,3}}[{_BLANKS}\-]?[0-9]{{4}}") + _NO_DIGIT_AFTER,
        _always,
        _keep(0, 2, stars=4),
    ),
    _shape(
        "护照",
        rf"{_NO_WORD_BEFORE}(?P<number>[EGDSP][0-9]{{8}}|E[A-HJ-NP-Z][0-9]{{7}}|[DSP]E[0-9]{{7}}){_NO_WORD_AFTER}",
        _no_day_behind_its_letter,
        _keep(2, 2, stars=4),
    ),
    _shape(
        "通行证",
        rf"{_NO_WORD_BEFORE}(?P<number>[HM][0-9]{{8}}(?:[0-9]{{2}})?){_NO_WORD_AFTER}",
        _no_day_behind_its_letter,
        _keep(2, 2, stars=4),
    ),
    _shape(
        "护照或通行证",
        _labelled("护照|通行证|台胞证|回乡证", r"[A-Z]{0,2}[0-9]{7,10}") + _NO_WORD_AFTER,
        _always,
        _keep(2, 2, stars=4),
    ),
    _shape("银行账号", _labelled("卡号|账号|帐号|账户|银行卡", rf"[0-9](?:{_GAP}[0-9]){{8,29}}"), _always, _mask_card),
    _shape(
        "银行卡",
        rf"{_NO_WORD_BEFORE}(?<![0-9][.\-])(?P<number>[0-9]{{4}}(?P<gap>[{_BLANKS}\-])[0-9]{{4}}(?P=gap)[0-9]{{4}}(?P=gap)[0-9]{{1,4}}"
        rf"(?:(?P=gap)[0-9]{{1,4}})?)(?!-?[0-9A-Z]){_UNIT_OF_MEASURE}",
        _is_card,
        _mask_card,
    ),
    _shape(
        "银行卡",
        rf"{_NO_WORD_BEFORE}(?<![0-9][.\-])(?P<number>[0-9]{{13,15}})(?![0-9A-Z]|[.\-][0-9]){_UNIT_OF_MEASURE}",
        _is_card,
        _mask_card,
    ),
    # No figure is so long that is not written in 万 or 亿.
    _shape("银行卡", rf"(?<![0-9])(?P<number>[0-9]{{16,19}})(?![0-9]){_UNIT_OF_MEASURE}", _is_long, _mask_card),
)
