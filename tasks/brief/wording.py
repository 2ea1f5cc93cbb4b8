"""How the brief names measures, lights, targets and units.

Belongs here: short names that more than one part of the brief uses.
Does not belong here: whole sentences (overall, progress, voices), generic text rules (prose).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tasks.brief.prose import figure, percentages
from tasks.outcomes import Figure, Light, MeasureProgress

LIGHT_NAMES: dict[Light, str] = {"绿": "绿灯", "黄": "黄灯", "红": "红灯", "无": "未评定"}
LIGHTS: tuple[Light, ...] = ("绿", "黄", "红", "无")
_NOTHING = frozenset({"", "无", "暂无", "没有", "—", "/", "／", "0", "无。", "暂无。"})
_OPERATORS = {">=": "≥", "<=": "≤", "=": "", "->": "至", "range": ""}
_SENTENCE_END = re.compile(r"[。；;！!]")
_CLAUSE_END = re.compile(r"[，,：:（(]")
_OPENING_DATE = re.compile(r"^[自从到至在]?\d{4}年[\d年月日至到—-]*(?:底前?|前|起|止|内)?[，,]")


def light_name(light: Light) -> str:
    """绿灯, 黄灯, 红灯 or 未评定."""
    return LIGHT_NAMES[light]


def says(text: str) -> bool:
    """Whether a cell says anything: 无 and its kin are valid answers, but no news."""
    return text.strip() not in _NOTHING


def short_title(text: str, limit: int = 30) -> str:
    """The opening words of a measure's first sentence, up to a comma, at most `limit` characters, without a date."""
    opening = _SENTENCE_END.split("".join(text.split()), maxsplit=1)[0]
    opening = _OPENING_DATE.sub("", opening)
    if len(opening) <= limit:
        return opening
    ends = [found.start() for found in _CLAUSE_END.finditer(opening) if 4 <= found.start() <= limit]
    return opening[: ends[-1]] if ends else opening[: limit - 1].rstrip("0123456789.—-") + "…"


def target_words(item: Figure, value_max: float | None) -> str:
    """The target with its sense and unit: ≥60%, 110套, 1—2条, 至80万元."""
    if value_max is not None:
        return f"{figure(item.target)}—{figure(value_max)}{item.metric_unit}"
    return f"{_OPERATORS[item.operator]}{figure(item.target)}{item.metric_unit}"


def counted(counts: Sequence[tuple[str, int]], measure_word: str) -> str:
    """绿灯38项（73%）、黄灯6项（12%）…: parts that are not empty, in whole percentages that add up to 100."""
    shares = percentages([count for _, count in counts])
    parts = [
        f"{name}{count}{measure_word}（{share}%）" for (name, count), share in zip(counts, shares, strict=True) if count
    ]
    return "、".join(parts)


def by_unit(measures: Sequence[MeasureProgress]) -> str:
    """第14项（县住建局），第22、23项（县公积金中心）: measures under their units, in the plan's order."""
    numbers: dict[str, list[str]] = {}
    for measure in measures:
        numbers.setdefault(measure.unit, []).append(measure.no)
    return "，".join(f"第{'、'.join(found)}项（{unit}）" for unit, found in numbers.items())


def disputes(measure: MeasureProgress) -> list[str]:
    """Where a responsible unit names another figure than the lead unit does, in words."""
    return [line for line in measure.supporting if line.endswith("不一致")]
