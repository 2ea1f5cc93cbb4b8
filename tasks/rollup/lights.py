"""Shares and lights: a target's progress compared with the share of its time that has passed (序时进度).

Belongs here: arithmetic on one target or one status. Does not belong here: choosing a measure's rows (`roll_up`).

Green: ahead of time, or less than `yellow_points` behind. Yellow: `yellow_points` to `red_points` behind. Red: more than
`red_points` behind, or not done by its date. Points are percentage points.
"""

from __future__ import annotations

import datetime as dt
import math
import re

from config.plan import Document, Target
from config.settings import Settings
from tasks.model.words import Light

_RAISE = re.compile("提高|提升|增加|增至|增长|扩大|达到|上调")
_LOWER = re.compile("压缩|降低|降至|减少|减至|缩短|下调|控制在")
_DAY = re.compile(r"(\d{4})\D{1,2}(\d{1,2})(?:\D{1,2}(\d{1,2}))?")


def plan_year(document: Document, as_of: dt.date) -> int:
    """The plan's year: that of its document, or of `as_of` where the document is undated."""
    return (document.issued_on or as_of).year


def target_window(target: Target, document: Document, as_of: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day of a target; a target without a date ends with the plan's year.

    A whole-year target (due 31 December of the plan's year) runs from 1 January, because its cumulative figure does; any
    other target runs from the day the document was issued.
    """
    year = plan_year(document, as_of)
    due = target.due or dt.date(year, 12, 31)
    whole_year = due == dt.date(year, 12, 31)
    start = dt.date(year, 1, 1) if whole_year or document.issued_on is None else document.issued_on
    return start, due


def elapsed_share(start: dt.date, due: dt.date, as_of: dt.date) -> float:
    """Share of the days from `start` to `due` (inclusive) that have passed at the end of `as_of`; 0.0 to 1.0."""
    days = (due - start).days + 1
    if days <= 0:
        return 1.0
    return min(1.0, max(0.0, ((as_of - start).days + 1) / days))


def achieved_share(target: Target, cumulative: float | None) -> float | None:
    """Achieved share of the target (1.0 = done); None without a figure.

    `>=` and `=`: figure/value. `<=`: 1.0 up to the value, value/figure above it. `range`: 1.0 from the lower to the upper
    end. `->`: like `>=` or `<=`, as the document's words say; without such words, done only at the value itself.
    """
    if cumulative is None:
        return None
    if target.operator == "range":
        return _within(cumulative, target.value, target.value_max)
    if target.operator == "<=":
        return _at_most(cumulative, target.value)
    if target.operator == "->":
        return _towards(target, cumulative)
    return _at_least(cumulative, target.value)


def _at_least(figure: float, value: float) -> float:
    if value == 0:
        return 1.0 if figure >= 0 else 0.0
    return max(0.0, figure / value)


def _at_most(figure: float, limit: float) -> float:
    if figure <= limit:
        return 1.0
    return max(0.0, limit / figure)


def _within(figure: float, low: float, high: float | None) -> float:
    """Measured by the lower end below the range, by the upper end above it: doing more than asked is never worse."""
    if figure < low:
        return _at_least(figure, low)
    if high is None or high == 0 or figure <= high:
        return 1.0
    return figure / high


def _towards(target: Target, figure: float) -> float:
    if _RAISE.search(target.words):
        return _at_least(figure, target.value)
    if _LOWER.search(target.words):
        return _at_most(figure, target.value)
    low, high = sorted((figure, target.value))
    return 1.0 if high == low else max(0.0, low / high) if high > 0 else 0.0


def light(share: float | None, elapsed: float, past_due: bool, settings: Settings) -> Light:
    """The light for a share of work and a share of time elapsed; without a figure 无, or 红 past the date."""
    if share is not None and share >= 1.0:
        return "绿"
    if past_due:
        return "红"
    if share is None:
        return "无"
    # Rounded, because binary fractions would turn exactly 10 points behind into slightly more or less.
    behind_points = round((elapsed - share) * 100, 6)
    if behind_points > settings.lights.red_points:
        return "红"
    return "黄" if behind_points >= settings.lights.yellow_points else "绿"


def status_light(
    status: str, expected: str, elapsed: float, past_due: bool, as_of: dt.date, settings: Settings
) -> Light:
    """The light of a measure without a figure, from 进展状态, 预计完成时间 and the share of time elapsed."""
    if status == "已完成":
        return "绿"
    if not status:
        return "红" if past_due else "无"
    promised = last_day(expected)
    if past_due or (promised is not None and promised < as_of):
        return "红"
    if status == "进展滞后":
        return "黄"
    # 未启动 is a share of 0.
    return light(0.0, elapsed, past_due, settings) if status == "未启动" else "绿"


def last_day(words: str) -> dt.date | None:
    """The date in 2023-12-31, 2023年12月31日 or 2023.12.31; the month's last day for 2023年12月; else None."""
    match = _DAY.search(words)
    if not match:
        return None
    year, month, day = int(match[1]), int(match[2]), match[3]
    try:
        if day:
            return dt.date(year, month, int(day))
        return dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)
    except ValueError:
        return None


def is_finite(value: float | None) -> bool:
    """Whether there is a usable figure: not blank, NaN or infinite."""
    return value is not None and math.isfinite(value)
