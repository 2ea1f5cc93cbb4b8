"""Brackets in a text: matching pairs, and splitting at marks that stand outside them.

Belongs here: offsets and splitting. What the brackets hold is read by `responsibility_clauses` and `unit_lists`.
"""

from __future__ import annotations

# No office prints a responsibility clause longer than this; it also keeps hostile texts from costing square time.
LONGEST_CLAUSE = 700
_PAIRS = {"（": "）", "【": "】"}
_OPEN, _CLOSE = "（([［【〔《“", "）)]］】〕》”"


def split_spans(text: str, marks: str, opening: str, closing: str) -> list[tuple[int, int]]:
    """Offsets of the parts of a text between marks outside brackets; stray closing brackets count for nothing."""
    spans, depth, start = [], 0, 0
    for index, char in enumerate(text):
        if char in opening:
            depth += 1
        elif char in closing:
            depth = max(0, depth - 1)
        elif depth == 0 and char in marks:
            spans.append((start, index))
            start = index + 1
    return [*spans, (start, len(text))]


def split_outside_brackets(text: str, marks: str) -> list[str]:
    """The parts of a text as printed between marks outside brackets and quotes of any kind."""
    return [text[start:end] for start, end in split_spans(text, marks, _OPEN, _CLOSE)]


def open_brackets(text: str) -> int:
    """How many more brackets a text as printed opens than it closes."""
    return sum(char in _OPEN for char in text) - sum(char in _CLOSE for char in text)


def without_bracketed(text: str) -> str:
    """The text as printed without its brackets and what they hold."""
    kept, depth = [], 0
    for char in text:
        depth += char in _OPEN
        if depth == 0:
            kept.append(char)
        depth -= char in _CLOSE and depth > 0
    return "".join(kept)


def bracket_pairs(folded: str) -> list[tuple[int, int]]:
    """Offsets of matching brackets in folded text, outermost first; pairs longer than a clause are left out."""
    found: list[tuple[int, int]] = []
    open_at: list[tuple[int, str]] = []
    for index, char in enumerate(folded):
        if char in _PAIRS:
            open_at.append((index, _PAIRS[char]))
        elif char in "）】":
            while open_at:
                start, wanted = open_at.pop()
                if wanted == char:
                    if index - start <= LONGEST_CLAUSE:
                        found.append((start, index))
                    break
    return sorted(found)
