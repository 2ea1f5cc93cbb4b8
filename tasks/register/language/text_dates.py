"""Phrases of time -> dates: 9月30日前, 2023年底, 6月底前, 三季度末, 到2025年, 年内 and full dates.

Belongs here: a phrase -> the last day of what it names, with the year inferred where the text leaves it out. What the
day is for (deadline, expiry, duty) is decided by `targets` and `duties_and_deadlines`.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tasks.register.language.grammar import Grammar
from tasks.register.language.numerals import NumberReader

_HAN = "[〇零○O一二两三四五六七八九十廿卅]"
_DIGITS = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_ONES = "[一二三四五六七八九]"
_DAYS = rf"(?:3[01]|[12]\d|0?[1-9]|[一二]?十{_ONES}?|三十一?|{_ONES}|廿{_ONES}?)"
_PATTERN = re.compile(
    rf"(?<![\d.])(?:(?:(?P<year>20\d{{2}}|二[〇零○O]{_HAN}{{2}})|(?P<this>今|本|当)|(?P<next>明|次)) *年 *)?"
    rf"(?:(?P<month>{_DIGITS}) *月份? *(?:(?P<day>{_DAYS}) *[日号]|(?P<part>底|末|下旬|中旬|上旬)|(?= *[之以]?[前内]))"
    r"|第?(?P<quarter>[一二三四1-4]) *季度 *(?:末|底)?|(?P<half>上半年|下半年|年中))"
    r"(?P<tail>(?: *[之以]?前|以内|内|止|截止)?)"
    rf"|(?<![\d.])(?:(?P<year2>20\d{{2}}|二[〇零○O]{_HAN}{{2}})|(?P<this2>今|本|当)|(?P<next2>明|次)) *年 *"
    r"(?P<year_end>年?[底末终]|度(?!总结)|内)?(?P<tail2>(?: *[之以]?前|以内|内|止|截止)?)"
    r"|(?<![一二三四五六七八九十两几数多\d])(?P<loose>年[底末终内]|岁末)(?P<tail3>(?:[之以]?前|内)?)"
)


@dataclass(frozen=True, slots=True)
class TextDate:
    """One date: text[start:end] names `on`, or a time that ends on it; `exact` is False for a bare year (2023年).

    `inferred`: the text names no year. `before`: the phrase is a limit (前, 止, 以内).
    """

    start: int
    end: int
    on: dt.date
    words: str
    inferred: bool
    exact: bool
    before: bool


class TextDateReader:
    """Finds dates in folded text; a missing year follows from the day of issue, else from `year`."""

    def __init__(self, grammar: Grammar, issued_on: dt.date | None, year: int | None = None) -> None:
        self._numbers = NumberReader(grammar.vocabulary.numerals)
        self._issued, self._year = issued_on, issued_on.year if issued_on else year

    def find(self, folded: str) -> Iterator[TextDate]:
        """The dates of a folded text, in order; those that do not exist or have no year at all are left out."""
        for found in _PATTERN.finditer(folded):
            if day := self._day(found):
                yield day

    def _day(self, found: re.Match[str]) -> TextDate | None:
        part = found.groupdict()
        tail = part["tail"] or part["tail2"] or part["tail3"] or ""
        before = "前" in tail or tail.strip() in ("止", "截止", "内", "以内")
        year, named = self._named_year(part)
        exact = True
        if part["loose"]:
            month = day = 0
        elif part["month"]:
            month = self._numbers.integer(part["month"]) or 0
            day = self._day_of(part)
        elif part["quarter"]:
            month, day = (self._numbers.integer(part["quarter"]) or 1) * 3, 0
        elif part["half"]:
            month, day = (12 if part["half"] == "下半年" else 6), 0
        else:
            month = day = 0
            exact = bool(part["year_end"] and part["year_end"] != "度") or before
            if not named:
                return None
        on = self._on(year, month or 12, day, bool(named))
        if on is None:
            return None
        return TextDate(
            found.start(), found.end(), on, found[0].strip(), not named, exact, before or bool(part["loose"])
        )

    def _named_year(self, part: dict[str, str | None]) -> tuple[int | None, bool]:
        """The year, and whether the text names it."""
        text = part["year"] or part["year2"]
        if text:
            value = self._numbers.integer(re.sub("[○O]", "〇", text))
            return value, value is not None
        if part["next"] or part["next2"]:
            return (self._year + 1, False) if self._year else (None, False)
        if part["this2"]:
            return self._year, self._year is not None
        return self._year, False

    def _day_of(self, part: dict[str, str | None]) -> int:
        if part["day"]:
            return self._numbers.integer(part["day"]) or 0
        return {"上旬": 10, "中旬": 20}.get(part["part"] or "", 0)

    def _on(self, year: int | None, month: int, day: int, named: bool) -> dt.date | None:
        """The date; the month's last day where `day` is 0. None where the year is unknown or the day does not exist.

        Without a year it lies in the year of issue, or the next where that is long past: documents come out late.
        """
        if year is None:
            return None
        try:
            last = calendar.monthrange(year, month)[1]
            on = dt.date(year, month, day or last)
            if not named and self._issued and (self._issued - on).days > 120:
                on = dt.date(year + 1, month, day or calendar.monthrange(year + 1, month)[1])
        except ValueError:
            return None
        return on
