"""A raw cell as text, without loss. Numbers are read in `parse_number`, days in `parse_day`.

Belongs here: text as written, text for matching, measure numbers, telephone numbers.
Does not belong here: any check; these functions return a value, the suites check it.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata

from config.name_matching import normalise
from tasks.caching import cached
from tasks.text import xml_safe

_MEASURE = re.compile(r"^第?[(\[]?([0-9]+|[〇零一二三四五六七八九十百]+)[)\]]?[项条、.]?$")
_SEPARATORS = re.compile(r"[、,;/\s]+")
_DASHES = re.compile(r"[‐‑‒–—―−﹣]")
_INVISIBLE = re.compile(r"_x000[DdAa9]_|[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")


def cell_text_of(value: object) -> str:
    """A raw value as text, as it was written: 22.0 is "22", a day is "2023-10-20", None is "".

    Characters that an office file cannot contain are removed: a brief that quotes them could not be written.
    """
    if isinstance(value, str):
        # Nearly every text: no call for it.
        return value if value.isprintable() else xml_safe(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "minutes")
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)


def number_text(number: float) -> str:
    """A number without trailing zeros or exponent: 110.0 is "110", 0.850 is "0.85". Not finite: "inf" or "nan"."""
    if not math.isfinite(number):
        return str(number)
    if number == int(number) and abs(number) < 1e15:
        return str(int(number))
    return f"{number:.10f}".rstrip("0").rstrip(".")


@cached(65536, 100)
def folded_text(text: str) -> str:
    """Text for parsing: NFKC, no invisible characters, no outer white space, each inner white space one blank."""
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).split())


_WORD_CHARS = 6


def is_sentence(text: str) -> bool:
    """Whether a text begins with more letters and digits than any word for "none" or "ditto" has.

    True for nearly every narrative, at a fraction of the cost of `folded_text`; False leaves the question open.
    """
    return len(text) > _WORD_CHARS and text[:_WORD_CHARS].isalnum()


@cached(4096, 64)
def measure_no(text: str) -> str:
    """A measure number as registered: "第２２项", "22、" and "22." are all "22"; other text is only normalised."""
    plain_text = normalise(text)
    if plain_text.endswith(".0"):
        plain_text = plain_text[:-2]
    match = _MEASURE.match(plain_text)
    return (match.group(1).lstrip("0") or "0") if match else plain_text


def phone_numbers(text: str) -> str:
    """Telephone numbers in half-width digits and dashes, several of them joined by 、."""
    whole = _DASHES.sub("-", folded_text(text))
    # "0996 1234567" is one number written with a blank; "13900000000 0996-1234567" is two.
    whole = re.sub(r"(?<![\d-])(0\d{2,3})[ )]+(?=\d{7,8}(?!\d))", r"\1-", whole.replace("(", ""))
    return "、".join(part for part in _SEPARATORS.split(whole) if part)
