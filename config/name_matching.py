"""One normal form in which unit names, column titles and choice words are compared.

Belongs here: the normal form. It is for matching only, never for stored or printed text: NFKC turns ㎡ into m2.
Does not belong here: synonyms and aliases; those are data (`workbook.toml`, `units.csv`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

# Zero-width marks, BOM, soft hyphen, direction marks: text copied from web pages and chat programs carries them.
_INVISIBLE = re.compile(r"[\s\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]+|_x000[DdAa9]_")


def normalise(text: str) -> str:
    """The form in which two names are compared: NFKC, without white space or invisible characters."""
    # Titles, names and choice words are few and repeat by the million; long narratives never repeat.
    return _cached_normalise(text) if len(text) <= _NAME_CHARS else _normalise(text)


def _normalise(text: str) -> str:
    # NFKC twice: once an invisible mark between a letter and its accent is gone, the two join into one character.
    return unicodedata.normalize("NFKC", _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)))


_NAME_CHARS = 40
_cached_normalise = lru_cache(maxsize=16384)(_normalise)


def normalise_title(text: str) -> str:
    """As `normalise`, without the trailing colon or the `*` (required) that offices add to a title."""
    return normalise(text).strip("*").rstrip(":").strip("*")


def written_forms(name: str, level: str, prefixes: tuple[str, ...]) -> Iterator[str]:
    """The name; and, if it begins with the level word (县), the name with each prefix (焉耆县) in place of that word."""
    yield name
    if name.startswith(level):
        yield from (prefix + name.removeprefix(level) for prefix in prefixes)
