"""Approval sets number, date and 按语, and nothing else."""

from __future__ import annotations

import datetime as dt

import pytest

from tasks.brief.approve_draft import approved_draft
from tests.golden import story


def test_the_approver_settles_number_and_note_and_nothing_else() -> None:
    draft = story.brief()
    made = approved_draft(draft, 7, "按语：请各单位抓紧。\n\n二、请按期报送。")
    assert (made.issue_no, made.note_lines) == (7, 2)
    assert [run.text for block in made.blocks[:2] for run in block.runs] == [
        "按语：",
        "请各单位抓紧。",
        "二、请按期报送。",
    ]  # type: ignore[union-attr]
    assert made.blocks[2:] == draft.blocks
    assert approved_draft(made, draft.issue_no) == draft


@pytest.mark.parametrize(
    ("on", "dated"), [(dt.date(2023, 11, 3), dt.date(2023, 11, 3)), (dt.date(2024, 1, 2), dt.date(2023, 11, 1))]
)
def test_an_issue_bears_the_day_of_its_approval_within_the_year_of_its_number(on: dt.date, dated: dt.date) -> None:
    assert approved_draft(story.brief(), 1, on=on).date == dated
