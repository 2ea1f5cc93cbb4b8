"""How the brief names measures, lights, targets and units.

Belongs here: short names that more than one part of the brief uses.
Does not belong here: whole sentences (overall, progress, voices), generic text rules (prose).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tasks.brief.words.prose import nested, percentages
from tasks.model.progress import MeasureProgress, TargetProgress
from tasks.text import figure_text

_OPERATORS = {">=": "≥", "<=": "≤", "=": "", "->": "至", "range": ""}
_SENTENCE_END = re.compile(r"[。；！]")
# A clause ends outside brackets only: half of 农（牧）家乐 names nothing.
_CLAUSE = re.compile(r"(?:《[^》]*》|（[^）]*）|“[^”]*”|[^，：])+")
_ITEM = re.compile(r"(?:《[^》]*》|（[^）]*）|“[^”]*”|[^、])+")
# Words that only lead up to what is to be done.
_LEADS_UP = re.compile(r"^[对以在]|[后时前]$")
_TITLE_CHARS, _LONGEST_TITLE_CHARS = 30, 45
_HALF_WIDTH = str.maketrans(",;:!()", "，；：！（）")
_BESIDE_CHINESE = re.compile(r"(?<=[\u4e00-\u9fff”》])[,;:!()]|[,;:!()](?=[\u4e00-\u9fff“《])")
_OPENING_DATE = re.compile(r"^[自从到至在]?\d{4}年[\d年月日至到—-]*(?:底前?|前|起|止|内)?[，,]")


def is_done(item: TargetProgress) -> bool:
    """Whether a target has been reached."""
    return item.share is not None and item.share >= 1.0


def short_title(text: str) -> str:
    """A measure by the opening words of its first sentence: whole clauses, without a date in front.

    Half-width marks beside Chinese become full-width. What is too long for a line and a half ends after an item of
    a list with 等, or, failing that, with ……
    """
    plain = _BESIDE_CHINESE.sub(lambda found: found[0].translate(_HALF_WIDTH), "".join(text.split()))
    opening = _OPENING_DATE.sub("", _SENTENCE_END.split(plain, maxsplit=1)[0])
    clauses = [found.span() for found in _CLAUSE.finditer(opening)]
    if not clauses:
        return opening
    title, last = _cut(opening[: clauses[0][1]]), ""
    for start, end in clauses[1:]:
        if title.endswith(("等", "……")) or end > (_LONGEST_TITLE_CHARS if _leads_up(last or title) else _TITLE_CHARS):
            # 以…为重点 says nothing without what comes after it, be it cut short.
            return _cut(opening[:end]) if _LEADS_UP.match(title) and not last else _without_lead(title, last)
        title, last = opening[:end], opening[start:end]
    return title


def _leads_up(clause: str) -> bool:
    return bool(_LEADS_UP.search(clause))


def _without_lead(title: str, last: str) -> str:
    """The title without a last clause that leads up to what was left out."""
    return title.removesuffix(last)[:-1] if last and _leads_up(last) else title


def _cut(words: str) -> str:
    if len(words) <= _LONGEST_TITLE_CHARS:
        return words
    ends = [found.end() for found in _ITEM.finditer(words) if found.end() < _LONGEST_TITLE_CHARS]
    cut = words[: ends[-1]] if ends and ends[-1] > _TITLE_CHARS // 2 else ""
    return f"{cut}等" if cut else words[: _LONGEST_TITLE_CHARS - 2].rstrip("0123456789.—-") + "……"


def metric_words(metric: str) -> str:
    """A metric's name in “ ”, with its own quotation marks turned into ‘ ’."""
    return f"“{nested(metric)}”"


def change_unit(metric_unit: str) -> str:
    """The unit of a change: two percentages differ by 百分点."""
    return "个百分点" if metric_unit in ("%", "％") else metric_unit


def target_words(item: TargetProgress, value_max: float | None) -> str:
    """The target with its sense and unit: ≥60%, 110套, 1—2条, 至80万元."""
    if value_max is not None:
        return f"{figure_text(item.target)}—{figure_text(value_max)}{item.metric_unit}"
    return f"{_OPERATORS[item.operator]}{figure_text(item.target)}{item.metric_unit}"


def units_counted(counts: Sequence[tuple[str, int]], measure_word: str) -> str:
    """绿灯38项（73%）、黄灯6项（12%）…: parts that are not empty, in whole percentages that add up to 100."""
    shares = percentages([count for _, count in counts])
    parts = [
        f"{name}{count}{measure_word}（{share}%）" for (name, count), share in zip(counts, shares, strict=True) if count
    ]
    return "、".join(parts)


def by_unit(measures: Sequence[MeasureProgress]) -> str:
    """第14项（县住建局）、第22项（县文旅局): measures under their units, in the plan's order.

    The units are parted by a comma where one of them has several measures, which are parted by 、 themselves.
    """
    numbers: dict[str, list[str]] = {}
    for measure in measures:
        numbers.setdefault(measure.unit, []).append(measure.no)
    mark = "，" if any(len(found) > 1 for found in numbers.values()) else "、"
    return mark.join(f"第{'、'.join(found)}项（{unit}）" for unit, found in numbers.items())


def disputes(measure: MeasureProgress) -> list[str]:
    """Where a responsible unit names another figure than the lead unit does, in words."""
    return [line for line in measure.supporting if line.endswith("不一致")]
