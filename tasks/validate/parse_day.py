"""One raw cell of a date column -> a day, a month or an open-ended word (长期); or the code of its fault.

Belongs here: every unambiguous way to write a day. A month stays a month.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from config.name_matching import normalise
from tasks.validate.cell_text import cell_text_of, number_text
from tasks.validate.chinese_numerals import parse_chinese_number

_FULL = re.compile(r"^(\d{4})(?:年|[-./])(\d{1,2})(?:月|[-./])(\d{1,2})[日号]?(?:前|之前|以前)?$")
_COMPACT = re.compile(r"^(20\d{2})(\d{2})(\d{2})$")
_MONTH = re.compile(r"^(\d{4})(?:年|[-./])(\d{1,2})月?(?:底|末|初|中旬|上旬|下旬|份|底前|前)?$|^(20\d{2})(\d{2})$")
_YEAR_END = re.compile(r"^(\d{4})年?(?:底|末|年底|年末|内)(?:前|之前)?$")
_NO_YEAR = re.compile(r"^(\d{1,2})月(?:(\d{1,2})[日号]|底|末|初|中旬|上旬|下旬|份|底前)?(?:前)?$")
_THIS_YEAR_END = re.compile(r"^(?:今年|本年|年)?(?:年)?(?:底|末|内)(?:前)?$|^年内$")
_CHINESE = re.compile(r"[零〇一二三四五六七八九十]+(?=年|月|日|号)")
# Longer text is no date; the patterns could take hours on it, and Python refuses to parse very long numbers.
_LONGEST = 40
_EPOCH = dt.date(1899, 12, 30)
# Spreadsheet serial numbers of 2009-07 to 2064-04; any other bare number is not read as a date.
_SERIALS = range(40000, 60001)
_SERIAL = re.compile(r"^0*\d{5}$")


@dataclass(frozen=True, slots=True)
class CellDay:
    """The content of a date cell: canonical `text` ("2023-10-20", "2023-10", "持续推进"), or a `fault` code.

    `first` and `last` are the bounds (of a month: its first and last day); None for a word or a fault.
    """

    text: str
    first: dt.date | None = None
    last: dt.date | None = None
    fault: str | None = None
    repair: str = ""


def read_day(value: object, words: Iterable[str], start: dt.date, end: dt.date, done: bool = False) -> CellDay:
    """Read one cell. `words` are open-ended (长期); `start`..`end` is the period; `done`: the work is finished.

    A day without a year is accepted only in the period's year, and only if finished work lies not after the period, and
    unfinished work not before it.
    """
    if isinstance(value, dt.datetime):
        return _exact(value.date())
    if isinstance(value, dt.date):
        return _exact(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_number(float(value))
    written = cell_text_of(value)
    text = normalise(written)
    if not text:
        return CellDay("")
    for word in words:
        if normalise(word) == text:
            return CellDay(word)
    if len(text) > _LONGEST:
        return CellDay(written.strip(), fault="V116")
    return _from_text(text, written.strip(), start, end, done)


def _exact(day: dt.date, repair: str = "") -> CellDay:
    return CellDay(day.isoformat(), day, day, repair=repair)


def _from_number(number: float) -> CellDay:
    text = number_text(number)
    if number.is_integer():
        if int(number) in _SERIALS:
            return _exact(_EPOCH + dt.timedelta(days=int(number)), "日期序号转为日期")
        if _COMPACT.match(text) or re.match(r"^20\d{2}(0[1-9]|1[0-2])$", text):
            return _from_text(text, text, dt.date.min, dt.date.max, False)
    return CellDay(text, fault="V116")


def _from_text(text: str, written: str, start: dt.date, end: dt.date, done: bool) -> CellDay:
    text = _CHINESE.sub(_digits, text)
    if match := _FULL.match(text) or _COMPACT.match(text):
        return _day(int(match[1]), int(match[2]), int(match[3]), written)
    if match := _YEAR_END.match(text):
        return _month(int(match[1]), 12, written)
    if match := _MONTH.match(text):
        return _month(int(match[1] or match[3]), int(match[2] or match[4]), written)
    if _THIS_YEAR_END.match(text) and not done:
        return _month(start.year, 12, written)
    if match := _NO_YEAR.match(text):
        month, day = int(match[1]), int(match[2]) if match[2] else None
        return _in_period_year(month, day, written, start, end, done)
    if _SERIAL.match(text) and int(text) in _SERIALS:
        return _from_number(float(text))
    return CellDay(written, fault="V116")


def _digits(match: re.Match[str]) -> str:
    number = parse_chinese_number(match[0])
    return match[0] if number is None else number_text(number)


def _in_period_year(month: int, day: int | None, written: str, start: dt.date, end: dt.date, done: bool) -> CellDay:
    # A month without a year could also mean last year's or next year's: it is accepted only if those cannot be meant.
    read = _month(start.year, month, written) if day is None else _day(start.year, month, day, written)
    if read.fault or read.first is None or read.last is None:
        return read
    fits = read.first <= end if done else read.last >= start
    return read if fits else CellDay(written, fault="V116")


def _day(year: int, month: int, day: int, written: str) -> CellDay:
    try:
        date = dt.date(year, month, day)
    except ValueError:
        return CellDay(written, fault="V115")
    return _exact(date, "" if date.isoformat() == written else "日期写法统一")


def _month(year: int, month: int, written: str) -> CellDay:
    try:
        first, last = dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])
    except ValueError:
        return CellDay(written, fault="V115")
    text = f"{year}-{month:02d}"
    return CellDay(text, first, last, repair="" if text == written else "日期写法统一")
