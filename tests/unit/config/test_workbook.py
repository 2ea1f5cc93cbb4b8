"""The layout: titles and words as offices write them, required cells, and faults of the file."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from config.config_errors import ConfigError
from config.workbook import Kind, WorkbookLayout
from config.workbook_file import load_layout

LAYOUT = load_layout()
FILE = Path(load_layout.__code__.co_filename).with_name("workbook.toml")
PROGRESS = """
措施序号 措施内容 角色 指标 计量单位 目标值 上期累计 本期累计 进展状态 进展情况 存在问题
需协调事项 需协调单位 下一步计划 亮点做法 预计完成时间 情况说明
"""
HEADINGS = "填报单位 报送期间 填报人 联系电话 审核领导 填报日期 零报告 申请延期至 延期理由"


def test_the_three_reporting_kinds_share_one_table_with_the_agreed_titles() -> None:
    for kind in ("progress", "deliverable", "annual"):
        assert [column.title for column in LAYOUT.columns(kind)] == PROGRESS.split()
        assert [heading.title for heading in LAYOUT.headings(kind)] == HEADINGS.split()
    assert [column.title for column in LAYOUT.columns("roster")] == ["单位", "角色", "姓名", "职务", "电话", "邮箱"]
    assert (LAYOUT.sheet("annual").name, LAYOUT.sheet("roster").name) == ("月度报送", "联系人名单")


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_title_and_synonym_finds_its_own_field(kind: Kind) -> None:
    for column in LAYOUT.columns(kind):
        for title in (column.title, *column.synonyms):
            assert LAYOUT.field_of(title, kind) == column.field
    for heading in LAYOUT.headings(kind):
        for title in (heading.title, *heading.synonyms):
            assert LAYOUT.read_label(title, kind) == (heading.field, "")
            assert LAYOUT.read_label(f" {title} ： 某局 ", kind) == (heading.field, "某局")


@pytest.mark.parametrize(
    ("title", "field"),
    [
        ("存在的问题", "problems"),
        ("存 在 问 题：", "problems"),
        ("本期\n累计", "cumulative"),
        ("*本期累计", "cumulative"),
        ("进展", None),
        ("单位", None),
        ("累计", None),
        ("", None),
    ],
)
def test_a_title_is_recognised_only_from_the_list(title: str, field: str | None) -> None:
    assert LAYOUT.field_of(title) == field


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("已完成", "已完成"),
        ("√", "已完成"),
        ("☑", "已完成"),
        ("完成", "已完成"),
        ("ok", "已完成"),
        ("１００％", "已完成"),
        (" 推进中 ", "正常推进"),
        ("滞后", "进展滞后"),
        ("尚未启动", "未启动"),
        ("基本完成", None),
        ("99%", None),
        ("×", None),
        ("", None),
    ],
)
def test_a_status_is_mapped_from_the_fixed_list_only(text: str, status: str | None) -> None:
    assert LAYOUT.status_of(text) == status


@pytest.mark.parametrize(
    ("value", "blank"), [(None, True), (" ", True), ("暂无", True), ("／", True), (0, False), ("0", False)]
)
def test_only_listed_words_are_blank_and_zero_is_not(value: object, blank: bool) -> None:
    assert LAYOUT.is_blank(value) is blank


@pytest.mark.parametrize(("text", "footer"), [("合 计", True), ("填表人：某某", True), ("22", False), ("", False)])
def test_footers_are_recognised(text: str, footer: bool) -> None:
    assert LAYOUT.is_footer(text) is footer


def test_choice_columns_offer_their_canonical_words() -> None:
    values = {column.field: column.values for column in LAYOUT.columns("progress") if column.value == "choice"}
    assert values == {"role": ("牵头", "责任"), "status": ("已完成", "正常推进", "进展滞后", "未启动")}
    assert tuple(choice.value for choice in LAYOUT.statuses) == values["status"]


def test_what_the_unit_fills_has_a_message_that_says_how() -> None:
    for kind in get_args(Kind):
        for column in (*LAYOUT.columns(kind), *LAYOUT.headings(kind)):
            assert column.message and len(column.message) <= 255, column.title


def changed(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    text = FILE.read_text("utf-8")
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after, 1)
    path = tmp_path / "workbook.toml"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (('accepts = ["2023.1"]', 'accepts = ["2022.1"]'), "2023.1"),
        (('synonyms = ["存在的问题", ', 'synonyms = ["进展情况", '), "一个叫法只能归一栏"),
        (('"正常推进" = ["正常", ', '"正常推进" = ["完成", '), "一种写法只能归一个选项"),
        (('choice = "status"', 'choice = "state"'), "“state”不存在"),
        (('required_when = { field = "metric" }', 'required_when = { field = "metrics" }'), "“metrics”"),
        (('field = "problems"', 'field = "progress"'), "出现不止一次"),
        (("width = 30", "width = 0"), "大于 0"),
        (("width = 30", "widht = 30"), "sheet[1].column[2].widht"),
        (('kinds = ["roster"]', 'kinds = ["progress"]'), "类别 roster 对应 0 张表"),
    ],
)
def test_a_layout_that_contradicts_itself_is_refused(tmp_path: Path, change: tuple[str, str], word: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_layout(changed(tmp_path, change))
    assert word in str(caught.value)


def test_all_faults_of_a_layout_come_at_once(tmp_path: Path) -> None:
    path = changed(tmp_path, ("width = 30", "width = 0"), ("header_search_rows = 15", "header_search_rows = 0"))
    with pytest.raises(ConfigError) as caught:
        load_layout(path)
    lines = path.read_text("utf-8").split("\n")
    assert {lines[(fault.line or 0) - 1] for fault in caught.value.faults} == {"width = 0", "header_search_rows = 0"}


def test_a_layout_stays_equal_however_often_it_was_asked() -> None:
    fresh = load_layout()
    assert fresh == LAYOUT and WorkbookLayout.model_validate(fresh.model_dump()) == LAYOUT


@pytest.mark.parametrize(
    "text",
    [" " * 10**6 + "某局", "某局" + " " * 10**6, "填报" + " " * 10**6 + "某局"],
    ids=["before", "after", "between"],
)
def test_a_text_with_very_many_blanks_is_read_in_linear_time(text: str) -> None:
    """And it is not cached. A pattern that tried every split of the blanks would take hours."""
    assert LAYOUT.read_label(text) == (None, "")
    assert LAYOUT.field_of(text) is None
    assert LAYOUT.columns_of((text,)) == {}
    kept = (
        *LAYOUT._label_cache["progress"],
        *(title for title, _ in LAYOUT._field_cache),
        *(row[1][0] for row in LAYOUT._columns_cache),
    )
    assert all(len(each) < 10**6 for each in kept)
