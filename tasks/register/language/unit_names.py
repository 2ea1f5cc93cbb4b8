"""One unit's name in a list, and where a list may be split: outside brackets.

Belongs here: the value and the bracket-aware helpers. What a name means is said by `units`.
"""

from __future__ import annotations

from dataclasses import dataclass

_OPEN, _CLOSE = "（([［【〔《“", "）)]］】〕》”"


@dataclass(frozen=True, slots=True)
class UnitName:
    """One unit of a list. `written` as printed, `name` in full form; `bare` has no level though it may want one.

    `apart` marks a bare name behind the comma that ended a list with a level: the comma ends the level too.
    """

    written: str
    name: str
    bare: bool = False
    inferred: bool = False
    known: bool = False
    apart: bool = False


def split(text: str, separators: str) -> list[str]:
    """Parts of a text between separators outside brackets."""
    parts, depth, start = [], 0, 0
    for index, char in enumerate(text):
        if char in _OPEN:
            depth += 1
        elif char in _CLOSE:
            depth = max(0, depth - 1)
        elif depth == 0 and char in separators:
            parts.append(text[start:index])
            start = index + 1
    return [*parts, text[start:]]


def depth(text: str) -> int:
    return sum(char in _OPEN for char in text) - sum(char in _CLOSE for char in text)


def outside(text: str) -> str:
    """The text without what stands in brackets."""
    kept, depth = [], 0
    for char in text:
        depth += char in _OPEN
        if depth == 0:
            kept.append(char)
        depth -= char in _CLOSE and depth > 0
    return "".join(kept)
