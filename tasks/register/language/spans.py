"""Where things stand in folded text: brackets, and the parts between commas outside them.

Belongs here: offsets only. What stands there is read by `clauses`.
"""

from __future__ import annotations

LONGEST = 700
_BRACKETS = {"（": "）", "【": "】"}


def value_end(folded: str, start: int, limit: int) -> int:
    """Where a label's value ends: its full stop, or the next label."""
    stop = folded.find("。", start, limit)
    return stop if stop >= 0 else limit


def pieces(folded: str) -> list[tuple[int, int]]:
    """The parts of a clause between ，；。 outside brackets, as offsets."""
    spans, depth, start = [], 0, 0
    for index, char in enumerate(folded):
        if char in "（【":
            depth += 1
        elif char in "）】":
            depth = max(0, depth - 1)
        elif depth == 0 and char in "，；。":
            spans.append((start, index))
            start = index + 1
    return [*spans, (start, len(folded))]


def pairs(folded: str) -> list[tuple[int, int]]:
    """Matched brackets, outermost first, none longer than a clause can be."""
    found: list[tuple[int, int]] = []
    open_at: list[tuple[int, str]] = []
    for index, char in enumerate(folded):
        if char in _BRACKETS:
            open_at.append((index, _BRACKETS[char]))
        elif char in "）】":
            while open_at:
                start, wanted = open_at.pop()
                if wanted == char:
                    if index - start <= LONGEST:
                        found.append((start, index))
                    break
    return sorted(found)
