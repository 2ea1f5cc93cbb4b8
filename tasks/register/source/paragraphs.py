"""Printed lines -> paragraphs: page breaks and hard line breaks inside sentences are joined, and long lines are split.

Belongs here: where a paragraph begins and ends. The points at which a long line is split are found by `split_one_line`.
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
_CONTINUES = "、，（【《“—和与及"
_SUB_ITEM = re.compile(r"（\d{1,3}）|[①-⑳]")
_LONG_CHARS = 60


@dataclass(frozen=True, slots=True)
class SourceParagraph:
    """One paragraph: its text as printed, the line it begins on, and the number of line breaks removed from it."""

    text: str
    line: int
    joins: int = 0


@dataclass(slots=True)
class _OpenParagraph:
    line: int
    parts: list[str] = field(default_factory=list)
    opened: int = 0
    last_label: bool = False


DocumentElement = SourceParagraph | SourceTable


class ParagraphJoiner:
    """Joins and splits the lines of one document."""

    def __init__(self, grammar: Grammar, lines: Iterable[SourceLine]) -> None:
        self._grammar = grammar
        texts = [line.text for line in lines if len(line.text) > 8]
        widths = sorted(map(_width, texts))
        self._line_width = widths[int(len(widths) * 0.97)] if widths else 0.0
        # Lines broken by a program are alike in width; paragraphs are not.
        near = sum(self._line_width - 2 <= width <= self._line_width + 2 for width in widths)
        self._splitter = LineSplitter(grammar)
        self._wrapped = self._line_width <= 64 and near >= max(3, 0.1 * len(widths))
        # Other programs break after a number of characters, wide or narrow: then many lines are as long as the longest.
        longest = max(map(len, texts), default=0)
        alike = sum(len(text) >= longest - 2 for text in texts)
        self._line_chars = longest if longest <= 64 and alike >= max(3, 0.3 * len(texts)) else 0
        self._wrapped = self._wrapped or self._line_chars > 0

    def join(self, blocks: Iterable[SourceBlock]) -> Iterator[DocumentElement]:
        """Paragraphs and tables in order."""
        current: _OpenParagraph | None = None
        last = ""
        for block in blocks:
            if isinstance(block, SourceTable):
                yield from self._finish(current)
                current = None
                yield block
                continue
            folded = self._grammar.fold(block.text)
            if _PAGE.match(folded):
                continue
            if current and self._continues(current, last, folded):
                current.parts.append(block.text)
            else:
                yield from self._finish(current)
                current = _OpenParagraph(block.no, [block.text])
            last = folded
            # A label may itself be broken by the end of the line (牵头单 / 位：).
            broken = "" if len(current.parts) < 2 else self._grammar.fold(current.parts[-2])[-8:]
            current.last_label = self._grammar.label.search(broken + folded) is not None
            current.opened = _open_brackets(folded, current.opened if len(current.parts) > 1 else 0)
        yield from self._finish(current)

    def _finish(self, current: _OpenParagraph | None) -> Iterator[SourceParagraph]:
        if current:
            text = current.parts[0]
            for part in current.parts[1:]:
                text += (" " if re.search("[A-Za-z]$", text) and re.match("[A-Za-z]", part) else "") + part
            paragraphs = self._split(text, current.line)
            if len(paragraphs) == 1:
                yield SourceParagraph(text, current.line, len(current.parts) - 1)
            else:
                yield from paragraphs

    def _continues(self, current: _OpenParagraph, last: str, folded: str) -> bool:
        """Whether a line continues the paragraph, by the end of the last line and the start of this one."""
        labelled = self._grammar.label.match(folded)
        waiting = current.opened > 0 and len(current.parts) < 12
        if _DATE.match(folded) or folded.startswith("#"):
            return False
        if self._grammar.marker.match(folded):
            return self._is_inside(current, last, folded)
        if labelled:
            return waiting or last.endswith(("（", "【"))
        if folded.startswith(("（", "【")) and self._grammar.label.match(folded[1:]):
            return False
        if any(label.end() == len(last[-24:]) for label in self._grammar.label.finditer(last[-24:])):
            return True
        if last.endswith(tuple(_END)):
            return False
        if waiting or last.endswith(tuple(_CONTINUES)):
            return True
        if self._wrapped and self._is_full(last):
            tail = folded.startswith(tuple(self._grammar.vocabulary.units.group_tails))
            return not last.endswith(("）", "】")) or tail
        return self._is_prose(current.parts[0], last)

    def _is_full(self, line: str) -> bool:
        counted = 0 < self._line_chars <= len(line) + 2
        return counted or _width(line) >= self._line_width - 2.5 or len(line) >= self._line_width - 0.5

    def _is_inside(self, current: _OpenParagraph, last: str, folded: str) -> bool:
        """Whether what looks like a number stands in the middle of a sentence (多证合 / 一、发票转移)."""
        if not (self._wrapped and self._is_full(last)) or last.endswith((*_END, "）", "】")):
            return False
        first = self._grammar.fold(current.parts[0])
        if self._grammar.label.match(first) or current.last_label:
            return False
        return "，" in first or len(current.parts) > 1

    def _is_prose(self, first: str, last: str) -> bool:
        """Whether a line stops in the middle of a sentence; headings, titles and lists of units do not."""
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

    def _split(self, text: str, line: int) -> list[SourceParagraph]:
        """The paragraphs of a joined line; a long one with several clauses is split at numbers and labels."""
        folded = self._grammar.fold(text)
        points = self._splitter.split_points(folded) if len(text) >= _LONG_CHARS else []
        self._splitter.remember(folded)
        if not points:
            return [SourceParagraph(text, line)]
        if self._grammar.marker.match(folded) and all(_SUB_ITEM.match(folded, at) for at in points if at):
            # One numbered item with its sub-items in running text stays one paragraph.
            return [SourceParagraph(text, line)]
        edges = [0, *points, len(text)]
        parts = (text[start:end].strip() for start, end in pairwise(edges))
        return [SourceParagraph(part, line) for part in parts if part]


def _open_brackets(folded: str, before: int) -> int:
    """How many brackets a paragraph leaves open so far, at most 3; stray closing ones count for nothing."""
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
    """Whether a paragraph is only a date: the line under a signature."""
    return _DATE.match(folded) is not None
