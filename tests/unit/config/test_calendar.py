"""Periods as people write them, and workdays with 调休, holidays and the office's additions."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.calendar import HolidayPolicy, Period, load_calendar
from config.config_errors import ConfigError

CALENDAR = load_calendar()
DAYS = st.dates(dt.date(2005, 1, 1), dt.date(2025, 12, 31))
STEPS = st.integers(-60, 60)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("written", "key", "label", "start", "end"),
    [
        ("2023-10", "2023-10", "2023年10月", "2023-10-01", "2023-10-31"),
        ("2024-02", "2024-02", "2024年2月", "2024-02-01", "2024-02-29"),
        ("2023年10月", "2023-10", "2023年10月", "2023-10-01", "2023-10-31"),
        ("2023年1月份", "2023-01", "2023年1月", "2023-01-01", "2023-01-31"),
        ("２０２３．１０", "2023-10", "2023年10月", "2023-10-01", "2023-10-31"),
        ("202310", "2023-10", "2023年10月", "2023-10-01", "2023-10-31"),
        ("2023-Q4", "2023-Q4", "2023年第四季度", "2023-10-01", "2023-12-31"),
        ("2023年四季度", "2023-Q4", "2023年第四季度", "2023-10-01", "2023-12-31"),
        ("2023年第1季度", "2023-Q1", "2023年第一季度", "2023-01-01", "2023-03-31"),
        ("2023", "2023", "2023年", "2023-01-01", "2023-12-31"),
        ("2023年度", "2023", "2023年", "2023-01-01", "2023-12-31"),
    ],
)
def test_a_period_is_read_in_every_full_form(written: str, key: str, label: str, start: str, end: str) -> None:
    period = Period.parse(written)
    assert (period.text, period.label, period.start, period.end) == (key, label, day(start), day(end))


@pytest.mark.parametrize(
    "written", ["", "10月", "2023-13", "2023-00", "2023-Q5", "20234", "2023-10-20", "十月", "0000-01", "23-10"]
)
def test_a_period_without_a_full_year_or_a_real_month_is_refused_in_plain_words(written: str) -> None:
    with pytest.raises(ValueError, match="不是可用的"):
        Period.parse(written)


@pytest.mark.parametrize(
    ("text", "previous", "following"),
    [
        ("2023-01", "2022-12", "2023-02"),
        ("2023-Q1", "2022-Q4", "2023-Q2"),
        ("2023", "2022", "2024"),
        ("2023-12", "2023-11", "2024-01"),
    ],
)
def test_neighbours_cross_the_year(text: str, previous: str, following: str) -> None:
    period = Period.parse(text)
    assert (period.previous().text, period.next().text) == (previous, following)


@given(st.dates(dt.date(1900, 1, 1), dt.date(2999, 12, 31)))
def test_the_month_of_a_day_contains_it_and_borders_on_its_neighbours(when: dt.date) -> None:
    period = Period.of(when)
    assert period.contains(when)
    assert period.next().previous() == period == Period.parse(period.text) == Period.parse(period.label)
    assert period.previous().end + dt.timedelta(days=1) == period.start


@pytest.mark.parametrize(
    ("when", "works"),
    [
        ("2023-09-28", True),
        ("2023-09-29", False),
        ("2023-09-30", False),
        ("2023-10-06", False),
        ("2023-10-07", True),
        ("2023-10-08", True),
        ("2023-10-14", False),
        ("2023-10-20", True),
        ("2023-12-31", False),
    ],
)
def test_the_autumn_of_2023(when: str, works: bool) -> None:
    assert CALENDAR.is_workday(day(when)) is works


@pytest.mark.parametrize(
    ("policy", "moved"), [("keep", "2023-09-30"), ("next_workday", "2023-10-07"), ("previous_workday", "2023-09-28")]
)
def test_the_due_day_inside_the_national_day_break(policy: HolidayPolicy, moved: str) -> None:
    assert CALENDAR.shift(day("2023-09-30"), policy) == day(moved)


@given(DAYS)
def test_a_due_day_shifted_to_the_next_workday_is_never_a_holiday(due: dt.date) -> None:
    moved = CALENDAR.shift(due, "next_workday")
    assert CALENDAR.is_workday(moved) and moved >= due
    assert not any(CALENDAR.is_workday(due + dt.timedelta(days=n)) for n in range((moved - due).days))


@given(DAYS)
def test_a_due_day_shifted_back_is_a_workday_and_never_later(due: dt.date) -> None:
    moved = CALENDAR.shift(due, "previous_workday")
    assert CALENDAR.is_workday(moved) and moved <= due


@given(DAYS, STEPS)
def test_counting_workdays_is_the_inverse_of_adding_them(when: dt.date, n: int) -> None:
    assert CALENDAR.workdays_between(when, CALENDAR.add_workdays(when, n)) == n


@given(DAYS, STEPS)
def test_adding_and_subtracting_workdays_returns_to_the_same_workday(when: dt.date, n: int) -> None:
    start = CALENDAR.shift(when, "next_workday")
    assert CALENDAR.add_workdays(CALENDAR.add_workdays(start, n), -n) == start


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("2023-10-20", -3, "2023-10-17"),
        ("2023-10-20", 0, "2023-10-20"),
        ("2023-10-20", 1, "2023-10-23"),
        ("2023-10-20", 5, "2023-10-27"),
        ("2023-09-28", 1, "2023-10-07"),
        ("2023-09-30", -1, "2023-09-28"),
    ],
)
def test_workdays_step_over_weekends_and_breaks(start: str, n: int, end: str) -> None:
    assert CALENDAR.add_workdays(day(start), n) == day(end)


def written(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "calendar.toml"
    path.write_text("\n".join(("[years]", *lines)), "utf-8")
    return path


def test_a_year_nobody_wrote_down_is_counted_by_weekdays_and_fixed_holidays_and_is_not_known(tmp_path: Path) -> None:
    calendar = load_calendar(written(tmp_path))
    # 2093 is no year of any table: 1 January is a Thursday there, 1 October too.
    assert [calendar.is_workday(day(f"2093-01-{n:02}")) for n in (1, 2, 3, 4, 5)] == [False, True, False, False, True]
    assert [calendar.is_workday(day(f"2093-10-{n:02}")) for n in (1, 2, 5)] == [False, False, True]
    assert not calendar.knows(day("2026-12-30"), day("2093-01-05")) and calendar.knows(day("2026-12-30"))
    known = load_calendar(written(tmp_path, '2093 = { holidays = ["2093-01-01..2093-01-04"], workdays = [] }'))
    assert known.knows(day("2093-01-05")) and known.is_workday(day("2093-10-01"))


@pytest.mark.parametrize("when", ["1999-05-03", "2003-12-31", "2093-05-03", "9999-12-31"])
def test_no_day_of_any_year_is_an_error(when: str) -> None:
    assert isinstance(CALENDAR.is_workday(day(when)), bool)
    assert CALENDAR.knows(day(when)) is (when < "2027")
    assert CALENDAR.year_to_ask_for(day(when)) in (None, int(when[:4]))


def test_an_added_year_keeps_its_breaks_and_working_weekends(tmp_path: Path) -> None:
    line = '2027 = { holidays = ["2027-01-01", "2027-02-05..2027-02-11"], workdays = ["2027-02-20"] }'
    calendar = load_calendar(written(tmp_path, line))
    works = [calendar.is_workday(day(f"2027-02-{n:02}")) for n in (4, 5, 11, 12, 13, 20)]
    assert works == [True, False, False, True, False, True]


def test_a_local_holiday_changes_only_its_day_of_a_built_in_year(tmp_path: Path) -> None:
    calendar = load_calendar(written(tmp_path, '2023 = { holidays = ["2023-06-28"] }'))
    assert not calendar.is_workday(day("2023-06-28"))
    assert not calendar.is_workday(day("2023-09-30")) and calendar.is_workday(day("2023-10-07"))


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ('next = { holidays = ["2027-01-01"] }', "不是年份"),
        ('2027 = { holiday = ["2027-01-01"] }', "写法不对"),
        ('2027 = ["2027-01-01"]', "写法不对"),
        ('2027 = { holidays = ["2027-02-30"] }', "2027-02-30"),
        ('2027 = { holidays = ["2028-01-01"] }', "2028-01-01"),
        ('2027 = { holidays = ["2027-02-11..2027-02-05"] }', "先早后晚"),
        ('2027 = { holidays = ["2027-02-06"], workdays = ["2027-02-06"] }', "既写成放假又写成上班"),
    ],
)
def test_a_wrong_line_is_refused_with_its_number(tmp_path: Path, line: str, word: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_calendar(written(tmp_path, '2028 = { holidays = ["2028-01-01"] }', line))
    assert [fault.line for fault in caught.value.faults] == [3]
    assert word in str(caught.value)
