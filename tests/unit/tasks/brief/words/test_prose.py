"""Numbers, percentages, quotations and masks of official prose."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.brief.words.prose import (
    chinese_numeral,
    joined,
    long_date,
    percent_words,
    percentages,
    quoted,
    signed,
    trimmed,
)
from tasks.text import figure_text


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=12))
def test_percentages_are_whole_add_up_to_100_and_stay_within_one_of_the_truth(counts: list[int]) -> None:
    shares = percentages(counts)
    total = sum(counts)
    assert sum(shares) == (100 if total else 0)
    if total:
        assert all(abs(share - count * 100 / total) < 1 for share, count in zip(shares, counts, strict=True))
    assert all(share == 0 for share, count in zip(shares, counts, strict=True) if count == 0)


@pytest.mark.parametrize(
    ("counts", "shares"),
    [((12, 1, 2, 2), (70, 6, 12, 12)), ((1, 1, 1), (34, 33, 33)), ((5,), (100,)), ((0, 0), (0, 0))],
)
def test_the_largest_remainder_gets_the_missing_point(counts: tuple[int, ...], shares: tuple[int, ...]) -> None:
    assert percentages(counts) == shares


@pytest.mark.parametrize(
    ("share", "shown"),
    [(0.0, 0), (0.001, 1), (0.004, 1), (0.145, 15), (0.29, 29), (0.994, 99), (0.999, 99), (1.0, 100), (1.164, 116)],
)
def test_a_share_reads_100_only_when_done_and_0_only_when_nothing_is(share: float, shown: int) -> None:
    assert percent_words(share) == shown


@pytest.mark.parametrize(
    ("number", "words"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (21, "二十一"), (99, "九十九")]
)
def test_numbers_in_headings_are_chinese(number: int, words: str) -> None:
    assert chinese_numeral(number) == words


def test_dates_have_no_leading_zeros() -> None:
    assert long_date(dt.date(2023, 1, 5)) == "2023年1月5日"


@pytest.mark.parametrize(
    ("value", "text"), [(604.0, "604"), (12.5, "12.5"), (0.1 + 0.2, "0.3"), (15000.0, "15000"), (1e6, "1000000")]
)
def test_figures_are_written_without_noise(value: float, text: str) -> None:
    assert figure_text(value) == text


@pytest.mark.parametrize(("value", "text"), [(36.0, "+36"), (-2.5, "-2.5"), (0.0, "持平")])
def test_a_change_carries_its_sign(value: float, text: str) -> None:
    assert signed(value) == text


@pytest.mark.parametrize(
    ("text", "limit", "kept"),
    [
        ("甲完成。乙完成。", 8, "甲完成。乙完成。"),
        ("甲完成。乙完成。", 7, "甲完成。"),
        ("甲完成。\n乙完成。", 20, "甲完成。乙完成。"),
        ("甲完成\n乙 完成，\n丙 3 项", 20, "甲完成；乙完成，丙3项"),
        ("他说“好。”又说不好。", 8, "他说“好。”"),
        ("完成三项。一是（甲；乙；丙丁戊）。", 12, "完成三项。"),
        ("一二三四五六，七八九十", 9, "一二三四五六……"),
        ("一二三四五六七八九十", 6, "一二三四……"),
        ("短", 1, "短"),
    ],
)
def test_words_are_trimmed_at_a_sentences_end_or_at_a_clause(text: str, limit: int, kept: str) -> None:
    assert trimmed(text, limit) == kept


@given(st.text(alphabet="甲乙丙，。；！“”1 ", max_size=80), st.integers(4, 40))
def test_a_trimmed_text_is_never_longer_than_its_limit(text: str, limit: int) -> None:
    assert len(trimmed(text, limit)) <= limit


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("已完成", "“已完成。”"),
        ("已完成。", "“已完成。”"),
        ("推行“直补快办”；", "“推行‘直补快办’。”"),
        ("手机13812345678", "“手机138****5678。”"),
        ("打造“夏日‘焉’火”品牌", "“打造‘夏日“焉”火’品牌。”"),
        ('推行"直补快办"', "“推行‘直补快办’。”"),
        ("已完成.", "“已完成。”"),
        ("情况如下：", "“情况如下。”"),
    ],
)
def test_a_quotation_is_closed_masked_and_nested(words: str, wanted: str) -> None:
    assert quoted(words, 50) == wanted


def test_long_lists_of_names_end_with_et_cetera() -> None:
    assert joined(["甲", "乙", "丙"], 2) == "甲、乙等"
    assert joined(["甲", "乙"], 2) == "甲、乙"
