"""How a name is compared: one normal form for unit names, column titles and choice words.

Belongs here: the normal form, and only that. It is for matching, never for what is stored or shown: NFKC turns
㎡ into m2. Which names mean the same is data (`workbook.toml`, `units.csv`), never likeness.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

# Zero-width marks, BOM, soft hyphen, direction marks: they survive copying out of web pages and chat programs.
_INVISIBLE = re.compile(r"[\s\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]+|_x000[DdAa9]_")


def normalise(text: str) -> str:
    """The form in which two names are compared: NFKC, without white space or invisible characters."""
    # Titles, names and choice words come by the million and are few; narratives are long and never come twice.
    return _remembered(text) if len(text) <= _NAME_CHARS else _normalise(text)


def _normalise(text: str) -> str:
    # Twice: without the mark that stood between them, a letter and its accent join into one character.
    return unicodedata.normalize("NFKC", _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)))


_NAME_CHARS = 40
_remembered = lru_cache(maxsize=16384)(_normalise)


def normalise_title(text: str) -> str:
    """As `normalise`, and without the trailing colon or the required-mark `*` that offices put on a title."""
    return normalise(text).strip("*").rstrip(":").strip("*")


def written_forms(name: str, level: str, prefixes: tuple[str, ...]) -> Iterator[str]:
    """The name itself and, where it begins with the level word, with each written-out prefix in its place."""
    yield name
    if name.startswith(level):
        yield from (prefix + name.removeprefix(level) for prefix in prefixes)
