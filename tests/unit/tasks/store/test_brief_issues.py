"""An issue keeps its number from the first draft, and its content from the day it is frozen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from tasks.errors import InputError
from tasks.store.brief_issues import freeze_issue, load_brief, load_briefs, next_issue_no, save_brief_draft
from tests.forking import forked

PLAN = "yanqi-2023"
At = Callable[..., dt.datetime]


def test_a_draft_comes_back_as_saved(url: str, at: At) -> None:
    saved = save_brief_draft(url, PLAN, "2023-10", 1, '{"标题": "第1期"}', at(25))
    assert load_brief(url, PLAN, "2023-10") == saved
    assert (saved.year, saved.issue_no, saved.state, saved.content_json) == (2023, 1, "draft", '{"标题": "第1期"}')
    assert (saved.drafted_at, saved.frozen_at, saved.frozen_by) == (at(25), None, None)
    assert load_brief(url, PLAN, "2023-11") is None


def test_numbers_count_within_plan_and_year(url: str, at: At) -> None:
    assert next_issue_no(url, PLAN, 2023) == 1
    save_brief_draft(url, PLAN, "2023-10", 1, "{}", at(25))
    assert (next_issue_no(url, PLAN, 2023), next_issue_no(url, PLAN, 2024), next_issue_no(url, "hejing", 2023)) == (
        2,
        1,
        1,
    )


def test_drafted_again_an_issue_keeps_its_number_and_year(url: str, at: At) -> None:
    save_brief_draft(url, PLAN, "2023-10", 1, "一稿", at(25))
    again = save_brief_draft(url, PLAN, "2023-10", 2, "二稿", at(25).replace(year=2024))
    assert (again.issue_no, again.year, again.content_json) == (1, 2023, "二稿")
    assert next_issue_no(url, PLAN, 2023) == 2


def test_saving_the_same_draft_changes_nothing(url: str, at: At) -> None:
    first = save_brief_draft(url, PLAN, "2023-10", 1, "一稿", at(25))
    assert save_brief_draft(url, PLAN, "2023-10", 1, "一稿", at(26)) == first


def test_a_number_is_given_once(url: str, at: At) -> None:
    save_brief_draft(url, PLAN, "2023-10", 1, "一稿", at(25))
    with pytest.raises(InputError, match="第1期已用于 2023-10"):
        save_brief_draft(url, PLAN, "2023-11", 1, "一稿", at(25))
    assert save_brief_draft(url, PLAN, "2023-12", 1, "一稿", at(25), year=2024).year == 2024


def test_frozen_content_never_changes(url: str, at: At) -> None:
    save_brief_draft(url, PLAN, "2023-10", 1, "定稿", at(25))
    frozen = freeze_issue(url, PLAN, "2023-10", "张三", at(26))
    assert (frozen.state, frozen.frozen_by, frozen.frozen_at) == ("frozen", "张三", at(26))
    with pytest.raises(InputError, match="已定稿"):
        save_brief_draft(url, PLAN, "2023-10", 1, "改稿", at(27))
    assert save_brief_draft(url, PLAN, "2023-10", 1, "定稿", at(27)) == frozen
    assert load_brief(url, PLAN, "2023-10") == frozen


def test_freezing_again_returns_the_issue_as_first_frozen(url: str, at: At) -> None:
    save_brief_draft(url, PLAN, "2023-10", 1, "定稿", at(25))
    frozen = freeze_issue(url, PLAN, "2023-10", "张三", at(26))
    assert freeze_issue(url, PLAN, "2023-10", "李四", at(27)) == frozen


def test_there_is_nothing_to_freeze_without_a_draft_or_a_name(url: str, at: At) -> None:
    with pytest.raises(InputError, match="还没有简报草稿"):
        freeze_issue(url, PLAN, "2023-10", "张三", at(26))
    save_brief_draft(url, PLAN, "2023-10", 1, "定稿", at(25))
    with pytest.raises(InputError, match="审批人"):
        freeze_issue(url, PLAN, "2023-10", " ", at(26))


def test_issues_are_listed_in_the_order_of_their_numbers(url: str, at: At) -> None:
    for period, number in (("2023-11", 2), ("2023-10", 1)):
        save_brief_draft(url, PLAN, period, number, "稿", at(25))
    assert [(one.period, one.issue_no) for one in load_briefs(url, PLAN)] == [("2023-10", 1), ("2023-11", 2)]


def test_two_who_freeze_at_once_freeze_once(url: str, at: At) -> None:
    save_brief_draft(url, PLAN, "2023-10", 1, "定稿", at(25))
    processes = [forked(freeze_issue, url, PLAN, "2023-10", by, at(26)) for by in ("张三", "李四")]
    for process in processes:
        process.start()
    for process in processes:
        process.join(20)
    assert [process.exitcode for process in processes] == [0, 0]
    stored = load_brief(url, PLAN, "2023-10")
    assert stored is not None and stored.state == "frozen" and stored.frozen_by in ("张三", "李四")
