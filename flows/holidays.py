"""登记放假安排: the official notice's text -> what was understood -> calendar.toml, and the dates that follow from it.

Belongs here: the form and the order of the steps. Reading the text is `config.holiday_notice`, changing the file
`config.calendar_file`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from prefect import flow

from config.calendar import WorkCalendar, calendar_path, load_calendar
from config.calendar_file import DaysOfYear, calendar_with
from config.config_errors import ConfigError
from config.holiday_notice import Festival, HolidayNotice, read_holiday_notice
from config.settings import Settings
from config.settings_file import load_settings
from flows.context import instant_of, open_context
from flows.steps.audit_trail import note_head, operator
from flows.steps.settle_calendar import settle_calendar
from flows.ui.forms import BY, NOW, Words, field, run_name
from flows.ui.holidays_page import publish_holidays
from tasks.errors import InputError, LianxiError, PipelineError
from tasks.storage.atomic_write import write_atomically
from tasks.store import audit_chain
from tasks.store.migrate import migrate

_ENTERED = "登记放假安排"
_TEXT = field("通知全文", "把国务院办公厅放假通知（或本地的放假通知）从标题到落款整篇贴进来", ...)
_OF_YEAR = field("年份", "如 2027；0 为由通知得出", 0)
_CHECKED = field("核对无误，正式登记", "先不勾选运行一次，核对“holidays”页面后再勾选运行", False)


@dataclass(frozen=True, slots=True)
class EnteredHolidays:
    """What was understood, whether it was written and where, and the due days that moved."""

    year: int
    festivals: tuple[Festival, ...]
    hints: tuple[str, ...]
    confirmed: bool
    path: str
    settled: tuple[str, ...]


@flow(name="登记放假安排", flow_run_name=run_name)
def holidays(
    text: Words = _TEXT,
    of_year: int = _OF_YEAR,
    confirm: bool = _CHECKED,
    by: Words | None = BY,
    now: str | None = NOW,
) -> EnteredHolidays:
    """Read a notice; with `confirm`, write the year into the office's calendar and settle what was provisional.

    Raises InputError, and changes nothing, where a sentence is not understood or something does not fit.
    """
    settings = load_settings()
    at = instant_of(now, settings.timezone)
    path = calendar_path(settings.config)
    calendar = load_calendar(path)
    expected = calendar.year_to_ask_for(at.date()) or at.year + (at.month > 6)
    notice = read_holiday_notice(text, of_year or None, expected)
    years = _years(notice, calendar)
    faults = (*notice.faults, *_unknown_neighbour(years, notice.year, calendar))
    if faults:
        listed = "\n".join(f"  · {fault}" for fault in faults)
        raise InputError(f"放假通知有 {len(faults)} 处看不懂或对不上，什么也没有改动：\n{listed}")
    hints = (*notice.hints, *_dropped(years, calendar), *_known_already(notice.year, calendar))
    settled: tuple[str, ...] = ()
    if confirm:
        path = _write(settings, path, years, by or operator(), at)
        settled = tuple(_settle(settings, frozenset(years), now))
    publish_holidays(notice, hints, settled, confirmed=confirm)
    return EnteredHolidays(notice.year, notice.festivals, hints, confirm, str(path), settled)


def _years(notice: HolidayNotice, calendar: WorkCalendar) -> Mapping[int, DaysOfYear]:
    """What the calendar is to say of the notice's year and, where a festival begins before it, of the year before."""
    of_year = {
        year: tuple(frozenset(day for day in days if day.year == year) for days in (notice.holidays, notice.workdays))
        for year in (notice.year - 1, notice.year)
    }
    years = {notice.year: (of_year[notice.year][0], of_year[notice.year][1])}
    off, worked = of_year[notice.year - 1]
    off = frozenset(day for day in off if calendar.is_workday(day))
    worked = frozenset(day for day in worked if not calendar.is_workday(day))
    if off or worked:
        had_off, had_worked = _own(calendar, notice.year - 1)
        years[notice.year - 1] = ((had_off | off) - worked, (had_worked | worked) - off)
    return years


def _own(calendar: WorkCalendar, year: int) -> DaysOfYear:
    return (
        frozenset(day for day in calendar.holidays if day.year == year),
        frozenset(day for day in calendar.workdays if day.year == year),
    )


def _unknown_neighbour(years: Mapping[int, DaysOfYear], year: int, calendar: WorkCalendar) -> Iterator[str]:
    """A year that is written down counts as whole: a few days of it must not come before its own notice."""
    if year - 1 in years and not calendar.knows(dt.date(year - 1, 1, 1)):
        yield f"通知里有{year - 1}年的日子，而{year - 1}年的放假安排还没有登记，请先登记{year - 1}年的"


def _dropped(years: Mapping[int, DaysOfYear], calendar: WorkCalendar) -> Iterator[str]:
    for year, (off, worked) in years.items():
        had_off, had_worked = _own(calendar, year)
        for title, gone in (("放假", had_off - off), ("上班", had_worked - worked)):
            if gone:
                days = "、".join(map(str, sorted(gone)))
                yield f"日历里原来写着{days}{title}，通知里没有，登记后不再保留；本地另有规定的，请补进通知里再登记"


def _known_already(year: int, calendar: WorkCalendar) -> Iterator[str]:
    if year not in calendar.years and calendar.knows(dt.date(year, 1, 1)):
        yield f"{year}年的放假安排系统里已有，请核对是不是要登记的那一年"


def _write(settings: Settings, path: Path, years: Mapping[int, DaysOfYear], by: str, at: dt.datetime) -> Path:
    """The year into the office's own calendar; the act goes on the log first. Writing the same again changes nothing."""
    own = settings.config / path.name
    before = path.read_bytes().decode("utf-8-sig")
    content = calendar_with(own, before, years).encode()
    if own.exists() and own.read_bytes() == content:
        return own
    migrate(settings.database_url)
    count = "，".join(
        f"{year}年放假{len(off)}天、周末上班{len(worked)}天" for year, (off, worked) in sorted(years.items())
    )
    told = f"{count}；文件校验值 {hashlib.sha256(content).hexdigest()}"
    audit_chain.record_act(settings.database_url, "", _ENTERED, f"{max(years)}年", by, told, at)
    note_head(settings.database_url, settings.data)
    try:
        write_atomically(own, content)
    except OSError as error:
        raise PipelineError(f"日历 {own} 写不进去（{error.strerror}），请检查文件夹的权限后再登记一次") from error
    return own


def _settle(settings: Settings, years: frozenset[int], now: str | None) -> Iterator[str]:
    """Every plan's dates. A plan that cannot be read now settles its own when it can: each run begins with that."""
    for plan in settings.active_plans:
        try:
            yield from settle_calendar(open_context(plan, now, writes=False), years)
        except (ConfigError, LianxiError) as fault:
            yield f"方案 {plan} 的期限还没有改正：{str(fault).splitlines()[0]}；改好后自动改正"
