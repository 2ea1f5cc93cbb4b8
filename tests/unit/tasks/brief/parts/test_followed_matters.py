"""Matters are numbered once, followed until closed, and keep their number when raised again."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from tasks.brief.background import BriefBackground
from tasks.brief.parts.followed_matters import followed_blocks, matter_state_words, matters_of_issue
from tasks.model.meeting import Matter
from tests.golden import november, story

ON = dt.date(2023, 12, 1)


def test_what_units_ask_gets_a_number_an_owner_and_a_day() -> None:
    found = matters_of_issue(story.rollup(), BriefBackground(matter_due=dt.date(2023, 12, 1)))
    assert [(m.no, m.measure, m.raised_by, m.owner, m.due) for m in found.raised] == [
        ("协2023-10-1", "3", "县住建局", "县财政局", dt.date(2023, 12, 1)),
        ("协2023-10-2", "19", "县财政局", "县财政局", dt.date(2023, 12, 1)),
    ]


def test_numbering_again_gives_the_same_numbers() -> None:
    once = matters_of_issue(story.rollup(), BriefBackground())
    again = matters_of_issue(story.rollup(), BriefBackground(matters=once.raised))
    assert again.raised == once.raised
    assert again.followed == ()


def test_what_is_asked_again_in_the_same_words_keeps_its_number() -> None:
    found = matters_of_issue(november.rollup(), november.background())
    assert found.again == ("协2023-10-1",)
    assert "3" not in {m.measure for m in found.raised}


def test_what_is_asked_again_after_it_was_closed_is_new() -> None:
    found = matters_of_issue(november.rollup(), november.background())
    assert ("19", "协2023-11-3") in {(m.measure, m.no) for m in found.raised}


def test_a_closed_matter_is_reported_once() -> None:
    background = replace(november.background(), issues=(november.first_issue(), november.brief()))
    followed = matters_of_issue(replace(november.rollup(), period="2023-12"), background).followed
    assert [m.no for m in followed] == ["协2023-10-1", "议2023-10-1", "议2023-10-2"]


def test_the_followed_matters_are_counted_and_the_late_owner_is_named() -> None:
    blocks = followed_blocks(matters_of_issue(november.rollup(), november.background()), ON, 60)
    assert "4项，本期销号1项，办理中3项，其中超过办结期限1项（县财政局）。" in blocks[1].runs[0].text  # type: ignore[union-attr]


@pytest.mark.parametrize(("day", "words"), [(30, "办理中"), (29, "超期未办结"), (31, "办理中")])
def test_a_matter_is_late_from_the_day_after_its_last(day: int, words: str) -> None:
    matter = Matter("议2023-10-1", "议定事项", "2023-10", "", "联席会议", "办事。", "县财政局", dt.date(2023, 10, day))
    assert matter_state_words(matter, dt.date(2023, 10, 30), 60) == words


def test_a_brief_without_earlier_matters_has_no_such_section() -> None:
    assert followed_blocks(matters_of_issue(story.rollup(), BriefBackground()), ON, 60) == []
