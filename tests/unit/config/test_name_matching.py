"""The comparison of names: which differences are ignored."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.name_matching import normalise, normalise_title, written_forms


@pytest.mark.parametrize(
    ("read", "same_as"),
    [
        ("县 财政局", "县财政局"),
        ("县财政局\u3000", "县财政局"),
        ("\ufeff县财\u200b政局\n", "县财政局"),
        ("县财政局_x000D_", "县财政局"),
        ("８５％", "85%"),
        ("填报单位（盖章）", "填报单位(盖章)"),
    ],
)
def test_width_space_and_invisible_marks_do_not_make_another_name(read: str, same_as: str) -> None:
    assert normalise(read) == same_as


@pytest.mark.parametrize("read", ["存在问题：", "存在问题:", "*存在问题", "存在问题*", "存在 问题*："])
def test_a_title_keeps_its_name_with_a_colon_or_a_required_mark(read: str) -> None:
    assert normalise_title(read) == "存在问题"


# Removing one "_x000D_" can join its neighbours into another; no office types that.
@given(st.text(st.characters(exclude_characters="_＿︳︴﹍﹎﹏")))
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


def test_written_out_forms_apply_only_to_a_name_that_begins_with_the_level_word() -> None:
    assert list(written_forms("县财政局", "县", ("甲县", "甲自治县"))) == ["县财政局", "甲县财政局", "甲自治县财政局"]
    assert list(written_forms("财政局", "县", ("甲县",))) == ["财政局"]
