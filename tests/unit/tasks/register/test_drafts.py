"""What becomes of a draft: files for a person, differences from the plan in force, names for a person to judge."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from config.county_file import load_county
from config.document_vocabulary import load_vocabulary
from config.plan_file import load_plan
from tasks.register.compare_plans import differences
from tasks.register.draft import Draft
from tasks.register.parse_document import parse_document
from tasks.register.write_draft import write_draft

TEXT = """焉耆回族自治县人民政府办公室文件
焉政办发〔2024〕5号
焉耆县工作方案
焉耆回族自治县人民政府办公室
2024年3月1日
一、主要任务
（一）夯实基础
1. 修路。建设农村公路120公里。
牵头单位：县交通运输局
责任单位：县财证局、公安局，各乡镇人民政府
2. 植树。
责任单位：县农业农村局、文旅局
3. 无人负责的事。
4. 办学。（县教育局牵头，县财政局等部门配合）
二、要求
各单位于3月20日前报送工作开展情况。建立月度报送机制。
"""


def read(text: str = TEXT) -> Draft:
    return parse_document(text.encode(), "方案.txt", load_vocabulary(), load_county("yanqi"))


def test_the_json_has_the_fixed_shape() -> None:
    shape = json.loads(json.dumps(read().to_json(), ensure_ascii=False))
    assert list(shape) == ["document", "sections", "measures", "members", "duties"]
    assert shape["document"] == {
        "no": "焉政办发〔2024〕5号", "title": "焉耆县工作方案", "issued_on": "2024-03-01",
        "issuer": "焉耆回族自治县人民政府办公室",
    }  # fmt: skip
    assert shape["sections"] == [{"no": "一", "title": "夯实基础"}]
    assert shape["measures"][0]["targets"] == [
        {"metric": "农村公路", "operator": "=", "value": 120, "unit": "公里", "due": None}
    ]
    assert [(duty["kind"], duty["due"]) for duty in shape["duties"]] == [("progress", "2024-03-20"), ("progress", None)]
    assert set(shape["measures"][0]) == {
        "no", "section", "text", "lead", "responsible", "targets", "deadlines", "flags",
    }  # fmt: skip


def test_an_unknown_name_is_listed_with_suggestions_and_never_replaced() -> None:
    draft = read()
    assert "县财证局" in draft.measures[0].responsible
    (unknown,) = draft.unlisted_units
    assert (unknown.name, unknown.measures) == ("县财证局", ("1",))
    assert unknown.suggestions[0] == "县财政局"


def test_what_is_unsure_is_listed() -> None:
    codes = {each.code for each in read().uncertainties}
    assert {"unknown_unit", "lead_inferred", "unassigned_item", "number_gap", "no_day", "year_inferred"} <= codes
    assert "open_list" in read().measures[2].flags


def test_writing_twice_changes_nothing(tmp_path: Path) -> None:
    first = write_draft(read(), tmp_path / "草稿", "test-2024", "yanqi")
    stamps = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "草稿").iterdir()}
    second = write_draft(read(), tmp_path / "草稿", "test-2024", "yanqi")
    assert first == second
    assert stamps == {path.name: path.stat().st_mtime_ns for path in (tmp_path / "草稿").iterdir()}
    assert sorted(stamps) == ["register.xlsx", "test-2024.toml", "摘要.md"]


def test_the_workbook_lists_measures_figures_duties_units_and_questions(tmp_path: Path) -> None:
    write_draft(read(), tmp_path, "test-2024", "yanqi")
    book = openpyxl.load_workbook(tmp_path / "register.xlsx")
    assert book.sheetnames == ["责任清单", "量化指标", "报送要求", "单位汇总", "待确认"]
    rows = list(book["责任清单"].iter_rows(values_only=True))
    assert rows[1][:5] == (
        "1",
        "（一）夯实基础",
        "修路。建设农村公路120公里。",
        "县交通运输局",
        "县财证局\n县公安局\n各乡镇人民政府",
    )
    assert len(rows) == 4
    summary = (tmp_path / "摘要.md").read_text(encoding="utf-8")
    assert "经人工确认后方可生效" in summary and "县财证局" in summary


def test_the_same_plan_has_no_difference() -> None:
    plan = load_plan("yanqi-2023")
    assert differences(plan, plan) == ()


def test_differences_are_listed_by_measure() -> None:
    old = read().to_plan("p", "yanqi")
    changed = (
        TEXT.replace("120公里", "150公里")
        .replace("县交通运输局", "县住建局")
        .replace("2. 植树。\n责任单位：县农业农村局、文旅局\n", "")
    )
    changed = changed.replace("4. 办学", "2. 办学").replace("3月20日", "3月25日")
    changes = [str(each) for each in differences(old, read(changed).to_plan("p", "yanqi"))]
    assert "措施1 牵头单位：由“县交通运输局”改为“县住建局”" in changes
    assert "措施2 序号：由“4”改为“2”" in changes
    assert any(each.startswith("措施2 删除：植树") for each in changes)
    assert any("150公里" in each for each in changes)
    assert "报送要求 新增：报送工作开展情况（2024-03-25）" in changes


@pytest.mark.parametrize("written", ["县工信局", "县财政局", "县税务局"])
def test_units_that_look_alike_are_never_merged(written: str) -> None:
    draft = read(TEXT.replace("县财证局", written))
    assert draft.measures[0].responsible[0] == written
