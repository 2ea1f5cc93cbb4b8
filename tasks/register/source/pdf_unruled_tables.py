"""Tables of a PDF without rules: found by the blank gutters between the titles, which the rows below keep.

Belongs here: words with their positions on the page -> lines of text and rows of cells. Whether such a table holds
measures is decided by `table_measures`.
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
    """A run of characters without a gap, and its position on the page (points)."""

    text: str
    left: float
    right: float
    top: float


@dataclass(slots=True)
class GutterGrid:
    """One table: its gutters, and each printed line as cells.

    `centred`: numbers stand half way down their rows. `titled`: it begins with its titles, not on the page before.
    """

    gutters: Gutters
    lines: list[list[str]] = field(default_factory=list)
    centred: bool = False
    titled: bool = True

    def rows(self) -> list[list[str]]:
        """Printed lines gathered into rows: each begins where the first column has text.

        In a centred table a row ends with the full stop nearest to the middle between two numbers.
        """
        starts = [at for at, line in enumerate(self.lines) if line[0].strip()]
        if self.centred:
            titles, numbers = ([0, 1], starts[1:]) if starts[:1] == [0] and self.titled else ([], starts)
            starts = [*titles, *(self._row_end(a, b) for a, b in pairwise(numbers))]
        edges = [*sorted({0, *starts}), len(self.lines)]
        return [["".join(cells) for cells in zip(*self.lines[a:b], strict=True)] for a, b in pairwise(edges)]

    def _row_end(self, above: int, below: int) -> int:
        widest = max(range(len(self.gutters) + 1), key=lambda at: sum(len(line[at]) for line in self.lines))
        ends = [at + 1 for at in range(above, below) if self.lines[at][widest].endswith(("。", "；"))]
        return min(ends, key=lambda at: abs(at - (above + below + 1) / 2), default=(above + below + 1) // 2)


def looks_gridded(text: str) -> bool:
    """Whether any line of a page's text may be the titles of a table: three or more short words."""
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


def split_at_gutters(lines: Sequence[list[PdfWord]], unfinished: GutterGrid | None) -> Iterator[str | GutterGrid]:
    """Lines of text and grids in order. `unfinished` is the grid that reached the end of the page before."""
    at = 0
    if unfinished and (continued := _grid_with(lines, 0, unfinished.gutters)):
        continued.centred, continued.titled = unfinished.centred, False
        yield continued
        at = len(continued.lines)
    while at < len(lines):
        grid = _grid_at(lines, at)
        if grid:
            yield grid
            at += len(grid.lines)
        else:
            yield " ".join(word.text for word in lines[at])
            at += 1


def without_page_number(lines: list[list[PdfWord]]) -> list[list[PdfWord]]:
    """The lines of a page without the page number at its foot."""
    last = lines[-1] if lines else []
    return lines[:-1] if last and _PAGE.match("".join(word.text for word in last)) else lines


def _grid_at(lines: Sequence[list[PdfWord]], at: int) -> GutterGrid | None:
    """The grid that begins with this line, or None where it has no titles or the rows below do not keep its gutters."""
    titles = lines[at]
    if len(titles) < 3 or not all(_TITLE.match(word.text) for word in titles):
        return None
    gutters = [(a.right, b.left) for a, b in pairwise(titles)]
    grid = _grid_with(lines, at, gutters)
    if grid is None or sum(bool(line[0].strip()) for line in grid.lines[1:]) < _FEWEST_ROWS:
        return None
    grid.centred = len(grid.lines) > 1 and not grid.lines[1][0].strip()
    return grid


def _grid_with(lines: Sequence[list[PdfWord]], at: int, gutters: Gutters) -> GutterGrid | None:
    """The grid of the lines from `at` on that keep these gutters; None where the first does not."""
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
