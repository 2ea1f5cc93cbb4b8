"""Numbers as offices write them: converted without loss, or given a code if they are ambiguous."""

from __future__ import annotations

import datetime as dt

import pytest

from tasks.validate.parse_number import read_number


@pytest.mark.parametrize(
    ("written", "unit", "value"),
    [
        (110, "套", 110.0),
        (0, "家", 0.0),
        (0, "%", 0.0),
        ("0", "家", 0.0),
        ("１１０", "套", 110.0),
        (" 110\u200b ", "套", 110.0),
        ("110套", "套", 110.0),
        ("110 套", "套", 110.0),
        ("８５％", "%", 85.0),
        ("85%", "%", 85.0),
        ("1,234", "元", 1234.0),
        ("１，２３４", "元", 1234.0),
        ("1 234", "元", 1234.0),
        ("1,234,567.5", "元", 1234567.5),
        ("0.5亿元", "万元", 5000.0),
        ("11000元", "万元", 1.1),
        ("2.3万元", "万元", 2.3),
        ("2.3万", "户", 23000.0),
        ("10万人次", "万人次", 10.0),
        ("一百一十套", "套", 110.0),
        ("百分之八十五", "%", 85.0),
        ("85.0㎡", "平方米", 85.0),
        ("-5", "套", -5.0),
    ],
)
def test_a_number_is_read_in_every_notation(written: object, unit: str, value: float) -> None:
    number = read_number(written, unit)
    assert (number.value, number.fault) == (value, None)


@pytest.mark.parametrize(
    ("written", "unit", "code"),
    [
        ("约85%", "%", "V103"),
        ("85%左右", "%", "V103"),
        ("近九成", "%", "V103"),
        ("过半", "%", "V103"),
        (">85%", "%", "V103"),
        ("十余家", "家", "V103"),
        ("若干", "家", "V103"),
        ("30多家", "家", "V103"),
        ("#REF!", "家", "V104"),
        ("#N/A", "家", "V104"),
        ("########", "家", "V104"),
        ("=SUM(A1:A3)", "家", "V105"),
        (dt.datetime(2023, 2, 3), "家", "V106"),
        ("1—2条", "条", "V107"),
        ("2～3家", "家", "V107"),
        ("604户", "套", "V108"),
        ("2.3万", "万元", "V108"),
        ("85%", "套", "V108"),
        (0.85, "%", "V109"),
        (85, "%", "V109"),
        ("85", "%", "V109"),
        ("1，2", "元", "V110"),
        ("1,23,456", "元", "V110"),
        ("无", "家", "V111"),
        ("—", "家", "V111"),
        ("／", "家", "V111"),
        ("完成85", "套", "V102"),
        ("①", "家", "V102"),
        ("½", "家", "V102"),
        ("三百五", "套", "V102"),
        (True, "套", "V102"),
        (float("inf"), "套", "V102"),
        ("9" * 400, "套", "V102"),
        ("9" * 400, "%", "V102"),
        ("9" * 308 + "亿", "套", "V102"),
        ("九" * 400, "套", "V102"),
    ],
)
def test_an_ambiguous_number_gets_a_code_and_no_value(written: object, unit: str, code: str) -> None:
    number = read_number(written, unit)
    assert number.fault == code
    assert number.value is None or code == "V109"


@pytest.mark.parametrize("blank", [None, "", "  ", "\u3000", "\u200b", "_x000D_"])
def test_a_blank_cell_is_neither_a_number_nor_a_fault(blank: object) -> None:
    number = read_number(blank, "套")
    assert (number.value, number.fault, number.text) == (None, None, "")


def test_a_conversion_has_a_reason_and_a_plain_number_has_none() -> None:
    assert read_number("0.5亿元", "万元").repair == "按写明的单位换算"
    assert read_number("110套", "套").repair == "去掉单元格内的单位"
    assert read_number("110", "套").repair == ""


def test_an_unclear_percentage_names_the_readings() -> None:
    assert read_number(0.85, "%").expected == "0.85%还是85%"
