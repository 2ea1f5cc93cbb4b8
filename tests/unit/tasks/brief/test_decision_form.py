"""A decision entered in the form: the matter it gives, and the message for what cannot be used."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from tasks.brief.decision_form import DecisionEntry, matter_of
from tasks.errors import InputError
from tasks.model.meeting import Matter
from tests.golden import november, story

TODAY = dt.date(2023, 12, 1)
OPEN = "议2023-10-1"
CLOSED = "协2023-10-2"


def entered(**filled: str) -> Matter:
    return matter_of(DecisionEntry(**filled), "2023-11", november.matters(), story.county(), TODAY)


def test_an_entry_without_a_number_is_a_new_decision_of_the_period() -> None:
    assert entered(words="制定  年货节方案。", owner="县商工局，县财政局", due="2024年1月10日") == Matter(
        "", "议定事项", "2023-11", "", "联席会议", "制定 年货节方案。", "县商工局、县财政局", dt.date(2024, 1, 10)
    )


def test_a_number_changes_only_what_is_filled_in() -> None:
    changed = entered(no=f" {OPEN} ", progress="已拨付一半。")
    assert changed == Matter(OPEN, "议定事项", "2023-10", "", "", "", "", None, "已拨付一半。")


def test_a_closing_day_closes_a_matter_of_either_kind() -> None:
    assert (entered(no=OPEN, closed_on="2023-12-01").state, entered(no="协2023-10-1", closed_on="2023.11.30").kind) == (
        "已销号",
        "协调事项",
    )


@pytest.mark.parametrize(
    ("filled", "words"),
    [
        ({}, "请填写议定的事项"),
        ({"no": OPEN}, "没有填写要更新的内容"),
        ({"no": "议2023-10-9", "progress": "已办"}, "没有编号为“议2023-10-9”的事项"),
        ({"no": CLOSED, "progress": "再办"}, "11月15日销号，不能再改"),
        ({"words": "拨付补贴", "owner": "县财政句"}, "县财政局"),
        ({"words": "拨付补贴", "due": "月底"}, "办结期限“月底”不是日期"),
        ({"words": "拨付补贴", "due": "2023-02-30"}, "不是日期"),
        ({"no": OPEN, "closed_on": "2023-12-02"}, "还没有到"),
    ],
)
def test_what_cannot_be_used_is_refused_with_what_to_do(filled: dict[str, str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        entered(**filled)


def test_a_matter_closed_without_a_day_cannot_be_changed_either() -> None:
    closed = replace(november.matters()[0], state="已销号", closed_on=None)
    with pytest.raises(InputError, match="此前销号"):
        matter_of(DecisionEntry(no=closed.no, progress="再办"), "2023-11", [closed], story.county(), TODAY)
