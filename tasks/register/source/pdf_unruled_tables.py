"""Tables of a PDF that are drawn without rules: told by the blank gutters that the titles' row begins and rows below keep.

Belongs here: words with their places on the page -> lines of text and rows of cells. Nothing here knows a role or a
unit: whether such a table hands anything out is decided by `tables`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

_TITLE = re.compile(r"[一-鿿（）()/、]{2,10}$")
_PAGE = re.compile(r"[—–\- ]*(?:第? *)?\d{1,4}(?: *页)?[—–\- ]*$")
_NARROWEST = 4.0
_FEWEST_ROWS = 2
_SAME_LINE = 4.0

Gutters = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class PdfWord:
    """A run of characters without a gap, and where it stands on the page (points)."""

    text: str
    left: float
    right: float
    top: float


@dataclass(slots=True)
class GutterGrid:
    """One table: its gutters, and each printed line of it as cells."""

    gutters: Gutters
    lines: list[list[str]] = field(default_factory=list)
    centred: bool = False
    titled: bool = True

    def rows(self) -> list[list[str]]:
        """Printed lines gathered into rows: each begins where the first column says something.

        Where numbers stand in the middle of their rows, a row ends with the full stop nearest to half way.
        """
        starts = [at for at, line in enumerate(self.lines) if line[0].strip()]
        if self.centred:
            titles, numbers = ([0, 1], starts[1:]) if starts[:1] == [0] and self.titled else ([], starts)
            starts = [*titles, *(self._break(a, b) for a, b in pairwise(numbers))]
        edges = [*sorted({0, *starts}), len(self.lines)]
        return [["".join(cells) for cells in zip(*self.lines[a:b], strict=True)] for a, b in pairwise(edges)]

    def _break(self, above: int, below: int) -> int:
        widest = max(range(len(self.gutters) + 1), key=lambda at: sum(len(line[at]) for line in self.lines))
        ends = [at + 1 for at in range(above, below) if self.lines[at][widest].endswith(("。", "；"))]
        return min(ends, key=lambda at: abs(at - (above + below + 1) / 2), default=(above + below + 1) // 2)


def looks_gridded(text: str) -> bool:
    """Whether any line of a page's text could be the titles of a table: three short words or more, far apart."""
    lines = (line.split() for line in text.split("\n"))
    return any(len(words) >= 3 and all(map(_TITLE.match, words)) for words in lines)


def pdf_lines_of(page: Any) -> list[list[PdfWord]]:
    """The words of a page, line by line from the top, each line from left to right."""
    found = [
        PdfWord(each["text"], float(each["x0"]), float(each["x1"]), float(each["top"]))
        for each in page.extract_words(x_tolerance=3, y_tolerance=3)
    ]
    lines: list[list[PdfWord]] = []
    for word in sorted(found, key=lambda each: each.top):
        if lines and word.top - lines[-1][0].top < _SAME_LINE:
            lines[-1].append(word)
        else:
            lines.append([word])
    return [sorted(line, key=lambda each: each.left) for line in lines]


def split_at_gutters(lines: Sequence[list[PdfWord]], going_on: GutterGrid | None) -> Iterator[str | GutterGrid]:
    """Lines of text and grids in order. `going_on`: a grid that reached the end of the page before."""
    at = 0
    if going_on and (begun := _grown(lines, 0, going_on.gutters)):
        begun.centred, begun.titled = going_on.centred, False
        yield begun
        at = len(begun.lines)
    while at < len(lines):
        grid = _begun(lines, at)
        if grid:
            yield grid
            at += len(grid.lines)
        else:
            yield " ".join(word.text for word in lines[at])
            at += 1


def without_page_number(lines: list[list[PdfWord]]) -> list[list[PdfWord]]:
    """The lines of a page without a number at its foot."""
    last = lines[-1] if lines else []
    return lines[:-1] if last and _PAGE.match("".join(word.text for word in last)) else lines


def _begun(lines: Sequence[list[PdfWord]], at: int) -> GutterGrid | None:
    """A grid that begins with this line, if it reads like titles and rows below keep its gutters."""
    titles = lines[at]
    if len(titles) < 3 or not all(_TITLE.match(word.text) for word in titles):
        return None
    gutters = [(a.right, b.left) for a, b in pairwise(titles)]
    grid = _grown(lines, at, gutters)
    if grid is None or sum(bool(line[0].strip()) for line in grid.lines[1:]) < _FEWEST_ROWS:
        return None
    grid.centred = len(grid.lines) > 1 and not grid.lines[1][0].strip()
    return grid


def _grown(lines: Sequence[list[PdfWord]], at: int, gutters: Gutters) -> GutterGrid | None:
    grid = GutterGrid(list(gutters))
    taken: list[list[PdfWord]] = []
    for line in lines[at:]:
        narrowed = _narrowed(grid.gutters, line)
        if narrowed is None:
            break
        grid.gutters = narrowed
        taken.append(line)
    grid.lines = [_cells(line, grid.gutters) for line in taken]
    return grid if taken else None


def _narrowed(gutters: Gutters, line: list[PdfWord]) -> Gutters | None:
    """The gutters that are still blank beside this line's words, or None where a word closes one."""
    result: Gutters = []
    for left, right in gutters:
        for word in line:
            if word.left <= left and word.right >= right:
                return None
            if word.left <= left < word.right:
                left = word.right
            elif word.left < right <= word.right:
                right = word.left
            elif left <= word.left and word.right <= right:
                left, right = (word.right, right) if word.left - left < right - word.right else (left, word.left)
        if right - left < _NARROWEST:
            return None
        result.append((left, right))
    return result


def _cells(line: list[PdfWord], gutters: Gutters) -> list[str]:
    cells = [""] * (len(gutters) + 1)
    for word in line:
        cells[sum((left + right) / 2 < (word.left + word.right) / 2 for left, right in gutters)] += word.text
    return cells
