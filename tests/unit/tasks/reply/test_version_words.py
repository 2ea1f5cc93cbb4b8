"""The sentences on which file counts and what a new version changes."""

from __future__ import annotations

import datetime as dt

import pytest

from config.workbook_file import load_layout
from tasks.model.submission import Change, PreviousVersion
from tasks.reply.version_words import counting_file_words, difference_words
from tests import factories
from tests.factories import NOW

LAYOUT = load_layout()
FIRST = PreviousVersion(1, "县住建局/上报/10月.xlsx", NOW - dt.timedelta(hours=2))
NAMED = "第1版（10月.xlsx，2023-10-20 08:00收到）"


@pytest.mark.parametrize(
    ("state", "changes", "before", "words"),
    [
        ("accepted", {}, None, "现以本版所填内容计入汇总。"),
        ("accepted", {"version": 2}, FIRST, f"现以本版所填内容计入汇总。原来有效的{NAMED}不再使用。"),
        ("accepted", {"nil": True}, None, "现以本版（零报告）为准，视为已按规定报送。"),
        (
            "accepted",
            {"version": 2, "received_at": NOW - dt.timedelta(hours=3)},
            FIRST,
            f"仍以收到时间更晚的{NAMED}计入汇总，本版留存备查。",
        ),
        ("returned", {}, None, "目前没有已受理的版本，本期数据尚未计入汇总。"),
        ("returned", {"version": 2}, FIRST, f"目前计入汇总的仍是{NAMED}；本版未受理，不影响它。"),
        ("queried", {"version": 2}, FIRST, f"目前计入汇总的仍是{NAMED}；本版未受理，不影响它。"),
        ("refused", {"unit": None, "kind": None, "period": None}, None, ""),
    ],
)
def test_the_sentence_on_which_file_counts(
    state: str, changes: dict[str, object], before: PreviousVersion | None, words: str
) -> None:
    assert counting_file_words(factories.submission(state, **changes), before) == words


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Change("3", "公租房套数", "cumulative", "55", "66"), "第3项（公租房套数）：“本期累计”由“55”改为“66”"),
        (Change("3", "", "status", "正常推进", "已完成"), "第3项：“进展状态”由“正常推进”改为“已完成”"),
        (Change("3", "", "progress", "长" * 25, "短"), "第3项：“进展情况”有改动"),
        (Change("3", "", "highlights", "", "提前开工。"), "第3项：“亮点做法”新填“提前开工”"),
        (Change("3", "", "problems", "缺资金", ""), "第3项：“存在问题”已清空"),
    ],
)
def test_a_change_names_measure_and_column(change: Change, words: str) -> None:
    before = PreviousVersion(1, FIRST.path, FIRST.received_at, (change,))
    assert difference_words(before, LAYOUT) == f"与上一版（第1版）相比，共1处变动：{words}。"


def test_equal_content_has_a_sentence_and_a_first_version_has_none() -> None:
    assert difference_words(FIRST, LAYOUT) == "与上一版（第1版）相比：各项内容没有变化。"
    assert difference_words(None, LAYOUT) == ""


def test_of_many_changes_the_rest_is_counted() -> None:
    changes = tuple(Change(str(number), "", "cumulative", "1", "2") for number in range(20))
    words = difference_words(PreviousVersion(1, FIRST.path, FIRST.received_at, changes), LAYOUT)
    assert "共20处变动" in words
    assert "另有8行有变动" in words
