"""Names of measures, lights, targets and units in the brief.

Belongs here: short phrases that several parts of the brief use.
Does not belong here: whole sentences (`parts`), general rules of prose (`prose`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tasks.brief.words.prose import nested, percentages
from tasks.model.progress import MeasureProgress, TargetProgress
from tasks.text import figure_text

_OPERATORS = {">=": "≥", "<=": "≤", "=": "", "->": "至", "range": ""}
_SENTENCE_END = re.compile(r"[。；！]")
# A clause ends outside brackets only: half of 农（牧）家乐 is not a name.
_CLAUSE = re.compile(r"(?:《[^》]*》|（[^）]*）|“[^”]*”|[^，：])+")
_ITEM = re.compile(r"(?:《[^》]*》|（[^）]*）|“[^”]*”|[^、])+")
# Introductory clauses, such as 对小微企业 or 政策到期后, which say nothing without the clause that follows.
_INTRODUCES = re.compile(r"^[对以在]|[后时前]$")
_TITLE_CHARS, _LONGEST_TITLE_CHARS = 30, 45
_HALF_WIDTH = str.maketrans(",;:!()", "，；：！（）")
_BESIDE_CHINESE = re.compile(r"(?<=[\u4e00-\u9fff”》])[,;:!()]|[,;:!()](?=[\u4e00-\u9fff“《])")
_OPENING_DATE = re.compile(r"^[自从到至在]?\d{4}年[\d年月日至到—-]*(?:底前?|前|起|止|内)?[，,]")


def short_title(text: str) -> str:
    """A measure's short name: the first whole clauses of its first sentence, without a leading date.

    Half-width punctuation beside Chinese becomes full-width. A clause longer than 45 characters is cut after a list item
    and ends with 等, or, where it has no list, ends with ……
    """
    plain = _BESIDE_CHINESE.sub(lambda match: match[0].translate(_HALF_WIDTH), "".join(text.split()))
    opening = _OPENING_DATE.sub("", _SENTENCE_END.split(plain, maxsplit=1)[0])
    clauses = [match.span() for match in _CLAUSE.finditer(opening)]
    if not clauses:
        return opening
    title, last = _cut(opening[: clauses[0][1]]), ""
    for start, end in clauses[1:]:
        if title.endswith(("等", "……")) or end > (_LONGEST_TITLE_CHARS if _introduces(last or title) else _TITLE_CHARS):
            # An introductory first clause keeps the next one, cut if need be.
            return _cut(opening[:end]) if _INTRODUCES.match(title) and not last else _without_introduction(title, last)
        title, last = opening[:end], opening[start:end]
    return title


def _introduces(clause: str) -> bool:
    return bool(_INTRODUCES.search(clause))


def _without_introduction(title: str, last: str) -> str:
    """The title without its last clause where that only introduces a clause that was left out."""
    return title.removesuffix(last)[:-1] if last and _introduces(last) else title


def _cut(words: str) -> str:
    if len(words) <= _LONGEST_TITLE_CHARS:
        return words
    ends = [match.end() for match in _ITEM.finditer(words) if match.end() < _LONGEST_TITLE_CHARS]
    cut = words[: ends[-1]] if ends and ends[-1] > _TITLE_CHARS // 2 else ""
    return f"{cut}等" if cut else words[: _LONGEST_TITLE_CHARS - 2].rstrip("0123456789.—-") + "……"


def metric_words(metric: str) -> str:
    """A metric's name in “ ”, its own quotation marks nested as ‘ ’."""
    return f"“{nested(metric)}”"


def change_unit(metric_unit: str) -> str:
    """The unit of a change: percentages change by 个百分点."""
    return "个百分点" if metric_unit in ("%", "％") else metric_unit


def target_words(item: TargetProgress, value_max: float | None) -> str:
    """The target with operator and unit: ≥60%, 110套, 1—2条, 至80万元."""
    if value_max is not None:
        return f"{figure_text(item.target)}—{figure_text(value_max)}{item.metric_unit}"
    return f"{_OPERATORS[item.operator]}{figure_text(item.target)}{item.metric_unit}"


def units_counted(counts: Sequence[tuple[str, int]], measure_word: str) -> str:
    """绿灯38项（73%）、黄灯6项（12%）…: the non-zero counts, with whole percentages that add up to 100."""
    shares = percentages([count for _, count in counts])
    parts = [
        f"{name}{count}{measure_word}（{share}%）" for (name, count), share in zip(counts, shares, strict=True) if count
    ]
    return "、".join(parts)


def named_measures(measures: Sequence[MeasureProgress]) -> str:
    """第14项（县住建局）、第22项（县文旅局）: measures grouped by unit, in the plan's order.

    Units are separated by ， where one of them has several measures, which are separated by 、.
    """
    numbers: dict[str, list[str]] = {}
    for measure in measures:
        numbers.setdefault(measure.unit, []).append(measure.no)
    mark = "，" if any(len(own) > 1 for own in numbers.values()) else "、"
    return mark.join(f"第{'、'.join(own)}项（{unit}）" for unit, own in numbers.items())


def disputes(measure: MeasureProgress) -> list[str]:
    """The sentences in which a responsible unit's figure differs from the lead unit's."""
    return [line for line in measure.supporting if line.endswith("不一致")]
