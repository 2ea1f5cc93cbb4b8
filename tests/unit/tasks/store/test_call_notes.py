"""Telephone calls: recorded once, read by unit or for the whole plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from tasks.model.letter import CallNote
from tasks.store.call_notes import load_calls, note_call

PLAN = "yanqi-2023"
At = Callable[..., dt.datetime]


def test_a_call_comes_back_as_noted_and_the_same_call_is_noted_once(url: str, at: At) -> None:
    said = CallNote(PLAN, "县总工会", "业务负责人", at(27, 15), True, "答应今日报来\x00，下班前。", "示例甲")
    assert note_call(url, said, at(27, 16))
    # A form sent twice, even by somebody else, is one call.
    assert not note_call(url, replace(said, noted_by="示例乙"), at(27, 17))
    assert load_calls(url, PLAN) == (said,)
    assert load_calls(url, "another") == ()


def test_calls_come_oldest_first_and_by_unit(url: str, at: At) -> None:
    unanswered = CallNote(PLAN, "县总工会", "分管领导", at(25, 9), False, "", "示例甲")
    answered = replace(unanswered, called_at=at(26, 9), answered=True, words="已转告")
    other = replace(answered, unit="县金融办", called_at=at(24, 9))
    for each in (answered, unanswered, other):
        assert note_call(url, each, at(27))
    assert load_calls(url, PLAN) == (other, unanswered, answered)
    assert load_calls(url, PLAN, "县总工会") == (unanswered, answered)
