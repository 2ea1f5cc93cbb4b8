"""Read one sentence of a 放假通知: its dates, and whether they are off or worked.

Belongs here: the grammar of a sentence. Which year a date is in, and whether the dates agree, is `holiday_notice`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

Written = tuple[int | None, int, int]
"""A date as written: (year or None, month, day)."""

_NUMERAL = "[一二三四五六七八九十廿]{1,3}"
_IN_CHINESE = re.compile(rf"({_NUMERAL})(?=月|日(?!常))")
_DATE = re.compile(r"(?:(\d{4})年|(次年|当年|上年))?(?:(\d{1,2})月)?(\d{1,2})日((?:\([^()]*\))*)")
_WEEKDAY = re.compile(r"(?:周|星期|礼拜)([一二三四五六日天])")
_TO = re.compile(r"(?:起)?(?:至|到|~|-|—|–|―|─|－)+")
_AND = re.compile(r"[、,和及与]*")
_OFF = re.compile(r"放假|补休|休息|调休|休假")
_ON = re.compile(r"上班|工作日|补班")
_COUNT = re.compile(r"(?:放假|休息|补休)(\d{1,2})天")
_TOTAL = re.compile(r"共(?:计|放假)?(\d{1,2})天")
_DIGITS = "一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class DateSpan:
    """A run of days, both ends included, each end with the weekday that is written beside it ("" for none)."""

    first: Written
    last: Written
    weekdays: tuple[str, str]


@dataclass(frozen=True, slots=True)
class NoticeSentence:
    """What a sentence says. `count` is the number of days off it names; `is_whole` where that is all of the festival's.

    `unclear` says why it cannot be used; it is empty otherwise.
    """

    holidays: tuple[DateSpan, ...]
    workdays: tuple[DateSpan, ...]
    count: int | None
    is_whole: bool
    joins_weekend: bool
    unclear: str = ""


def read_notice_sentence(sentence: str) -> NoticeSentence:
    """Read a sentence whose characters are in half width and whose white space is gone."""
    plain = _IN_CHINESE.sub(lambda found: str(_number(found[1])), sentence)
    found = [each for each in _DATE.finditer(plain) if not _inside_brackets(plain, each.start())]
    holidays: list[DateSpan] = []
    workdays: list[DateSpan] = []
    unclear = "" if found else "没有看到日期"
    month: int | None = None
    place = 0
    # The words before the first date may say what it is; those between two dates belong to the earlier one.
    before = plain[: found[0].start()] if found else ""
    while place < len(found) and not unclear:
        group, place = _group(plain, found, place)
        spans, month = _spans(plain, group, month)
        after = plain[group[-1].end() : found[place].start() if place < len(found) else len(plain)]
        said, before = _said(after) or _said(before), ""
        if not spans:
            unclear = "日期没有写明月份"
        elif said not in ("off", "on"):
            unclear = "又像放假又像上班，请改清楚" if said else "没有看懂是放假还是上班"
        else:
            (holidays if said == "off" else workdays).extend(spans)
    total, counts = _TOTAL.search(plain), _COUNT.findall(plain)
    count = total[1] if total else counts[0] if len(counts) == len(holidays) == 1 else None
    return NoticeSentence(
        tuple(holidays),
        tuple(workdays),
        int(count) if count else None,
        bool(total),
        "连休" in plain,
        unclear,
    )


def _said(words: str) -> str:
    """off, on, or both where words say both; nothing where they say neither."""
    if "不放假" in words or "不上班" in words:
        return "both"
    # 调休上班 is work that makes up for a day off.
    off, on = bool(_OFF.search(re.sub(r"调休(?=后?上班|的?工作日)", "", words))), bool(_ON.search(words))
    return "both" if off and on else "off" if off else "on" if on else ""


def _group(plain: str, found: list[re.Match[str]], place: int) -> tuple[list[re.Match[str]], int]:
    """The dates from `place` on that stand in one run or list, and the place of the first that does not."""
    group = [found[place]]
    place += 1
    while place < len(found):
        between = plain[group[-1].end() : found[place].start()]
        if not (_TO.fullmatch(between) or _AND.fullmatch(between)):
            break
        group.append(found[place])
        place += 1
    return group, place


def _spans(plain: str, group: list[re.Match[str]], month: int | None) -> tuple[list[DateSpan], int | None]:
    """The runs of a group. A day without a month is in the month of the day before it; empty where there is none."""
    weekdays = _weekdays(group)
    spans: list[DateSpan] = []
    year: int | None = None
    for place, each in enumerate(group):
        month = int(each[3]) if each[3] else month
        year = int(each[1]) if each[1] else None
        if month is None:
            return [], None
        written = (year, month, int(each[4]))
        if place and _TO.fullmatch(plain[group[place - 1].end() : each.start()]):
            start = spans.pop()
            if year is None and start.first[0] is not None and month >= start.first[1]:
                written = (start.first[0], *written[1:])
            spans.append(DateSpan(start.first, written, (start.weekdays[0], weekdays[place])))
        else:
            spans.append(DateSpan(written, written, (weekdays[place], weekdays[place])))
    return spans, month


def _weekdays(group: list[re.Match[str]]) -> list[str]:
    """The weekday beside each date; several in one bracket belong to as many dates before it."""
    named = [""] * len(group)
    for place, each in enumerate(group):
        told = [day.replace("天", "日") for day in _WEEKDAY.findall(each[5] or "")]
        for back, day in enumerate(reversed(told)):
            if place - back >= 0 and not named[place - back]:
                named[place - back] = day
    return named


def _inside_brackets(plain: str, place: int) -> bool:
    return plain.count("(", 0, place) > plain.count(")", 0, place)


def _number(words: str) -> int:
    """A Chinese number below 40: 十 is 10, 二十一 21, 廿一 21."""
    words = words.replace("廿", "二十")
    tens, ten, units = words.rpartition("十")
    if not ten:
        return _DIGITS.index(words) + 1 if len(words) == 1 else 99
    return (_DIGITS.index(tens) + 1 if tens else 1) * 10 + (_DIGITS.index(units) + 1 if units else 0)
