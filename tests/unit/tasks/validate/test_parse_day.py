"""Days as offices write them: full days, months that stay months, open-ended words, and ambiguous texts."""

from __future__ import annotations

import datetime as dt

import pytest

from tasks.validate.parse_day import read_day

START, END = dt.date(2023, 10, 1), dt.date(2023, 10, 31)
WORDS = ("持续推进", "长期")


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("2023.10.20", "2023-10-20"),
        ("2023年10月20日", "2023-10-20"),
        ("2023/10/20", "2023-10-20"),
        ("２０２３－１０－２０", "2023-10-20"),
        ("20231020", "2023-10-20"),
        (20231020.0, "2023-10-20"),
        (45219, "2023-10-20"),
        ("45219", "2023-10-20"),
        (dt.datetime(2023, 10, 20, 9, 30), "2023-10-20"),
        ("二〇二三年十月二十日", "2023-10-20"),
        ("2023年10月", "2023-10"),
        ("2023年12月底", "2023-12"),
        ("2023年底", "2023-12"),
        ("年底", "2023-12"),
        ("10月底", "2023-10"),
        ("12月31日前", "2023-12-31"),
        ("9999年底", "9999-12"),
        ("持续推进", "持续推进"),
        ("长期", "长期"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_day_is_read_in_every_notation(written: object, text: str) -> None:
    day = read_day(written, WORDS, START, END)
    assert (day.text, day.fault) == (text, None)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("2023.9.31", "V115"),
        ("2月30日", "V115"),
        ("2023-13", "V115"),
        ("0000年5月", "V115"),
        ("一" * 400 + "年", "V116"),
        ("9" * 5000, "V116"),
        (float("inf"), "V116"),
        ("10.20", "V116"),
        (10.2, "V116"),
        ("5月", "V116"),
        ("尽快", "V116"),
        (7, "V116"),
    ],
)
def test_an_impossible_or_ambiguous_day_gets_a_code(written: object, code: str) -> None:
    assert read_day(written, WORDS, START, END).fault == code


def test_a_month_has_its_first_and_last_day_as_bounds() -> None:
    day = read_day("2024年2月", WORDS, START, END)
    assert (day.first, day.last) == (dt.date(2024, 2, 1), dt.date(2024, 2, 29))


@pytest.mark.parametrize(
    ("written", "done", "fault"), [("9月20日", True, None), ("11月20日", True, "V116"), ("9月20日", False, "V116")]
)
def test_a_day_without_a_year_takes_the_year_only_if_that_fits(written: str, done: bool, fault: str | None) -> None:
    assert read_day(written, WORDS, START, END, done).fault == fault


@pytest.mark.parametrize("written", ["0" * 5000 + "45219", "一" * 10**6, "1" * 10**6 + "年", "年" * 10**6])
def test_a_text_too_long_for_a_day_gets_a_code_at_once(written: str) -> None:
    day = read_day(written, WORDS, START, END)
    assert (day.text, day.fault, day.first) == (written, "V116", None)
