"""Periods, and which days are workdays: the national calendar with 调休, plus the office's additions (`calendar.toml`).

Belongs here: `Period`, `WorkCalendar` and their reader. Does not belong here: which duty falls due when (that is
`tasks/issue`), reading a notice of holidays (`holiday_notice`), and the question what day it is: a day always comes in
as an argument.
"""

from __future__ import annotations

import calendar as months
import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from config.config_errors import ConfigError, ConfigFault
from config.frozen_model import FrozenModel
from config.name_matching import normalise
from config.paths import CONFIG
from config.toml_file import TomlFile, read_toml
from config.validation_errors import printable

_PATH = CONFIG / "calendar.toml"
# The first year with official tables. No notice will ever be published for a year before it.
_FIRST_YEAR = 2004
# Holidays whose dates the law itself fixes, as (month, first day, last day). All others, and every 调休, stand in the
# notice of the year.
_FIXED = ((1, 1, 1), (5, 1, 2), (10, 1, 3))
# The notice is published in November: six weeks before the year it is worth asking for.
_ASK_DAYS = 42
_DAY = dt.timedelta(days=1)
_QUARTERS = {"1": 1, "2": 2, "3": 3, "4": 4, "一": 1, "二": 2, "三": 3, "四": 4}
_QUARTER_NAMES = "一二三四"
_MONTH = re.compile(r"(\d{4})(?:[-./年](\d{1,2})|(\d{2}))(?:月份?)?")
_QUARTER = re.compile(r"(\d{4})(?:-?Q|年?第?)([1-4一二三四])(?:季度|季)?", re.IGNORECASE)
_YEAR = re.compile(r"(\d{4})年?(?:度|全年)?")

HolidayPolicy = Literal["keep", "next_workday", "previous_workday"]


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A month, a quarter or a year. `text` is its key: `2023-10`, `2023-Q4` or `2023`. Both ends are inclusive."""

    start: dt.date
    end: dt.date
    text: str

    @classmethod
    def parse(cls, text: str) -> Period:
        """The period a text names, in key form or as people write it (2023年10月, 2023年第四季度).

        Raises ValueError, in plain Chinese, for anything without a full year.
        """
        plain = normalise(text)
        if match := _QUARTER.fullmatch(plain):
            if match[0].upper().count("Q") or "季" in match[0]:
                return cls._months(int(match[1]), _QUARTERS[match[2]] * 3 - 2, 3)
        elif match := _YEAR.fullmatch(plain):
            return cls._months(int(match[1]), 1, 12)
        if (match := _MONTH.fullmatch(plain)) and 1 <= (month := int(match[2] or match[3])) <= 12:
            return cls._months(int(match[1]), month, 1)
        raise ValueError(f"“{printable(text)}”不是可用的期间。月份写成 2023-10，季度写成 2023-Q4，年度写成 2023")

    @classmethod
    def of(cls, day: dt.date) -> Period:
        """The month that contains this day."""
        return cls._months(day.year, day.month, 1)

    @classmethod
    def _months(cls, year: int, first: int, count: int) -> Period:
        if not 1 <= year <= 9998:
            raise ValueError(f"“{year}”不是可用的年份")
        last = first + count - 1
        text = {1: f"{year:04}-{first:02}", 3: f"{year:04}-Q{last // 3}", 12: f"{year:04}"}[count]
        end = dt.date(year, last, months.monthrange(year, last)[1])
        return cls(dt.date(year, first, 1), end, text)

    @property
    def months(self) -> int:
        """The number of months in the period: 1, 3 or 12."""
        return self.end.month - self.start.month + 1

    @property
    def label(self) -> str:
        """The Chinese name, as printed in a title: 2023年10月, 2023年第四季度, 2023年."""
        if self.months == 12:
            return f"{self.start.year}年"
        if self.months == 3:
            return f"{self.start.year}年第{_QUARTER_NAMES[self.start.month // 3]}季度"
        return f"{self.start.year}年{self.start.month}月"

    def previous(self) -> Period:
        """The period of the same length just before."""
        before = self.start - _DAY
        return self._months(before.year, before.month - self.months + 1, self.months)

    def next(self) -> Period:
        """The period of the same length just after."""
        after = self.end + _DAY
        return self._months(after.year, after.month, self.months)

    def is_before(self, other: Period) -> bool:
        """Whether this period is reported before `other`: the earlier end first, and a month before the quarter it ends."""
        return self.end < other.end or (self.end == other.end and self.start > other.start)

    def contains(self, day: dt.date) -> bool:
        """Whether the day lies in the period."""
        return self.start <= day <= self.end

    def __str__(self) -> str:
        return self.text


class WorkCalendar(FrozenModel):
    """Which days are workdays. `holidays` and `workdays` are the days in `calendar.toml`, `years` the years listed there."""

    holidays: frozenset[dt.date] = frozenset()
    workdays: frozenset[dt.date] = frozenset()
    years: frozenset[int] = frozenset()
    path: Path = _PATH

    def is_workday(self, day: dt.date) -> bool:
        """Whether offices work on this day.

        In a year that is not known yet (`knows`) these are Monday to Friday but for the holidays the law fixes by date.
        """
        if day in self.holidays:
            return False
        if day in self.workdays:
            return True
        if (works := _official(day)) is not None:
            return works
        return day.weekday() < 5 and (day.year in self.years or not _is_fixed_holiday(day))

    def knows(self, first: dt.date, last: dt.date | None = None) -> bool:
        """Whether the holidays of every year from one day's to the other's are known.

        Where they are not, a day counted in workdays is provisional: the notice of the year may still move it.
        """
        years = sorted((first.year, (last or first).year))
        return all(
            year in self.years or year < _FIRST_YEAR or _official(dt.date(year, 1, 1)) is not None
            for year in range(years[0], years[1] + 1)
        )

    def year_to_ask_for(self, today: dt.date) -> int | None:
        """The year whose holidays somebody should enter now: this one, or the next from six weeks ahead; else None."""
        if not self.knows(today):
            return today.year
        if today.year == dt.MAXYEAR:
            return None
        coming = dt.date(today.year + 1, 1, 1)
        return coming.year if (coming - today).days <= _ASK_DAYS and not self.knows(coming) else None

    def add_workdays(self, day: dt.date, n: int) -> dt.date:
        """The n-th workday after `day` (before it, for a negative n); `day` itself for 0."""
        step = _DAY if n > 0 else -_DAY
        left = abs(n)
        while left:
            day += step
            left -= self.is_workday(day)
        return day

    def workdays_between(self, a: dt.date, b: dt.date) -> int:
        """Workdays after `a` up to and including `b`; negative when `b` lies before `a`: undoes `add_workdays`."""
        if b < a:
            return -sum(self.is_workday(day) for day in _days(b, a - _DAY))
        return sum(self.is_workday(day) for day in _days(a + _DAY, b))

    def shift(self, day: dt.date, policy: HolidayPolicy) -> dt.date:
        """The due day itself if it is a workday; else, by `policy`, kept, moved to the next workday, or to the one before."""
        if policy == "keep":
            return day
        step = _DAY if policy == "next_workday" else -_DAY
        while not self.is_workday(day):
            day += step
        return day


def calendar_path(folder: Path) -> Path:
    """The calendar in an office's own folder of configuration; the one that is shipped where it has none."""
    own = folder / _PATH.name
    return own if own.exists() else _PATH


def load_calendar(path: Path | None = None) -> WorkCalendar:
    """Read `calendar.toml`. Raises ConfigError with every fault of the file."""
    file = read_toml(path or _PATH)
    faults = [
        ConfigFault(file.line_of((key,)), f"不认识的项“{key}”", "本文件只有 [years] 一组")
        for key in file.data
        if key != "years"
    ]
    years = file.data.get("years", {})
    days: dict[str, set[dt.date]] = {"holidays": set(), "workdays": set()}
    for year, entry in years.items():
        faults += _read_year(file, year, entry, days)
    faults += [
        ConfigFault(file.line_of(("years", str(day.year))), f"{day} 既写成放假又写成上班", "请删去其中一处")
        for day in sorted(days["holidays"] & days["workdays"])
    ]
    if faults:
        raise ConfigError(file.path, faults)
    return WorkCalendar(
        holidays=frozenset(days["holidays"]),
        workdays=frozenset(days["workdays"]),
        years=frozenset(int(year) for year in years),
        path=file.path,
    )


def _read_year(file: TomlFile, year: str, entry: Any, days: Mapping[str, set[dt.date]]) -> Iterator[ConfigFault]:
    line = file.line_of(("years", year))
    example = f'请写成 {year} = {{ holidays = ["{year}-01-01"], workdays = [] }}'
    if not re.fullmatch(r"\d{4}", year):
        yield ConfigFault(line, f"“{year}”不是年份", "请写四位数字，如 2027")
        return
    if not isinstance(entry, dict) or not set(entry) <= set(days):
        yield ConfigFault(line, f"{year} 年的写法不对", example)
        return
    for key, texts in entry.items():
        for text in texts if isinstance(texts, list) else [texts]:
            read = _read_days(text, int(year))
            if not read:
                yield ConfigFault(
                    line, f"{key} 里的“{text}”不是 {year} 年的日期", f"{example}；连续几天用两个点连接，先早后晚"
                )
            days[key].update(read)


def _read_days(text: object, year: int) -> tuple[dt.date, ...]:
    """The days of `2027-02-05` or `2027-02-05..2027-02-11`; empty for any other text, or days outside `year`."""
    try:
        ends = [dt.date.fromisoformat(part.strip()) for part in str(text).split("..")]
    except ValueError:
        return ()
    if len(ends) > 2 or any(day.year != year for day in ends):
        return ()
    return tuple(_days(ends[0], ends[-1]))


def _days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    return (first + _DAY * n for n in range((last - first).days + 1))


def _official(day: dt.date) -> bool | None:
    """Whether the national tables call this day a workday; None for a year that they do not hold."""
    # Imported here: most readers of settings never ask for a workday, and its tables cost start-up time.
    import chinese_calendar

    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None


def _is_fixed_holiday(day: dt.date) -> bool:
    return any(day.month == month and first <= day.day <= last for month, first, last in _FIXED)
