"""Where paragraphs begin in a text without line breaks: at numbers that count on, labels, and prose behind a list.

Belongs here: offsets inside one long line. Broken lines are joined by `paragraphs`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tasks.register.language.grammar import Grammar, any_of
from tasks.register.language.numerals import NumberReader

_DEPTH = {"chapter": 0, "task": 3, "han": 1, "han_round": 2, "digit": 3, "digit_round": 4, "circle": 5}


class LineSplitter:
    """Finds the numbers that begin an item: each counts on from the one before, over the whole document."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._numerals = NumberReader(grammar.vocabulary.numerals)
        self._last: dict[str, int] = {}
        self._declared = False
        self._unit_ends = tuple(grammar.vocabulary.units.suffixes)
        self._title_ends = tuple(each for each in grammar.vocabulary.outline.title_ends if len(each) > 1)
        self._number = re.compile(
            r"第(?P<chapter>[一二三四五六七八九十]{1,3})(?:部分|条)|(?:措施|任务|事项)(?P<task>\d{1,3})："
            r"|(?P<han>[一二三四五六七八九十]{1,3})、|（(?P<han_round>[一二三四五六七八九十]{1,3})）"
            r"|(?<![\d.第])(?P<digit>\d{1,3})(?:、|[.](?!\d))|（(?P<digit_round>\d{1,3})）|(?P<circle>[①-⑳])"
        )

        self._listed = re.compile(f"(?:{any_of(self._unit_ends)})）。?(?=（|\\d|[一二三四五六七八九十]|$)")
        self._prose = re.compile(
            f"(?:{any_of(self._unit_ends)})(?=(?:{any_of(grammar.vocabulary.targets.modifiers_of_work)})([^、，。；：]{{2,40}}))"
        )

    def remember(self, folded: str) -> None:
        """Keep what later paragraphs depend on: the number, and whether the unit listed first leads."""
        self._declared = self._declared or self._grammar.first_listed.search(folded) is not None
        if marker := self._grammar.marker.match(folded):
            kind = str(marker.lastgroup)
            number = self._value(marker[kind])
            if number is not None:
                self._last[kind] = max(number, self._last.get(kind, 0)) if number != 1 else 1

    def split_points(self, folded: str) -> list[int]:
        """Offsets at which a new paragraph begins; none where the text has no two clauses and no two numbers."""
        clauses = len(self._grammar.label.findall(folded)) + len(
            re.findall("(?:负责|配合|牵头|落实|实施|协助|参与)[）】。]", folded)
        )
        clauses += len(self._listed.findall(folded))
        declared = self._declared or self._grammar.first_listed.search(folded) is not None
        if clauses < 2 and not declared:
            return []
        numbers = self._numbers(folded, declared)
        if len(numbers) < (2 if clauses > 1 else 4):
            return []
        labels = self._labels(folded)
        return sorted({*numbers, *labels, *self._closings(folded), *self._prose_after_units(folded, labels)})

    def _numbers(self, folded: str, declared: bool) -> list[int]:
        """Numbers that begin an item. They count on from the number before, across headings, or restart at 1."""
        last = self._last
        points: list[tuple[int, int]] = []
        for match in self._number.finditer(folded):
            kind = str(match.lastgroup)
            number = self._value(match[kind])
            heading = next((at for at, depth in points[-1:] if depth < _DEPTH[kind]), None)
            if number is None or not self._begins(folded, match.start(), heading, first=not points, declared=declared):
                continue
            if number in (1, last.get(kind, 0) + 1) or not points:
                last[kind] = number
                points.append((match.start(), _DEPTH[kind]))
        return [at for at, _ in points]

    def _value(self, printed: str) -> int | None:
        return ord(printed) - 0x245F if "①" <= printed <= "⑳" else self._numerals.integer(printed)

    def _begins(self, folded: str, at: int, heading: int | None, first: bool, declared: bool) -> bool:
        """Whether a number may stand at a beginning: after a sentence, a heading without a stop, or a list of units."""
        before = folded[max(0, at - 40) : at].rstrip()[-1:]
        if first and folded.endswith(self._title_ends, 0, at):
            return True
        if at == 0:
            return True
        if first and folded[at : at + 2] == "一、":
            # The first heading may follow the title without a mark, unlike words such as 统一、.
            return before not in "统第唯之进万其同合专划不归单逐十为"
        if first and folded.startswith("第一", at):
            return before not in "的《第了款照据"
        if before in "。；：！？）】”" or folded[at - 1] == " ":
            return True
        if heading is not None and at - heading <= 60 and not re.search("[。；]", folded[heading:at]):
            return True
        if declared and folded.endswith(self._unit_ends, 0, at):
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
        return bool(labels[-1]["deadline"]) and bool(
            re.search("(?:[底前末月日年]|推进|长期|完成|坚持)$", value.rstrip())
        )

    def _labels(self, folded: str) -> list[int]:
        """Labels outside brackets: each begins a paragraph."""
        points, depth, at = [], 0, 0
        for found in self._grammar.label.finditer(folded):
            between = folded[at : found.start()]
            depth = max(
                0, depth + between.count("（") + between.count("【") - between.count("）") - between.count("】")
            )
            at = found.start()
            if depth == 0:
                points.append(found.start())
        return points

    def _closings(self, folded: str) -> list[int]:
        return [found.start() for found in re.finditer("(?<=[。）】])(?:抄送|联系人)：", folded)]

    def _prose_after_units(self, folded: str, labels: list[int]) -> Iterator[int]:
        """Where a sentence begins right behind the last unit of a label (…各乡镇党委加强领导。)."""
        for at in labels:
            stop = folded.find("。", at)
            for found in self._prose.finditer(folded, at, stop if stop >= 0 else len(folded)):
                token = found.end() - max(folded.rfind(mark, at, found.end()) for mark in "、，；：")
                if token > 3 and not found[1].endswith(self._unit_ends):
                    yield found.end()
                    break
