"""The issued workbook: what it shows, what it locks, and that the same arguments give the same bytes."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import openpyxl
import pytest

from config.workbook_file import load_layout
from tasks.issue.cell_formats import target_format
from tasks.issue.input_cells import input_validation, row_height
from tasks.issue.sheet_heading import heading_bands
from tests import factories, workbooks
from tests.factories import COMMERCE, HOUSING, INSURANCE


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def table(content: bytes) -> list[dict[str, Any]]:
    sheet = opened(content)[workbooks.SHEET]
    places = workbooks.columns_of(sheet)
    top = workbooks.header_row(sheet)
    return [
        {title: sheet.cell(row, place) for title, place in places.items()} for row in range(top + 1, sheet.max_row + 1)
    ]


def test_there_is_one_row_for_each_measure_and_metric_and_one_for_a_measure_without() -> None:
    rows = table(workbooks.issued())
    assert [(row["措施序号"].value, row["指标"].value, row["目标值"].value) for row in rows] == [
        ("3", "公租房套数", 110), ("3", "改造户数", 604),
    ]  # fmt: skip
    rows = table(workbooks.issued(factories.duty(COMMERCE)))
    assert [(row["措施序号"].value, row["角色"].value, row["指标"].value) for row in rows] == [
        ("1", "牵头", None), ("2", "牵头", None), ("6", "牵头", None),
    ]  # fmt: skip


def test_a_long_text_stands_in_full_once_and_never_fills_the_page() -> None:
    long = "加快充电设施建设，" * 60
    targets = tuple(factories.target(f"{name}设施比例" * 6, unit="%") for name in "甲乙丙")
    plan = factories.plan(measures=(factories.measure("3", text=long, lead=(HOUSING,), targets=targets),))
    sheet = openpyxl.load_workbook(io.BytesIO(workbooks.issued(plan=plan)))[workbooks.SHEET]
    top, places = workbooks.header_row(sheet), workbooks.columns_of(sheet)
    texts = [sheet.cell(top + offset, places["措施内容"]).value for offset in (1, 2, 3)]
    assert texts[0] == long
    assert texts[1] == texts[2] == long[:24] + "……"
    heights = [sheet.row_dimensions[top + offset].height for offset in (1, 2, 3)]
    assert heights[1] < heights[0] < 409
    # High enough for the metric, which is long here.
    assert heights[1] > sheet.row_dimensions[top].height


def test_a_unit_that_only_supports_a_measure_is_named_so() -> None:
    rows = table(workbooks.issued(factories.duty(factories.TOWN_NAMES[0], measures=("1",))))
    assert [row["角色"].value for row in rows] == ["责任"]


def test_percentages_are_true_ones_and_last_accepted_figures_of_this_unit_are_filled_in() -> None:
    previous = [
        factories.progress_row("4", "激活率", unit=INSURANCE, cumulative=62.5),
        factories.progress_row("4", "药店数量", unit=COMMERCE, cumulative=99.0),
    ]
    rate, shops = table(workbooks.issued(factories.duty(INSURANCE), previous=previous))
    assert (rate["目标值"].value, rate["目标值"].number_format) == (0.85, '"≥"0%')
    assert (rate["上期累计"].value, rate["本期累计"].number_format) == (0.625, "0.0#%")
    assert (shops["目标值"].number_format, shops["上期累计"].value) == ('0"—3"', None)


@pytest.mark.parametrize(
    ("operator", "value", "unit", "shown"),
    [(">=", 110, "套", '"≥"0'), ("<=", 3, "日", '"≤"0'), ("=", 0.5, "%", "0.0%"), ("->", 80.25, "万元", '"→"0.00')],
)
def test_a_target_shows_its_operator_through_the_number_format(
    operator: str, value: float, unit: str, shown: str
) -> None:
    assert target_format(factories.target(operator=operator, value=value, unit=unit)) == shown


def test_only_the_cells_to_fill_are_unlocked_and_coloured() -> None:
    layout = load_layout()
    editable = {column.title for column in layout.columns("progress") if column.editable}
    for row in table(workbooks.issued()):
        assert {title for title, cell in row.items() if not cell.protection.locked} == editable
        assert {cell.fill.fgColor.rgb for title, cell in row.items() if title in editable} == {"FFFFF9DB"}
    book = opened(workbooks.issued())
    assert all(sheet.protection.sheet for sheet in book.worksheets)


def test_every_cell_to_fill_has_its_drop_down_or_message_and_a_run_of_like_cells_shares_one_rule() -> None:
    duty = factories.duty(INSURANCE)
    columns = [column for column in load_layout().columns("progress") if column.editable]
    sheet = opened(workbooks.issued(duty))[workbooks.SHEET]
    rules = sheet.data_validations.dataValidation
    rows = table(workbooks.issued(duty))
    for column in columns:
        for row in rows:
            (rule,) = [each for each in rules if row[column.title].coordinate in each.sqref]
            assert rule.type == {"choice": "list", "number": "decimal"}.get(column.value)
            assert column.message in (rule.prompt or "")
            assert all(word in (rule.formula1 or "") for word in column.values)
            percent = column.value == "number" and row["指标"].value == "激活率"
            assert ("按百分数填写" in (rule.prompt or "")) == percent
    assert len([rule for rule in rules if any(each.min_row > 8 for each in rule.sqref.ranges)]) == len(columns) + 1
    assert all(len(rule.prompt or "") <= 255 and len(rule.promptTitle or "") <= 32 for rule in rules)


def test_every_choice_list_fits_what_the_file_format_allows() -> None:
    layout = load_layout()
    for column in (*layout.columns("progress"), *layout.columns("roster"), *layout.heading):
        assert len(",".join(input_validation(column).get("source", []))) <= 255


def test_it_prints_on_a4_landscape_with_the_header_on_each_page() -> None:
    sheet = opened(workbooks.issued())[workbooks.SHEET]
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == (
        9,
        "landscape",
        0,
    )
    assert sheet.print_title_rows == "$8:$8"
    assert sheet.freeze_panes == "C9"


def test_rows_may_grow_while_a_clerk_writes() -> None:
    with zipfile.ZipFile(io.BytesIO(workbooks.issued())) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert b'ht="' in sheet
    assert b"customHeight" not in sheet


def test_the_signed_sheet_is_very_hidden_and_the_guide_is_there() -> None:
    book = opened(workbooks.issued())
    assert [(sheet.title, sheet.sheet_state) for sheet in book.worksheets] == [
        ("月度报送", "visible"), ("填报说明", "visible"), ("_lianxi", "veryHidden"),
    ]  # fmt: skip
    assert [row[0].value for row in book["_lianxi"].iter_rows()] == list(load_layout().signed_keys)
    words = "".join(str(cell.value) for row in book["填报说明"].iter_rows() for cell in row)
    assert "2023年10月20日" in words
    assert "县住建局/上报" in words


def test_the_same_arguments_give_the_same_bytes() -> None:
    assert workbooks.issued() == workbooks.issued()


def test_unit_period_and_the_known_phone_are_filled_in_and_no_other_units() -> None:
    content = workbooks.issued(contacts=[factories.contact(COMMERCE, phone="1"), factories.contact()])
    sheet = opened(content)[workbooks.SHEET]
    shown = {label: workbooks.heading_cell(sheet, label).value for label in ("填报单位", "报送期间", "联系电话")}
    assert shown == {"填报单位": "县住建局", "报送期间": "2023年10月", "联系电话": "0990-1234567"}


def test_the_roster_has_a_row_for_each_role_prefilled_from_the_ledger() -> None:
    content = workbooks.issued(factories.duty(kind="roster", period="2023-09"), contacts=[factories.contact()])
    sheet = opened(content)[workbooks.ROSTER]
    top = workbooks.header_row(sheet, "姓名")
    rows = [[cell.value for cell in sheet[row]] for row in (top + 1, top + 2)]
    assert rows[0][:3] == ["县住建局", "分管领导", None]
    assert rows[1] == ["县住建局", "业务负责人", "张某某", "科长", "0990-1234567", "zhang@shili.example"]


def test_text_that_looks_like_a_formula_is_written_as_text() -> None:
    plan = factories.plan(measures=(factories.measure("3", text="=1+1", lead=(factories.HOUSING,)),))
    (row,) = table(workbooks.issued(plan=plan))
    assert (row["措施内容"].value, row["措施内容"].data_type) == ("=1+1", "s")


@pytest.mark.parametrize(
    ("widths", "count"), [([5, 30, 5, 12, 7, 8, 8, 9, 9, 32, 18, 18, 10, 20], 3), ([24, 12, 12, 18, 18, 28], 2)]
)
def test_labels_and_values_lie_side_by_side_without_overlap(widths: list[float], count: int) -> None:
    places = [place for band in heading_bands(widths, count) for place in (*band.label, *band.value)]
    assert places == sorted(places)
    assert (places[0], places[-1]) == (0, len(widths) - 1)
    assert all(band.label[1] < band.value[0] for band in heading_bands(widths, count))


def test_a_row_is_high_enough_for_its_text_and_never_higher_than_the_format_allows() -> None:
    assert row_height("短", 30) < row_height("长" * 60, 30) < row_height("长" * 5000, 30) == 409


@pytest.mark.parametrize("meeting", ["促消费联席会议", "示例县促消费联席会议"])
def test_the_title_names_the_county_once(meeting: str) -> None:
    sheet = opened(workbooks.issued(county=factories.county(meeting=meeting)))[workbooks.SHEET]
    assert sheet["A1"].value == "示例县促消费联席会议月度报送表（2023年10月）"


def test_a_title_within_the_documents_title_stands_in_single_marks_above_the_table() -> None:
    document = factories.plan().document.model_copy(update={"title": "关于印发《甲方案》的通知"})
    content = workbooks.issued(plan=factories.plan().model_copy(update={"document": document}))
    texts = [str(cell.value) for row in opened(content)[workbooks.SHEET].iter_rows(max_row=3) for cell in row]
    assert f"依据：{document.no}《关于印发〈甲方案〉的通知》" in texts
