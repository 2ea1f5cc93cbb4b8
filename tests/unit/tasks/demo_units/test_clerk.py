"""A filled workbook contains what the clerk typed, and nothing else has changed."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from config.workbook import WorkbookLayout
from tasks.demo_units.clerk import fill_roster, fill_workbook, save_as_csv, set_modified_time
from tasks.demo_units.issued_form import identity_of, open_form
from tasks.demo_units.typed_answers import Answers
from tasks.errors import InputError
from tasks.model.submission import Contact

Issue = Callable[..., Path]

ROWS: list[dict[str, object]] = [
    {"measure_no": "22", "measure_text": "保障性公租房", "metric": "公租房", "metric_unit": "套", "target": 110},
    {"measure_no": "22", "measure_text": "保障性公租房", "metric": "棚户区", "metric_unit": "套", "target": 53},
    {"measure_no": 35, "measure_text": "外摆经营场所"},
]
ANSWERS = Answers(
    heading={"filler": "赵示例", "phone": "0996-6000001", "filled_on": dt.date(2023, 10, 17)},
    measures={
        "22": {"status": "正常推进", "progress": "已分配110套。", "expected": dt.date(2023, 12, 31)},
        "35": {"status": "已完成", "progress": "划定区域7处。", "problems": ""},
    },
    figures={"22": {"公租房": 110, "棚户区": 21.5}},
)


def typed(path: Path, layout: WorkbookLayout) -> dict[str, object]:
    """Every value of the visible table, by 'field@row', read with a plain load."""
    form = open_form(path, layout)
    sheet = load_workbook(path)[form.sheet.title]
    values = {
        f"{name}@{row - form.header_row}": sheet.cell(row, column).value
        for row in form.rows()
        for name, column in form.columns.items()
    }
    return {name: value for name, value in values.items() if value is not None}


def test_a_filled_workbook_holds_exactly_the_answers(issue: Issue, tmp_path: Path, layout: WorkbookLayout) -> None:
    issued, filled = issue(ROWS), tmp_path / "上报" / "报表.xlsx"
    fill_workbook(issued, ANSWERS, filled, layout)
    year_end = dt.datetime(2023, 12, 31)
    assert typed(filled, layout) == {
        **typed(issued, layout),
        **{"status@1": "正常推进", "progress@1": "已分配110套。", "expected@1": year_end, "cumulative@1": 110},
        **{"status@2": "正常推进", "progress@2": "已分配110套。", "expected@2": year_end, "cumulative@2": 21.5},
        **{"status@3": "已完成", "progress@3": "划定区域7处。"},
    }


def test_headings_are_typed_into_the_cell_beside_their_label(
    issue: Issue, tmp_path: Path, layout: WorkbookLayout
) -> None:
    fill_workbook(issue(ROWS), ANSWERS, tmp_path / "报表.xlsx", layout)
    headings = open_form(tmp_path / "报表.xlsx", layout).headings
    assert (headings["filler"].value, headings["phone"].value) == ("赵示例", "0996-6000001")
    assert headings["filled_on"].value == dt.datetime(2023, 10, 17)
    assert headings["filled_on"].number_format == "yyyy-mm-dd"
    assert headings["nil"].value is None


def test_protection_drop_downs_and_the_hidden_sheet_survive(
    issue: Issue, tmp_path: Path, layout: WorkbookLayout
) -> None:
    issued, filled = issue(ROWS), tmp_path / "报表.xlsx"
    fill_workbook(issued, ANSWERS, filled, layout)
    book = load_workbook(filled)
    sheet = book["月度报送"]
    assert sheet.protection.sheet
    assert [each.formula1 for each in sheet.data_validations.dataValidation] == ['"已完成,正常推进"']
    assert book[layout.signed_sheet].sheet_state == "veryHidden"
    assert identity_of(filled, layout) == identity_of(issued, layout)


def test_the_same_answers_give_the_same_bytes_and_do_not_change_the_issued_file(
    issue: Issue, tmp_path: Path, layout: WorkbookLayout
) -> None:
    issued = issue(ROWS)
    before = issued.read_bytes()
    fill_workbook(issued, ANSWERS, tmp_path / "一.xlsx", layout)
    fill_workbook(issued, ANSWERS, tmp_path / "二.xlsx", layout)
    assert (tmp_path / "一.xlsx").read_bytes() == (tmp_path / "二.xlsx").read_bytes()
    assert issued.read_bytes() == before
    assert not list(tmp_path.glob("*.tmp"))


def test_a_merged_block_is_typed_into_once(issue: Issue, tmp_path: Path, layout: WorkbookLayout) -> None:
    issued = issue(ROWS)
    book = load_workbook(issued)
    form = open_form(issued, layout)
    for name in ("measure_no", "progress"):
        column = form.columns[name]
        first = form.header_row + 1
        book["月度报送"].merge_cells(start_row=first, end_row=first + 1, start_column=column, end_column=column)
    book.save(issued)
    fill_workbook(issued, ANSWERS, tmp_path / "报表.xlsx", layout)
    values = typed(tmp_path / "报表.xlsx", layout)
    assert values["progress@1"] == "已分配110套。"
    assert "progress@2" not in values
    assert values["cumulative@2"] == 21.5


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        (Answers(measures={"22": {"target": 5}}), "已锁定"),
        (Answers(heading={"unit": "县住建局"}), "已锁定"),
        (Answers(measures={"9": {"status": "已完成"}}), "措施9"),
        (Answers(figures={"22": {"没有的指标": 1}}), "措施22没有的指标"),
        (Answers(measures={"22": {"没有的栏": "无"}}), "没有的栏"),
        (Answers(heading={"没有的项": "无"}), "没有的项"),
    ],
)
def test_impossible_input_is_refused_and_nothing_is_saved(
    issue: Issue, tmp_path: Path, layout: WorkbookLayout, answers: Answers, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        fill_workbook(issue(ROWS), answers, tmp_path / "报表.xlsx", layout)
    assert not (tmp_path / "报表.xlsx").exists()


def test_a_workbook_without_the_table_is_refused(issue: Issue, tmp_path: Path, layout: WorkbookLayout) -> None:
    issued = issue(ROWS)
    book = load_workbook(issued)
    book["月度报送"].title = "草稿"
    book.save(issued)
    with pytest.raises(InputError, match="找不到工作表"):
        fill_workbook(issued, ANSWERS, tmp_path / "报表.xlsx", layout)


def test_a_workbook_whose_header_was_changed_is_refused(issue: Issue, tmp_path: Path, layout: WorkbookLayout) -> None:
    issued = issue(ROWS)
    book = load_workbook(issued)
    form = open_form(issued, layout)
    book["月度报送"].cell(form.header_row, 1).value = "号"
    book.save(issued)
    with pytest.raises(InputError, match="表头"):
        fill_workbook(issued, ANSWERS, tmp_path / "报表.xlsx", layout)


def test_a_text_cell_takes_everything_as_text(issue: Issue, tmp_path: Path, layout: WorkbookLayout) -> None:
    issued = issue(ROWS)
    book = load_workbook(issued)
    form = open_form(issued, layout)
    book["月度报送"].cell(form.header_row + 3, form.columns["expected"]).number_format = "@"
    book.save(issued)
    fill_workbook(issued, Answers(measures={"35": {"expected": dt.date(2023, 12, 31)}}), tmp_path / "报表.xlsx", layout)
    assert typed(tmp_path / "报表.xlsx", layout)["expected@3"] == "2023-12-31"


def test_a_percent_cell_takes_a_typed_number_as_percents(issue: Issue, tmp_path: Path, layout: WorkbookLayout) -> None:
    issued = issue(ROWS)
    book = load_workbook(issued)
    form = open_form(issued, layout)
    book["月度报送"].cell(form.header_row + 1, form.columns["cumulative"]).number_format = "0.##%"
    book.save(issued)
    fill_workbook(issued, Answers(figures={"22": {"公租房": 66.7}}), tmp_path / "报表.xlsx", layout)
    assert typed(tmp_path / "报表.xlsx", layout)["cumulative@1"] == 0.667
    save_as_csv(tmp_path / "报表.xlsx", tmp_path / "报表.csv", layout=layout)
    assert ",66.7%," in (tmp_path / "报表.csv").read_bytes().decode("gb18030")


def test_each_person_is_typed_into_the_row_of_the_role(issue: Issue, tmp_path: Path, layout: WorkbookLayout) -> None:
    roles = [{"unit": "县住建局", "role": "业务负责人"}, {"unit": "县住建局", "role": "分管领导"}]
    people = [
        Contact("p", "县住建局", "分管领导", "钱示例", "分管副职", "0996-6000002", "fenguan@yanqi.invalid"),
        Contact("p", "县住建局", "业务负责人", "孙示例", "科室负责人", "0996-6000003", ""),
    ]
    fill_roster(issue(roles, "roster"), people, tmp_path / "名单.xlsx", {"filler": "孙示例"}, layout)
    values = typed(tmp_path / "名单.xlsx", layout)
    assert (values["name@1"], values["name@2"]) == ("孙示例", "钱示例")
    assert values["mail@2"] == "fenguan@yanqi.invalid"
    assert "mail@1" not in values


def test_a_roster_without_a_row_for_the_role_is_refused(issue: Issue, tmp_path: Path, layout: WorkbookLayout) -> None:
    person = Contact("p", "县住建局", "分管领导", "钱示例", "分管副职", "0996-6000002", "fenguan@yanqi.invalid")
    with pytest.raises(InputError, match="分管领导"):
        fill_roster(issue([], "roster"), [person], tmp_path / "名单.xlsx", layout=layout)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig"])
def test_a_csv_contains_the_visible_sheet_as_displayed(
    issue: Issue, tmp_path: Path, layout: WorkbookLayout, encoding: str
) -> None:
    fill_workbook(issue(ROWS), ANSWERS, tmp_path / "报表.xlsx", layout)
    save_as_csv(tmp_path / "报表.xlsx", tmp_path / "报表.csv", encoding, layout)
    content = (tmp_path / "报表.csv").read_bytes()
    assert content.count(b"\r\n") == content.count(b"\n")
    lines = list(csv.reader(content.decode(encoding).splitlines()))
    header = next(number for number, line in enumerate(lines) if "措施序号" in line)
    assert lines[header] == [column.title for column in layout.columns("progress")]
    assert lines[header + 2][:1] == ["22"]
    assert {"21.5", "2023-12-31", "正常推进"} <= set(lines[header + 2])
    assert [line[2] for line in lines if line[0] == "填报人："] == ["赵示例"]
    assert layout.signed_sheet not in content.decode(encoding)


def test_a_csv_is_byte_for_byte_in_the_encoding_of_the_office(
    issue: Issue, tmp_path: Path, layout: WorkbookLayout
) -> None:
    save_as_csv(issue(ROWS), tmp_path / "报表.csv", layout=layout)
    assert "措施序号".encode("gbk") in (tmp_path / "报表.csv").read_bytes()


def test_a_file_gets_the_time_of_the_story(tmp_path: Path) -> None:
    file = tmp_path / "报表.xlsx"
    file.write_bytes(b"x")
    when = dt.datetime(2023, 10, 24, 10, 45, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    set_modified_time(file, when)
    assert file.stat().st_mtime_ns == int(when.timestamp()) * 10**9
