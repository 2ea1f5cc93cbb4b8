"""Lines as printed -> paragraphs as meant: page breaks and hard line breaks inside sentences are joined again, and a
text without any line break is parted at its numbers and labels.

Belongs here: where a paragraph begins and ends. What it says is read by the modules that follow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from tasks.register.grammar import Grammar
from tasks.register.numerals import NumberReader
from tasks.register.source import Block, Line, Table

_PAGE = re.compile(r"[—\- ]*(?:第? *)?\d{1,4}(?: *页)?[—\- ]*(?:[，/ ]*共? *\d{1,4} *页)?$|—{1,3}$")
_HAN = "一二三四五六七八九十"
_DATE = re.compile(
    rf" *(?:\d{{4}}|[二一][〇零○O{_HAN}]{{3}}) *年 *[\d{_HAN}]{{1,3}} *月 *[\d{_HAN}]{{1,3}} *日(?: *印发)?$"
)
_END = "。！？；：…"
_GOES_ON = "、，（【《“—和与及"
_SUB = re.compile(r"（\d{1,3}）")
_LONG = 60
_DEPTH = {"chapter": 0, "task": 3, "han": 1, "han_round": 2, "digit": 3, "digit_round": 4}


@dataclass(frozen=True, slots=True)
class Paragraph:
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


Piece = Paragraph | Table


class Layout:
    """Joins and parts lines. One instance reads one document."""

    def __init__(self, grammar: Grammar, lines: Iterable[Line]) -> None:
        self._grammar = grammar
        widths = sorted(_width(line.text) for line in lines if len(line.text) > 8)
        self._full = widths[int(len(widths) * 0.97)] if widths else 0.0
        # Lines broken by a machine are alike in width; paragraphs are not.
        near = sum(self._full - 2 <= width <= self._full + 2 for width in widths)
        self._wrapped = self._full <= 64 and near >= max(3, 0.1 * len(widths))

    def pieces(self, blocks: Iterable[Block]) -> Iterator[Piece]:
        """Paragraphs and tables in order."""
        growing: _Growing | None = None
        last = ""
        for block in blocks:
            if isinstance(block, Table):
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
            growing.last_label = self._grammar.label.search(folded) is not None
            growing.opened = _open_brackets(folded, growing.opened if len(growing.parts) > 1 else 0)
        yield from self._finish(growing)

    def _finish(self, growing: _Growing | None) -> Iterator[Paragraph]:
        if growing:
            text = growing.parts[0]
            for part in growing.parts[1:]:
                text += (" " if re.search("[A-Za-z]$", text) and re.match("[A-Za-z]", part) else "") + part
            paragraphs = self._parted(text, growing.line)
            if len(paragraphs) == 1:
                yield Paragraph(text, growing.line, len(growing.parts) - 1)
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
            return not last.endswith(("）", "】"))
        return self._is_prose(growing.parts[0], last)

    def _is_full(self, line: str) -> bool:
        return _width(line) >= self._full - 2.5 or len(line) >= self._full - 0.5

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
            return 0 < len(tail) <= 6 and not tail.endswith(tuple(self._grammar.words.units.suffixes))
        if last.endswith(("）", "】")):
            return False
        marker = self._grammar.marker.match(folded)
        if marker and marker.lastgroup in ("han", "han_round", "chapter") and len(last) <= 45 and "。" not in last:
            return False
        return "。" in last or "；" in last or (len(last) > 24 and "，" in last)

    def _parted(self, text: str, line: int) -> list[Paragraph]:
        """A long line that holds several clauses, parted at numbers that count on and at labels."""
        if len(text) < _LONG:
            return [Paragraph(text, line)]
        folded = self._grammar.fold(text)
        cuts = _Cutter(self._grammar).cuts(folded)
        if not cuts:
            return [Paragraph(text, line)]
        if self._grammar.marker.match(folded) and all(_SUB.match(folded, at) for at in cuts if at):
            # One numbered item with its sub-items in running text: it stays one.
            return [Paragraph(text, line)]
        edges = [0, *cuts, len(text)]
        parts = (text[start:end].strip() for start, end in pairwise(edges))
        return [Paragraph(part, line) for part in parts if part]


class _Cutter:
    """Finds the numbers inside a running text that really begin something: they count on from one another."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._unit_ends = tuple(grammar.words.units.suffixes)
        self._title_ends = tuple(each for each in grammar.words.outline.title_ends if len(each) > 1)
        self._number = re.compile(
            r"第(?P<chapter>[一二三四五六七八九十]{1,3})部分|(?:措施|任务|事项)(?P<task>\d{1,3})："
            r"|(?P<han>[一二三四五六七八九十]{1,3})、|（(?P<han_round>[一二三四五六七八九十]{1,3})）"
            r"|(?<![\d.第])(?P<digit>\d{1,3})(?:、|[.](?!\d))|（(?P<digit_round>\d{1,3})）"
        )

    def cuts(self, folded: str) -> list[int]:
        """Offsets at which a new paragraph begins; none unless the text holds two clauses and two numbers."""
        clauses = len(self._grammar.label.findall(folded)) + len(
            re.findall("(?:负责|配合|牵头|落实|实施|协助|参与)[）】。]", folded)
        )
        if clauses < 2:
            return []
        found = self._numbers(folded)
        if len(found) < 2:
            return []
        return sorted({*found, *self._labels(folded), *self._closings(folded)})

    def _numbers(self, folded: str) -> list[int]:
        reader = NumberReader(self._grammar.words.numerals)
        last: dict[str, int] = {}
        cuts: list[tuple[int, int]] = []
        for match in self._number.finditer(folded):
            kind = str(match.lastgroup)
            number = reader.integer(match[kind])
            heading = next((at for at, depth in cuts[-1:] if depth < _DEPTH[kind]), None)
            if number is None or not self._begins(folded, match.start(), heading, first=not cuts):
                continue
            # Counts run on across headings or begin again; nothing else begins an item.
            if number in (1, last.get(kind, 0) + 1) or not cuts:
                last[kind] = number
                cuts.append((match.start(), _DEPTH[kind]))
        return [at for at, _ in cuts]

    def _begins(self, folded: str, at: int, heading: int | None, first: bool) -> bool:
        """Whether a number may stand at a beginning: after a sentence, a heading without a stop, or a list of units."""
        before = folded[max(0, at - 40) : at].rstrip()[-1:]
        if first and folded.endswith(self._title_ends, 0, at):
            return True
        if first and folded[at : at + 2] == "一、":
            # The first heading follows the title without any mark; 统一、 and its like are words.
            return before not in "统第唯之进万其同合专划不归单逐十为"
        if at == 0 or before in "。；：！？）】”" or folded[at - 1] == " ":
            return True
        if heading is not None and at - heading <= 60 and not re.search("[。；]", folded[heading:at]):
            return True
        listed = self._grammar.label.search(folded, max(0, at - 400), at)
        return bool(listed) and (folded.endswith(self._unit_ends, 0, at) or self._after_value(folded, at))

    def _after_value(self, folded: str, at: int) -> bool:
        """Whether a number follows the day or the person that a label names (完成时限：6月底二、…)."""
        labels = list(self._grammar.label.finditer(folded, max(0, at - 40), at))
        if not labels:
            return False
        value = folded[labels[-1].end() : at]
        if labels[-1]["person"]:
            return len(value) <= 12 and not re.search("[。；]", value)
        return bool(labels[-1]["until"]) and bool(re.search("(?:[底前末月日年]|推进|长期|完成|坚持)$", value.rstrip()))

    def _labels(self, folded: str) -> list[int]:
        """Labels outside brackets begin a line of their own."""
        cuts, depth, at = [], 0, 0
        for found in self._grammar.label.finditer(folded):
            between = folded[at : found.start()]
            depth = max(
                0, depth + between.count("（") + between.count("【") - between.count("）") - between.count("】")
            )
            at = found.start()
            if depth == 0:
                cuts.append(found.start())
        return cuts

    def _closings(self, folded: str) -> list[int]:
        return [found.start() for found in re.finditer("(?<=[。）】])(?:抄送|联系人)：", folded)]


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
