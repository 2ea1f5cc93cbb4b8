"""Chinese numerals: plain ones are numbers, colloquial short forms are not."""

from __future__ import annotations

import pytest

from tasks.validate.chinese_numerals import parse_chinese_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("零", 0),
        ("十", 10),
        ("十五", 15),
        ("二十", 20),
        ("一百零五", 105),
        ("一百一十", 110),
        ("两百", 200),
        ("三千零五十", 3050),
        ("一万二千", 12000),
        ("一千零一万", 10010000),
        ("一亿二千万", 120000000),
        ("二〇二三", 2023),
        ("三点五", 3.5),
    ],
)
def test_a_plain_numeral_is_converted(text: str, number: float) -> None:
    assert parse_chinese_number(text) == number


@pytest.mark.parametrize("text", ["", "三百五", "一万二", "三五", "万", "点五", "三点", "十余", "一二百", "十百"])
def test_an_ambiguous_numeral_gives_none(text: str) -> None:
    assert parse_chinese_number(text) is None
