"""Matters of the meeting: entered once, changed until closed, kept for ever."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from tasks.errors import InputError
from tasks.model.meeting import DecisionsRegister, Matter
from tasks.store import audit_chain
from tasks.store.brief_issues import freeze_issue, number_is_free, save_brief_draft
from tasks.store.meeting_matters import (
    ChangedBy,
    apply_register,
    change_matters,
    enter_decision,
    enter_matters,
    load_matters,
)

PLAN = "yanqi-2023"
CHANGED_BY = ChangedBy("示例甲")
At = Callable[..., dt.datetime]
ASKED = Matter(
    "协2023-10-1", "协调事项", "2023-10", "3", "县住建局", "请加快用地预审。", "县财政局", dt.date(2023, 12, 1)
)
BLANK = replace(ASKED, measure="", raised_by="", words="", owner="", due=None)


def test_a_matter_comes_back_as_entered_and_is_entered_once(url: str, at: At) -> None:
    assert enter_matters(url, PLAN, [ASKED], at(1)) == 1
    assert enter_matters(url, PLAN, [replace(ASKED, words="另一说法")], at(2)) == 0
    assert load_matters(url, PLAN) == (ASKED,)
    assert load_matters(url, "another") == ()


def test_a_change_applies_its_fields_and_ignores_blank_ones(url: str, at: At) -> None:
    enter_matters(url, PLAN, [ASKED], at(1))
    assert (
        change_matters(url, PLAN, [replace(BLANK, owner="县自然资源局", progress="已受理。")], CHANGED_BY, at(2)) == 1
    )
    assert load_matters(url, PLAN) == (replace(ASKED, owner="县自然资源局", progress="已受理。"),)
    assert change_matters(url, PLAN, [BLANK], CHANGED_BY, at(3)) == 0


def test_a_closed_matter_stays_as_it_was_closed(url: str, at: At) -> None:
    closed = replace(BLANK, state="已销号", closed_on=dt.date(2023, 11, 15))
    enter_matters(url, PLAN, [ASKED], at(1))
    assert change_matters(url, PLAN, [closed], CHANGED_BY, at(2)) == 1
    assert change_matters(url, PLAN, [ASKED, replace(closed, closed_on=dt.date(2023, 11, 20))], CHANGED_BY, at(3)) == 0
    (found,) = load_matters(url, PLAN)
    assert (found.state, found.closed_on, found.words) == ("已销号", dt.date(2023, 11, 15), ASKED.words)


def test_a_decision_enters_through_the_register(url: str, at: At) -> None:
    decided = Matter("议2023-10-1", "议定事项", "2023-10", "", "联席会议", "拨付补贴。", "县财政局", None)
    assert change_matters(url, PLAN, [decided], CHANGED_BY, at(1)) == 1
    assert load_matters(url, PLAN) == (decided,)


def test_matters_come_in_the_order_in_which_they_were_raised(url: str, at: At) -> None:
    numbers = ["协2023-11-1", "协2023-10-10", "议2023-10-1", "协2023-10-2"]
    matters = [replace(ASKED, no=n, period=n[1:8], kind="议定事项" if n[0] == "议" else "协调事项") for n in numbers]
    enter_matters(url, PLAN, matters, at(1))
    assert [m.no for m in load_matters(url, PLAN)] == ["协2023-10-2", "协2023-10-10", "议2023-10-1", "协2023-11-1"]


def test_a_register_read_again_undoes_nothing_that_was_changed_elsewhere(url: str, at: At) -> None:
    """The workbook still shows the owner it was issued with; a form has named another since."""
    decided = replace(ASKED, no="议2023-10-1", kind="议定事项")
    typed = DecisionsRegister("2023-10", (ASKED, decided), (ASKED,))
    enter_matters(url, PLAN, [ASKED], at(1))
    assert apply_register(url, PLAN, typed, at(2)) == 1
    change_matters(
        url, PLAN, [replace(BLANK, owner="县自然资源局"), replace(decided, words="改后的说法")], CHANGED_BY, at(3)
    )
    assert apply_register(url, PLAN, typed, at(4)) == 0
    more = replace(typed, told=(replace(ASKED, progress="已受理。"), decided))
    assert apply_register(url, PLAN, more, at(5)) == 1
    assert load_matters(url, PLAN) == (
        replace(ASKED, owner="县自然资源局", progress="已受理。"),
        replace(decided, words="改后的说法"),
    )
    assert apply_register(url, "another", typed, at(6)) == 1


def test_what_a_person_enters_changes_or_closes_is_in_the_audit_log(url: str, at: At) -> None:
    closed = replace(ASKED, state="已销号", closed_on=dt.date(2023, 11, 15), progress="示例乙已办。")
    decided = replace(ASKED, no="", kind="议定事项", words="示例乙牵头拨付补贴。")
    enter_matters(url, PLAN, [ASKED], at(1))
    change_matters(url, PLAN, [replace(BLANK, owner="县自然资源局", due=dt.date(2023, 12, 8))], CHANGED_BY, at(2))
    new = enter_decision(url, PLAN, decided, 31, CHANGED_BY, at(3))
    for _ in range(2):
        apply_register(url, PLAN, DecisionsRegister("2023-10", (closed,), (ASKED,), "0a1b"), at(4))
        change_matters(url, PLAN, [replace(closed, progress="再改")], CHANGED_BY, at(5))
    told = audit_chain.audit_entries(url)
    assert [(one.act, one.subject, one.by, one.detail) for one in told] == [
        ("更新会议事项", ASKED.no, "示例甲", "责任单位有改动；办结期限 2023-12-08"),
        ("登记会议事项", new.no, "示例甲", "办结期限 2023-12-01"),
        ("会议事项销号", ASKED.no, "2023-10议定事项登记表", "办理情况有改动；办结日期 2023-11-15；登记表校验值 0a1b"),
    ]
    # Free text may name a person, and the log is never erased.
    assert "示例乙" not in str(told) and audit_chain.check_chain(told) is None


def test_a_decision_gets_the_next_number_and_the_same_again_is_the_same(url: str, at: At) -> None:
    decided = Matter("", "议定事项", "2023-10", "", "联席会议", "拨付补贴。", "县财政局", None)
    assert enter_decision(url, PLAN, decided, 31, CHANGED_BY, at(1)).no == "议2023-10-31"
    assert enter_decision(url, PLAN, decided, 31, CHANGED_BY, at(2)).no == "议2023-10-31"
    assert enter_decision(url, PLAN, replace(decided, words="另一件。"), 31, CHANGED_BY, at(3)).no == "议2023-10-32"
    change_matters(url, PLAN, [replace(decided, no="议2023-10-40")], CHANGED_BY, at(4))
    assert enter_decision(url, PLAN, replace(decided, words="第三件。"), 31, CHANGED_BY, at(5)).no == "议2023-10-41"
    assert enter_decision(url, PLAN, replace(decided, period="2023-11"), 31, CHANGED_BY, at(6)).no == "议2023-11-31"
    assert len(load_matters(url, PLAN)) == 5


def test_an_issue_is_frozen_with_the_number_and_the_words_its_approver_settled(url: str, at: At) -> None:
    save_brief_draft(url, PLAN, "2023-10", 1, "一稿", at(1))
    save_brief_draft(url, PLAN, "2023-11", 2, "二稿", at(2))
    assert [number_is_free(url, PLAN, "2023-11", n) for n in (0, 1, 2, 3)] == [False, False, True, True]
    with pytest.raises(InputError, match="第1期已用于 2023-10"):
        freeze_issue(url, PLAN, "2023-11", "张三", at(3), issue_no=1)
    frozen = freeze_issue(url, PLAN, "2023-11", "张三", at(3), issue_no=5, content_json="定稿")
    assert (frozen.issue_no, frozen.content_json, frozen.state) == (5, "定稿", "frozen")
    assert freeze_issue(url, PLAN, "2023-11", "张三", at(4), issue_no=6, content_json="再改") == frozen
