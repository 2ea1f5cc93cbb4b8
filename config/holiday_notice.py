"""Read the text of a 放假通知: which days of a year are off, which weekends are worked, and what does not fit.

Belongs here: text -> `HolidayNotice`. A sentence that is not understood is a fault and is quoted: no day is ever guessed.
Does not belong here: writing the days down (`calendar_file`).
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from config.notice_sentences import DateSpan, NoticeSentence, read_notice_sentence

_NAMES = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
# The days off that the law gives for these festivals: every other weekday off is worked on some weekend.
_LEGAL_DAYS = 13
_LAST_MONTH = 12
_YEAR = re.compile(r"(?:关于|将)?(\d{4})年(?:度)?(?:全年)?(?:部分)?(?:法定)?(?:节假日|节日|假期|放假|元旦)")
_NUMBER = r"(?:[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十\d]{1,2}\)|\d{1,2}[、.])"
_FESTIVAL = r"(?:元旦|春节|清明|五一|劳动|端午|中秋|国庆|十一)[^:。;()\d]{0,14}"
_HEAD = re.compile(
    rf"(?:^|(?<=[\n。;])){_NUMBER}(?:\d{{4}}年)?([^:。;()\d]{{2,24}}):|(?:^|(?<=[\n。;:]))(?:\d{{4}}年)?({_FESTIVAL}):"
)
_FULL_DATE = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日")
_SIGNATURE = re.compile(r"[^\d。;:、,()至]{0,20}\d{4}年\d{1,2}月\d{1,2}日")
_TIDY = str.maketrans({"﹕": ":", "：": ":", "；": ";", "（": "(", "）": ")", "，": ",", "．": "."})
_WEEKDAYS = "一二三四五六日"
_QUOTED_CHARS = 60


@dataclass(frozen=True, slots=True)
class Festival:
    """One paragraph of the notice: its name, the days off in order, and the weekend days that are worked for it."""

    name: str
    holidays: tuple[dt.date, ...]
    workdays: tuple[dt.date, ...]


@dataclass(frozen=True, slots=True)
class HolidayNotice:
    """What was understood of a notice. With `faults` it is not to be used; `hints` are worth a look all the same."""

    year: int
    festivals: tuple[Festival, ...]
    faults: tuple[str, ...]
    hints: tuple[str, ...]

    @property
    def holidays(self) -> tuple[dt.date, ...]:
        """Every day off, each once, in order."""
        return tuple(sorted({day for each in self.festivals for day in each.holidays}))

    @property
    def workdays(self) -> tuple[dt.date, ...]:
        """Every weekend day that is worked, each once, in order."""
        return tuple(sorted({day for each in self.festivals for day in each.workdays}))


def read_holiday_notice(text: str, year: int | None, expected: int) -> HolidayNotice:
    """Read a notice for `year`, else for the year it names itself, else for the `expected` one if its weekdays fit."""
    plain = _plain(text)
    named = [int(found) for found in dict.fromkeys(_YEAR.findall(plain))]
    head, paragraphs = _paragraphs(plain)
    about = year or (named[0] if named else expected)
    faults: list[str] = []
    if year and named and year not in named:
        faults.append(f"通知写的是{named[0]}年，填写的是{year}年，请核对")
    if not year and not named and not re.search(r"\((?:[^()]*、)?(?:周|星期|礼拜)[一二三四五六日天]", plain):
        faults.append("看不出是哪一年的通知：请把标题一起贴进来，或者写明年份")
    if not paragraphs:
        faults.append("没有看到“一、元旦：1月1日放假……”这样的段落，请把通知全文贴进来")
    # Above the festivals stands when and where the notice was published.
    faults += [
        f"“{_short(each)}”：这一句没有看懂" for each in _sentences(_FULL_DATE.sub("", head)) if _tells_days(each)
    ]
    festivals, hints = [], []
    for name, words in paragraphs:
        reader = _ParagraphReader(name, about)
        reader.read(_sentences(words))
        festivals.append(reader.festival())
        faults += reader.faults
        hints += reader.hints
    faults += [*_missing(festivals), *_overlapping(festivals)]
    return HolidayNotice(about, tuple(festivals), tuple(dict.fromkeys(faults)), (*hints, *_unbalanced(festivals)))


def days_in_words(days: Sequence[dt.date]) -> str:
    """Days in order as people read them, with weekdays, runs in short."""
    runs: list[list[dt.date]] = []
    for day in days:
        if runs and day - runs[-1][-1] == dt.timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    return "、".join(
        f"{_short_day(run[0])}至{_short_day(run[-1])}（{len(run)}天）" if len(run) > 1 else _short_day(run[0])
        for run in runs
    )


def _short_day(day: dt.date) -> str:
    return f"{day.month}月{day.day}日（周{_WEEKDAYS[day.weekday()]}）"


class _ParagraphReader:
    """Reads the sentences of one festival, in order."""

    def __init__(self, name: str, year: int) -> None:
        self.name, self.year = name, year
        self.off: list[dt.date] = []
        self.worked: list[dt.date] = []
        self.faults: list[str] = []
        self.hints: list[str] = []

    def festival(self) -> Festival:
        """The days found so far."""
        return Festival(self.name, tuple(sorted(set(self.off))), tuple(sorted(set(self.worked))))

    def read(self, sentences: Sequence[str]) -> None:
        """Read them all; what is not understood becomes a fault."""
        for sentence in sentences:
            if not _tells_days(sentence) or _is_dateline(sentence):
                continue
            if sentence.startswith(("鼓励", "建议", "提倡")):
                self.hints.append(f"“{_short(sentence)}”：是建议，不算放假")
                continue
            told = read_notice_sentence(sentence)
            try:
                self._take(sentence, told)
            except ValueError as fault:
                self.faults.append(f"“{_short(sentence)}”：{fault}")
        if not self.off:
            self.faults.append(f"“{self.name}”：没有看到放假的日期")

    def _take(self, sentence: str, told: NoticeSentence) -> None:
        if told.unclear:
            raise ValueError(told.unclear)
        holidays = [day for span in told.holidays for day in self._days(span)]
        workdays = [day for span in told.workdays for day in self._days(span)]
        self._check_count(told, holidays)
        self.off += holidays
        for day in workdays:
            # A notice may add when work begins again. Only a weekend that is worked differs from any other week.
            if day.weekday() < 5:
                self.hints.append(f"“{_short(sentence)}”：{_day(day)}本来就上班，不另登记")
            else:
                self.worked.append(day)

    def _days(self, span: DateSpan) -> Iterator[dt.date]:
        month = span.first[1]
        first = self._date(span.first, self._year_of(month, span.last[1]))
        after = first.year + (span.last[1] < month)
        last = self._date(span.last, after)
        if not 0 <= (last - first).days < 32:
            raise ValueError("起止日期的先后或者长短不对")
        for day, weekday in ((first, span.weekdays[0]), (last, span.weekdays[1])):
            if weekday and _WEEKDAYS[day.weekday()] != weekday:
                raise ValueError(f"{_day(day)}是周{_WEEKDAYS[day.weekday()]}，不是周{weekday}")
            if day.year not in (self.year, self.year - 1) or (day.year < self.year and day.month != _LAST_MONTH):
                raise ValueError(f"{_day(day)}不在{self.year}年")
        yield from (first + dt.timedelta(days=n) for n in range((last - first).days + 1))

    def _year_of(self, month: int, last_month: int) -> int:
        """The year of a date without one: what a December day of 元旦 means is the year before."""
        return (
            self.year - 1 if month == _LAST_MONTH and (self.name.startswith("元旦") or last_month == 1) else self.year
        )

    def _date(self, written: tuple[int | None, int, int], year: int) -> dt.date:
        try:
            return dt.date(written[0] or year, written[1], written[2])
        except ValueError:
            raise ValueError(f"没有{written[1]}月{written[2]}日这一天") from None

    def _check_count(self, told: NoticeSentence, holidays: Sequence[dt.date]) -> None:
        if told.count is None or not holidays:
            return
        off = set(holidays) | set(self.off if told.is_whole else ())
        if told.joins_weekend:
            off |= set(_weekends_beside(off))
        if len(off) != told.count:
            raise ValueError(f"写明放假{told.count}天，按日期算是{len(off)}天")


def _weekends_beside(days: set[dt.date]) -> Iterator[dt.date]:
    for day, step in ((min(days), -1), (max(days), 1)):
        beside = day + dt.timedelta(days=step)
        while beside.weekday() >= 5:
            yield beside
            beside += dt.timedelta(days=step)


def _plain(text: str) -> str:
    """One form for what web pages, chat programs and scans make of the same text; lines stay lines."""
    plain = unicodedata.normalize("NFKC", text).translate(_TIDY)
    plain = re.sub(r"[^\S\n]|[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]", "", plain)
    plain = re.sub(r"\n+", "\n", plain).strip("\n")
    # The lines that sign the notice.
    return re.sub(rf"(?m)^(?:国务院办公厅\n?)?{_SIGNATURE.pattern}$", "", plain)


def _paragraphs(plain: str) -> tuple[str, list[tuple[str, str]]]:
    """What stands before the first festival, and each festival's name with its words."""
    heads = list(_HEAD.finditer(plain))
    if not heads:
        return plain, []
    ends = [head.start() for head in heads[1:]] + [len(plain)]
    return plain[: heads[0].start()], [
        (re.sub(r"(?:放假)?(?:安排|时间)$", "", head[1] or head[2]), plain[head.end() : end])
        for head, end in zip(heads, ends, strict=True)
    ]


def _sentences(words: str) -> list[str]:
    return [part for part in re.split(r"[。;]", words.replace("\n", "")) if part]


def _tells_days(sentence: str) -> bool:
    return bool(re.search(r"\d日|[一二三四五六七八九十]日(?!常)", sentence))


def _is_dateline(sentence: str) -> bool:
    """Who published the notice and when: full dates, and no word of days off or worked."""
    return not _tells_days(_FULL_DATE.sub("", sentence)) and not re.search("假|休|班", sentence)


def _missing(festivals: Sequence[Festival]) -> Iterator[str]:
    told = "、".join(each.name for each in festivals).replace("五一", "劳动").replace("十一", "国庆")
    for name in _NAMES:
        if festivals and name.removesuffix("节")[:2] not in told:
            yield f"没有看到{name}的放假安排，请把通知全文贴进来"


def _overlapping(festivals: Sequence[Festival]) -> Iterator[str]:
    counted = Counter(day for each in festivals for day in each.holidays)
    yield from (f"{_day(day)}在两个节日里都写了放假" for day, times in sorted(counted.items()) if times > 1)
    worked = Counter(day for each in festivals for day in each.workdays)
    yield from (f"{_day(day)}写了两次上班" for day, times in sorted(worked.items()) if times > 1)
    yield from (f"{_day(day)}既写放假又写上班" for day in sorted(counted.keys() & worked.keys()))


def _unbalanced(festivals: Sequence[Festival]) -> Iterator[str]:
    """Weekdays off less weekends worked are the days the law gives: anything else is worth a look."""
    off = {day for each in festivals for day in each.holidays if day.weekday() < 5}
    worked = {day for each in festivals for day in each.workdays}
    if festivals and len(off) - len(worked) != _LEGAL_DAYS:
        yield (
            f"周一至周五放假{len(off)}天，周末上班{len(worked)}天，相差{len(off) - len(worked)}天；"
            f"全国法定节假日是{_LEGAL_DAYS}天。请核对有没有漏掉调休上班的日子（本地另有节日的除外）"
        )


def _short(sentence: str) -> str:
    return sentence if len(sentence) <= _QUOTED_CHARS else sentence[:_QUOTED_CHARS] + "…"


def _day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
