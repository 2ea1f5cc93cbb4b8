"""Lines as printed -> paragraphs as meant: page breaks and hard line breaks inside sentences are joined again, and a
text without any line break is parted at its numbers and labels.

Belongs here: where a paragraph begins and ends. What it says is read by the modules that follow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from tasks.register.language.grammar import Grammar
from tasks.register.source.blocks import SourceBlock, SourceLine, SourceTable
from tasks.register.source.split_one_line import LineSplitter

_PAGE = re.compile(r"[—\- ]*(?:第? *)?\d{1,4}(?: *页)?[—\- ]*(?:[，/ ]*共? *\d{1,4} *页)?$|—{1,3}$")
_HAN = "一二三四五六七八九十"
_DATE = re.compile(
    rf" *(?:\d{{4}}|[二一][〇零○O{_HAN}]{{3}}) *年 *[\d{_HAN}]{{1,3}} *月 *[\d{_HAN}]{{1,3}} *日(?: *印发)?$"
)
_END = "。！？；：…"
_GOES_ON = "、，（【《“—和与及"
_SUB = re.compile(r"（\d{1,3}）|[①-⑳]")
_LONG = 60


@dataclass(frozen=True, slots=True)
class SourceParagraph:
    """One paragraph: its text as printed, joined, and the line it begins on. `joins` counts breaks mended in it."""

    text: str
    line: int
    joins: int = 0


@dataclass(slots=True)
class _Growing:
    line: int
    parts: list[str] = field(default_factory=list)
    opened: int = 0
    last_label: bool = False


DocumentElement = SourceParagraph | SourceTable


class ParagraphJoiner:
    """Joins and parts lines. One instance reads one document."""

    def __init__(self, grammar: Grammar, lines: Iterable[SourceLine]) -> None:
        self._grammar = grammar
        texts = [line.text for line in lines if len(line.text) > 8]
        widths = sorted(map(_width, texts))
        self._full = widths[int(len(widths) * 0.97)] if widths else 0.0
        # Lines broken by a machine are alike in width; paragraphs are not.
        near = sum(self._full - 2 <= width <= self._full + 2 for width in widths)
        self._cutter = LineSplitter(grammar)
        self._wrapped = self._full <= 64 and near >= max(3, 0.1 * len(widths))
        # Or broken after so many characters, wide or narrow: then many lines are as long as the longest.
        longest = max(map(len, texts), default=0)
        alike = sum(len(text) >= longest - 2 for text in texts)
        self._count = longest if longest <= 64 and alike >= max(3, 0.3 * len(texts)) else 0
        self._wrapped = self._wrapped or self._count > 0

    def pieces(self, blocks: Iterable[SourceBlock]) -> Iterator[DocumentElement]:
        """Paragraphs and tables in order."""
        growing: _Growing | None = None
        last = ""
        for block in blocks:
            if isinstance(block, SourceTable):
                yield from self._finish(growing)
                growing = None
                yield block
                continue
            folded = self._grammar.fold(block.text)
            if _PAGE.match(folded):
                continue
            if growing and self._goes_on(growing, last, folded):
                growing.parts.append(block.text)
            else:
                yield from self._finish(growing)
                growing = _Growing(block.no, [block.text])
            last = folded
            # A label may itself be broken by the end of the line (牵头单 / 位：).
            broken = "" if len(growing.parts) < 2 else self._grammar.fold(growing.parts[-2])[-8:]
            growing.last_label = self._grammar.label.search(broken + folded) is not None
            growing.opened = _open_brackets(folded, growing.opened if len(growing.parts) > 1 else 0)
        yield from self._finish(growing)

    def _finish(self, growing: _Growing | None) -> Iterator[SourceParagraph]:
        if growing:
            text = growing.parts[0]
            for part in growing.parts[1:]:
                text += (" " if re.search("[A-Za-z]$", text) and re.match("[A-Za-z]", part) else "") + part
            paragraphs = self._parted(text, growing.line)
            if len(paragraphs) == 1:
                yield SourceParagraph(text, growing.line, len(growing.parts) - 1)
            else:
                yield from paragraphs

    def _goes_on(self, growing: _Growing, last: str, folded: str) -> bool:
        """Whether this line continues the paragraph: decided on the end of the last line and the start of this one."""
        labelled = self._grammar.label.match(folded)
        waiting = growing.opened > 0 and len(growing.parts) < 12
        if _DATE.match(folded) or folded.startswith("#"):
            return False
        if self._grammar.marker.match(folded):
            return self._is_inside(growing, last, folded)
        if labelled:
            return waiting or last.endswith(("（", "【"))
        if folded.startswith(("（", "【")) and self._grammar.label.match(folded[1:]):
            return False
        if any(label.end() == len(last[-24:]) for label in self._grammar.label.finditer(last[-24:])):
            return True
        if last.endswith(tuple(_END)):
            return False
        if waiting or last.endswith(tuple(_GOES_ON)):
            return True
        if self._wrapped and self._is_full(last):
            tail = folded.startswith(tuple(self._grammar.vocabulary.units.group_tails))
            return not last.endswith(("）", "】")) or tail
        return self._is_prose(growing.parts[0], last)

    def _is_full(self, line: str) -> bool:
        counted = 0 < self._count <= len(line) + 2
        return counted or _width(line) >= self._full - 2.5 or len(line) >= self._full - 0.5

    def _is_inside(self, growing: _Growing, last: str, folded: str) -> bool:
        """A line that begins like a number in the middle of a sentence (多证合 / 一、发票转移)."""
        if not (self._wrapped and self._is_full(last)) or last.endswith((*_END, "）", "】")):
            return False
        first = self._grammar.fold(growing.parts[0])
        if self._grammar.label.match(first) or growing.last_label:
            return False
        return "，" in first or len(growing.parts) > 1

    def _is_prose(self, first: str, last: str) -> bool:
        """A line that stops in the middle of a sentence, without being a heading, a title or a list of units."""
        folded = self._grammar.fold(first)
        if self._grammar.label.match(folded):
            tail = re.split("[、，：；]", last)[-1]
            return 0 < len(tail) <= 6 and not tail.endswith(tuple(self._grammar.vocabulary.units.suffixes))
        if last.endswith(("）", "】")):
            return False
        marker = self._grammar.marker.match(folded)
        if marker and marker.lastgroup in ("han", "han_round", "chapter") and len(last) <= 45 and "。" not in last:
            return False
        return "。" in last or "；" in last or (len(last) > 24 and "，" in last)

    def _parted(self, text: str, line: int) -> list[SourceParagraph]:
        """A long line that holds several clauses, parted at numbers that count on and at labels."""
        folded = self._grammar.fold(text)
        cuts = self._cutter.cuts(folded) if len(text) >= _LONG else []
        self._cutter.note(folded)
        if not cuts:
            return [SourceParagraph(text, line)]
        if self._grammar.marker.match(folded) and all(_SUB.match(folded, at) for at in cuts if at):
            # One numbered item with its sub-items in running text: it stays one.
            return [SourceParagraph(text, line)]
        edges = [0, *cuts, len(text)]
        parts = (text[start:end].strip() for start, end in pairwise(edges))
        return [SourceParagraph(part, line) for part in parts if part]


def _open_brackets(folded: str, before: int) -> int:
    """How many brackets a paragraph so far leaves open; a stray closing one counts for nothing."""
    depth = before
    for char in folded:
        if char in "（【《":
            depth += 1
        elif char in "）】》":
            depth = max(0, depth - 1)
    return min(depth, 3)


def _width(text: str) -> float:
    """Width in Chinese characters: a Latin letter or digit takes half."""
    return sum(0.5 if ord(char) < 0x2E80 else 1.0 for char in text)


def is_date(folded: str) -> bool:
    """Whether a paragraph is nothing but a day: the line under a signature."""
    return _DATE.match(folded) is not None
