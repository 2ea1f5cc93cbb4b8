"""The targets of a measure: figures it must reach, unlike parameters of a policy and counts of what exists.

The rules, in this order, for each number with a unit of measure (their words are in the vocabulary):
1. inside quotes or titles, in a name (4A级, 第三批), or a span of time without 压缩至/不超过: no figure;
2. a policy word in the same part of the sentence (税率, 首付, 可申请): the policy's own parameter;
3. a scope word right before it (县域内, 现有): a count of what exists;
4. a comparison (不少于, 达, 提高至, 以上): a target; a plain number only behind a verb of making (建设, 举办);
5. 全覆盖 and 全部接入: a target of 100 %. Softly worded (基本, 力争, 左右): listed, marked soft.
A date earlier in the same sentence is its due day. A target's name is made by `metric_names`; what other days mean is
`duties_and_deadlines`.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from config.plan import Operator, Target
from tasks.register.language.grammar import Grammar, any_of
from tasks.register.language.metric_names import FigureContext, MetricNamer
from tasks.register.language.numerals import NumberReader
from tasks.register.language.text_dates import TextDate, TextDateReader

_QUOTED = re.compile("《[^《》]{0,80}》|“[^“”]{0,24}”")
_PER = re.compile(r" *(?:每|/) *(年|月|人|户|天|次|日|亩|辆)")
_RATE = re.compile("(?:[率重度]|比例|占比|增长|提高|下降|降低|增加|减少|增速|压缩|压减|缩短)(?:约|为)?$")


class TargetReader:
    """Finds the targets in a measure's text."""

    def __init__(self, grammar: Grammar, dates: TextDateReader) -> None:
        cue = grammar.vocabulary.targets
        self._grammar, self._dates, self._cue = grammar, dates, cue
        self._numbers = NumberReader(grammar.vocabulary.numerals)
        han, unit = self._numbers.han, any_of(cue.measures)
        number = r"\d+(?:,\d{3})*(?:\.\d+)?"
        self._figure = re.compile(
            rf"(?<![\d.A-Za-z第])(?P<a>{number}) *%? *(?:(?:—+|-|至|到) *(?P<b>{number}))? *"
            rf"(?P<scale>[十百千万亿]{{0,2}}) *(?P<unit>{unit})"
            rf"|百分之(?P<hundredths>{han}{{1,5}})"
            rf"|(?<=[于过到达至少])(?P<han>{han}{{1,6}}[万亿]?)(?P<han_unit>{unit})"
            rf"|(?<!第)(?P<many>(?!{han}{{1,2}}是){han}{{2,7}}[万亿]?)(?P<many_unit>{unit})"
            rf"|(?P<before>{han}{{1,6}}[万亿]?)(?P<before_unit>{unit})(?={any_of(cue.at_least_after)})"
        )
        self._at_least = re.compile(f"(?:{any_of(cue.at_least)}) *约?$")
        self._at_most = re.compile(f"(?:{any_of(cue.at_most)}) *约?$")
        self._raise = re.compile(f"(?:{any_of(cue.raise_to + cue.lower_to)}) *约?$")
        self._far_raise = re.compile(f"(?:{any_of(cue.raise_verbs + cue.lower_verbs)}).*(?:至|到) *约?$")
        self._lower = re.compile(f"(?:{any_of(cue.lower_verbs)}).*(?:至|到) *约?$")
        self._policy, self._scope = (
            re.compile(any_of(cue.policy)),
            re.compile(f"(?:{any_of(cue.scope)})[^，、]{{0,6}}$"),
        )
        self._make, self._soft = re.compile(any_of(cue.make)), re.compile(any_of(cue.soft))
        self._done_to = re.compile(f"(?:进行|实施|开展|给予)?(?:{any_of(cue.make)})")
        self._make_last = re.compile(f"(?:{any_of(cue.make)})$")
        self._times = frozenset(cue.times)
        self._full = re.compile(f"全覆盖|全部(?:{any_of(cue.full_verbs)})")
        self._namer = MetricNamer(grammar)

    def read(self, text: str) -> tuple[Target, ...]:
        """The targets of one measure in order; metrics of one measure never share a name."""
        folded = self._grammar.fold(text)
        masked = _QUOTED.sub(lambda found: "□" * len(found[0]), folded)
        # Sorted, so that each sentence finds its own days without looking at all of them.
        days = sorted(self._dates.find(folded), key=lambda day: day.start)
        starts = [day.start for day in days]
        found: list[Target] = []
        names: dict[str, int] = {}
        topic = self._namer.topic(text[: next(_sentences(masked))[1]])
        for start, end in _sentences(masked):
            inside = days[bisect_left(starts, start) : bisect_left(starts, end)]
            for target in self._sentence(text, masked, (start, end), inside, topic):
                if text[start - 1 : start] == "\n" and any(_repeats(target, each) for each in found):
                    continue
                count = names[target.metric] = names.get(target.metric, 0) + 1
                found.append(
                    target if count == 1 else target.model_copy(update={"metric": f"{target.metric}（{count}）"})
                )
        return tuple(found)

    def _sentence(
        self, text: str, masked: str, span: tuple[int, int], days: list[TextDate], topic: str
    ) -> Iterator[Target]:
        """The targets of one sentence, text[span]; `days` are those in it."""
        start, end = span
        previous = start
        hits = [*self._figure.finditer(masked, start, end), *self._full.finditer(masked, start, end)]
        for hit in sorted(hits, key=lambda each: each.start()):
            if any(day.start <= hit.start() < day.end for day in days):
                continue
            right_edge = _clause_end(masked, hit.end(), end)
            left = masked[_clause_start(masked, hit.start(), start) : hit.start()]
            right = masked[hit.end() : right_edge]
            full = Target(metric="", operator="=", value=100, unit="%")
            target = full if hit.re is self._full else self._figure_target(hit, left, right)
            if target is None:
                continue
            # A colon inside brackets begins no part of the sentence: the name starts before the brackets.
            begin = max(_clause_start(masked, hit.start(), start, before_brackets=True), previous)
            before_end = max(begin - 1, start)
            context = FigureContext(
                left=text[begin : hit.start()],
                right=text[hit.end() : right_edge],
                written=hit[0],
                unit=target.unit,
                operator=target.operator,
                before=text[_clause_start(masked, before_end, start) : before_end],
                topic=topic,
                full=hit[0] if hit.re is self._full else "",
            )
            metric = self._namer.name(context)
            due = _due(days, hit.start(), masked, start)
            phrase = (text[begin : hit.end()] + _rest_of(text[hit.end() : right_edge])).strip(" ，、,")
            previous = hit.end()
            soft = bool(self._soft.search(left[-16:]) or self._soft.match(right.lstrip()[:2]))
            yield target.model_copy(update={"metric": metric, "due": due, "words": phrase, "soft": soft})

    def _figure_target(self, hit: re.Match[str], left: str, right: str) -> Target | None:
        """The figure as a target without its name and day, or None where the rules above exclude it."""
        low, high, unit = self._value(hit)
        if low is None or right.lstrip().startswith(tuple(self._cue.not_after)):
            return None
        if hit["unit"] == "年" or self._scope.search(left) or self._policy.search(left + hit[0] + right):
            return None
        operator = self._operator(left.rstrip(), right.lstrip())
        if per := _PER.match(right):
            unit = f"{unit}/{per[1]}"
        if unit in self._times and operator not in ("<=",) and not self._lower.search(left):
            return None
        if unit in self._times and not re.search("时限|时间|压缩|缩短|控制|办结|周期|时长", left + right):
            return None
        if self._is_threshold(left.rstrip(), right.lstrip(), unit):
            return None
        if operator == "=" and not self._is_made(left, right, unit):
            return None
        if high is not None:
            return Target(metric="", operator="range", value=low, value_max=high, unit=unit)
        return Target(metric="", operator=operator, value=low, unit=unit)

    def _value(self, hit: re.Match[str]) -> tuple[float | None, float | None, str]:
        """A figure's value, the upper end of its range, and its unit."""
        part = hit.groupdict()
        if part["hundredths"]:
            return self._numbers.value(part["hundredths"]), None, "%"
        for name in ("han", "many", "before"):
            if part[name]:
                return self._numbers.value(part[name]), None, part[f"{name}_unit"]
        high = self._numbers.value(part["b"]) if part["b"] else None
        return self._numbers.value(part["a"]), high, part["scale"] + part["unit"]

    def _operator(self, left: str, right: str) -> Operator:
        if right.startswith(tuple(self._cue.at_least_after)):
            return ">="
        if right.startswith(tuple(self._cue.at_most_after)) and not right.startswith("内容"):
            return "<="
        if self._at_least.search(left):
            return ">="
        if self._at_most.search(left):
            return "<="
        return "->" if self._raise.search(left) or self._far_raise.search(left) else "="

    def _is_threshold(self, left: str, right: str, unit: str) -> bool:
        """Whether a figure limits what a measure concerns (投资500万元以上的项目, 56人以上大班额): no target."""
        bound = next((word for word in (*self._cue.at_least_after, "以下") if right.startswith(word)), "")
        rest = right[len(bound) :]
        if unit.endswith("%") and self._make_last.search(left):
            return False
        plain = unit.endswith("元") or not self._make.search(left)
        return bool(bound) and (rest.startswith("的") or (plain and re.match("[一-鿿]", rest) is not None))

    def _is_made(self, left: str, right: str, unit: str) -> bool:
        """Whether a plain number is something to make: 建设…49张, 对5家…进行帮扶, 100%配建, 增长8%."""
        if unit.endswith(("%", "百分点")):
            return bool(_RATE.search(left.rstrip()) or self._done_to.match(right.lstrip()))
        if left.count("（") > left.count("）"):
            return False
        if self._make.search(left):
            return True
        return left.rstrip().endswith(("对", "为", "将", "给")) and self._make.search(right) is not None


def _repeats(target: Target, above: Target) -> bool:
    """Whether a line below (a table's column of aims) repeats a figure of the measure."""
    same = (target.value, target.unit) == (above.value, above.unit)
    return same and (target.metric.endswith(above.metric) or above.metric.endswith(target.metric))


def _rest_of(right: str) -> str:
    """The words behind a figure that belong to it: up to the next item of a list that has its own figure."""
    item = re.split(r"、(?=[^、]{1,30}\d)", right, maxsplit=1)[0]
    return item if len(item) <= 30 else item[:12]


def _due(days: Iterable[TextDate], at: int, masked: str, start: int) -> dt.date | None:
    """The last day before the figure in its sentence. A bare year counts only where it opens a part (2023年实施…)."""
    due = None
    for day in days:
        if day.start >= at:
            break
        before = masked[start : day.start].rstrip(" ")
        opens = not before or before[-1] in "，；：到至" or before.endswith(("截至", "力争", "确保"))
        if opens if not day.exact else not before.endswith(("至", "自", "从")):
            due = day.on
    return due


def _sentences(masked: str) -> Iterator[tuple[int, int]]:
    start = 0
    for found in re.finditer("[。；！？\n]", masked):
        yield start, found.start()
        start = found.end()
    yield start, len(masked)


def _clause_start(masked: str, at: int, floor: int, before_brackets: bool = False) -> int:
    """Where the part of the sentence begins; `before_brackets` skips brackets closed before the figure."""
    begin = max(masked.rfind(mark, floor, at) + 1 for mark in "，：") or floor
    left = masked[begin:at]
    if before_brackets and left.count("）") > left.count("（"):
        opened = masked.rfind("（", floor, begin)
        return _clause_start(masked, opened, floor, before_brackets) if opened >= 0 else begin
    return begin


def _clause_end(masked: str, at: int, ceiling: int) -> int:
    found = [place for place in (masked.find(mark, at, ceiling) for mark in "，：") if place >= 0]
    return min(found, default=ceiling)
