"""The decisions workbook: issued with numbers, filled in by a person, read back row by row."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from config.settings_file import load_settings
from tasks.brief.writers.decisions_workbook import DECISIONS_SHEET, as_issued, read_decisions, write_decisions
from tasks.read.formats.load_workbook import load_workbook
from tasks.text import xml_safe
from tests import hostile_words
from tests.golden import november, story


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write_decisions(november.brief(), tmp_path / "议定事项登记表.xlsx")
    return tmp_path / "议定事项登记表.xlsx"


def rows(path: Path) -> list[list[Any]]:
    return [list(row) for row in openpyxl.load_workbook(path).active.iter_rows(values_only=True)]


def test_it_lists_the_open_matters_and_numbered_blank_rows(path: Path) -> None:
    numbers = [row[0] for row in rows(path)[3:]]
    assert numbers[:6] == ["协2023-10-1", "议2023-10-1", "议2023-10-2", "协2023-11-1", "协2023-11-2", "协2023-11-3"]
    assert numbers[6:8] == ["议2023-11-1", "议2023-11-2"]


def test_read_back_unfilled_it_holds_the_open_matters_and_no_others(path: Path) -> None:
    matters, troubles = read_decisions(rows(path), "登记表")
    assert [m.no for m in matters] == [m.no for m in november.brief().matters if m.state == "办理中"]
    assert [(m.words, m.owner, m.due, m.kind) for m in matters] == [
        (m.words, m.owner, m.due, m.kind) for m in november.brief().matters if m.state == "办理中"
    ]
    assert troubles == ()


def test_an_unedited_workbook_reads_as_issued(path: Path) -> None:
    matters, _ = read_decisions(rows(path), "登记表")
    assert matters == as_issued(november.brief().matters)


def test_what_a_person_typed_is_text_in_the_workbook_and_never_a_formula(tmp_path: Path) -> None:
    issue = november.brief()
    words = xml_safe(hostile_words.WORDS)
    harm = replace(issue, matters=(replace(issue.matters[0], words=words, state="办理中"),))
    write_decisions(harm, tmp_path / "议定事项登记表.xlsx")
    cells = [
        cell for row in openpyxl.load_workbook(tmp_path / "议定事项登记表.xlsx").active.iter_rows() for cell in row
    ]
    assert [cell.data_type for cell in cells if hostile_words.MARK in str(cell.value)] == ["s"]
    assert not any(cell.data_type == "f" or cell.hyperlink for cell in cells)


def test_a_decision_and_a_closing_are_read(path: Path) -> None:
    found = rows(path)
    found[3][6:9] = ["已办结", "已销号", "2023年12月5日"]
    found[9][2:6] = ["举办年货节。", "联席会议", "县商工局", dt.datetime(2023, 12, 31)]
    matters, troubles = read_decisions(found, "登记表")
    assert (matters[0].state, matters[0].closed_on, matters[0].progress) == ("已销号", dt.date(2023, 12, 5), "已办结")
    decided = matters[-1]
    assert (decided.no, decided.owner, decided.due, decided.period) == (
        "议2023-11-1",
        "县商工局",
        dt.date(2023, 12, 31),
        "2023-11",
    )
    assert troubles == ()


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        (0, "3", "编号“3”不是原表所印的编号，未读入"),
        (5, "月底", "办结期限“月底”不是日期"),
        (5, "2023-02-30", "办结期限“2023-02-30”不是日期"),
        (7, "完了", "状态“完了”无法识别"),
        (7, "已销号", "已销号而未填销号日期"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_row(path: Path, column: int, value: str, words: str) -> None:
    found = rows(path)
    found[3][column] = value
    _, troubles = read_decisions(found, "登记表")
    assert len(troubles) == 1
    assert troubles[0].startswith("登记表第4行：")
    assert words in troubles[0]


@pytest.mark.parametrize("found", [[], [[None]], [["编号", "事项"]]])
def test_another_workbook_is_refused_whole(found: list[list[Any]]) -> None:
    matters, troubles = read_decisions(found, "登记表")
    assert matters == ()
    assert "未读入" in troubles[0]


def test_the_same_brief_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_decisions(story.brief(), tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_the_reader_of_reports_reads_it_too(path: Path) -> None:
    (grid,) = load_workbook(path.read_bytes(), "xlsx", load_settings(env={}).limits)
    assert grid.name == DECISIONS_SHEET
    seen = [[grid.value(row, column) for column in range(grid.width)] for row in range(grid.height)]
    assert read_decisions(seen, "登记表") == read_decisions(rows(path), "登记表")
