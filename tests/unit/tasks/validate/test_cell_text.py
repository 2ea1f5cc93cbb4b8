"""Cells as text: as written, and normalised for matching."""

from __future__ import annotations

import datetime as dt

import pytest

from tasks.validate.cell_text import cell_text_of, folded_text, measure_no, phone_numbers


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (22.0, "22"),
        (0.85, "0.85"),
        (7, "7"),
        (float("inf"), "inf"),
        (True, "是"),
        (dt.datetime(2023, 10, 20), "2023-10-20"),
        (" a ", " a "),
        ("办\x00\x01理\ufffe\ud800好\t了\n", "办理好\t了\n"),
    ],
)
def test_a_value_as_text_is_unchanged(value: object, text: str) -> None:
    assert cell_text_of(value) == text


@pytest.mark.parametrize(
    ("written", "no"),
    [("22", "22"), ("第２２项", "22"), ("22、", "22"), ("22.0", "22"), ("（三）", "三"), ("022", "22"), ("甲", "甲")],
)
def test_a_measure_number_is_the_registered_one(written: str, no: str) -> None:
    assert measure_no(written) == no


def test_folding_removes_invisible_characters() -> None:
    assert folded_text("\ufeff８５　％_x000D_\n") == "85 %"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("１３９００００００００", "13900000000"),
        ("0996 1234567", "0996-1234567"),
        ("(0996)1234567", "0996-1234567"),
        ("0996—1234567", "0996-1234567"),
        ("13900000000，0996-1234567", "13900000000、0996-1234567"),
    ],
)
def test_telephone_numbers_come_in_one_form(written: str, read: str) -> None:
    assert phone_numbers(written) == read
