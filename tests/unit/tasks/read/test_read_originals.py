"""An issued workbook, filled and saved in many ways, is read as it was filled."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from config.settings_file import load_settings
from config.workbook_file import load_layout
from tasks.errors import PipelineError
from tasks.model.submission import Original, Reading
from tasks.read.read_originals import read_originals
from tests import factories, workbooks
from tests.binarybook import as_xlsb
from tests.factories import COMMERCE, HOUSING, INSURANCE, SECRET
from tests.workbooks import SHEET

LIMITS = load_settings(env={}).limits
LAYOUT = load_layout()
PUBLIC = "公共上报/填好的表.xlsx"


@pytest.fixture
def read(tmp_path: Path) -> Any:
    """Store bytes as an original and read it."""

    def run(content: bytes, path: str = f"{HOUSING}/上报/表.xlsx", **changes: Any) -> Reading:
        (reading,) = run_all(content, path, **changes)
        return reading

    def run_all(
        content: bytes, path: str = f"{HOUSING}/上报/表.xlsx", secret: bytes = SECRET, limits: Any = LIMITS
    ) -> tuple[Reading, ...]:
        stored = hashlib.sha256(content).hexdigest()
        context = factories.context_with(limits, tmp_path, secret=secret)
        (context.originals / stored).write_bytes(content)
        original = factories.original(path, sha256=stored, stored=stored, size_bytes=len(content))
        return read_originals([original], context)

    run.all = run_all  # type: ignore[attr-defined]
    return run


def codes(reading: Reading) -> list[str]:
    return [found.code for found in reading.findings]


def column(reading: Reading, field: str) -> list[object]:
    return [row.values[field] for row in reading.rows]


ANSWERS: workbooks.Answers = {
    ("3", "公租房套数"): {"本期累计": 85, "进展状态": "正常推进", "进展情况": "  已开工３栋，\n完成㎡计量。 "},
    ("3", "改造户数"): {"本期累计": "约300户", "存在问题": "=资金未到位", "预计完成时间": "2023年12月"},
}


def test_every_value_comes_back_as_it_was_filled_with_its_address(read: Any) -> None:
    reading = read(workbooks.filled(workbooks.issued(), ANSWERS, {"零报告": "否"}))
    assert (reading.unit, reading.period, reading.kind, reading.template) == (HOUSING, "2023-10", "progress", "2023.1")
    assert (reading.identified_by, reading.findings, reading.format, reading.sheet) == ("signature", (), "xlsx", SHEET)
    assert [(row.number, row.values["metric"]) for row in reading.rows] == [(9, "公租房套数"), (10, "改造户数")]
    assert column(reading, "cumulative") == [85, "约300户"]
    assert column(reading, "target") == [110, 604]
    assert reading.rows[0].values["progress"] == "  已开工３栋，\n完成㎡计量。 "
    assert reading.rows[1].values["expected"] == "2023年12月"
    assert reading.rows[0].values["highlights"] is None
    assert (reading.columns["cumulative"], reading.columns["explanation"]) == ("H", "Q")
    assert reading.heading["nil"][0] == "否"
    assert reading.heading["extend_to"] == (None, "J6")


def test_the_addresses_name_the_cells_that_hold_the_values(read: Any, tmp_path: Path) -> None:
    content = workbooks.filled(workbooks.issued(), ANSWERS, {"申请延期至": "2023-10-27", "延期理由": "出差"})
    reading = read(content)
    (tmp_path / "again.xlsx").write_bytes(content)
    sheet = openpyxl.load_workbook(tmp_path / "again.xlsx")[SHEET]
    for row in reading.rows:
        for field, value in row.values.items():
            if field != "problems":
                assert sheet[f"{reading.columns[field]}{row.number}"].value == value
    for value, cell in reading.heading.values():
        assert sheet[cell].value == value


@pytest.mark.parametrize(
    ("encoding", "separator", "form"),
    [("utf-8", ",", "csv"), ("utf-8-sig", ",", "csv"), ("gb18030", ",", "csv"), ("gbk", ";", "csv"),
     ("utf-16", "\t", "tsv"), ("utf-16-le", "\t", "tsv"), ("utf-16-be", ",", "csv"),
     ("utf-8", "，", "csv")],
)  # fmt: skip
def test_text_in_every_encoding_and_separator_reads_like_the_workbook(
    read: Any, encoding: str, separator: str, form: str
) -> None:
    filled = workbooks.filled(workbooks.issued(), ANSWERS)
    if encoding == "gbk":
        filled = workbooks.filled(workbooks.issued())
    reading = read(workbooks.as_csv(filled, encoding, separator), f"{HOUSING}/上报/10月.xls")
    assert (reading.unit, reading.period, reading.identified_by, reading.format) == (
        HOUSING,
        "2023-10",
        "content",
        form,
    )
    assert codes(reading) == ["R021"]
    assert column(reading, "measure_no") == ["3", "3"]
    assert column(reading, "target") == ["110", "604"]
    assert [row.number for row in reading.rows] == [9, 10]


def test_a_binary_workbook_reads_like_the_workbook_it_was_saved_from(read: Any) -> None:
    filled = workbooks.filled(workbooks.issued(), ANSWERS)
    plain, binary = read(filled), read(as_xlsb(filled), f"{HOUSING}/上报/10月.xls")
    assert (binary.format, binary.identified_by, binary.findings) == ("xlsb", "signature", ())
    assert binary.rows == plain.rows
    assert binary.columns == plain.columns


def test_a_percentage_of_a_binary_workbook_is_known_by_its_cell_format_too(read: Any) -> None:
    issued = workbooks.issued(factories.duty(INSURANCE))
    filled = workbooks.filled(issued, {("4", "激活率"): {"本期累计": 0.855}})
    plain, binary = (read(content, f"{INSURANCE}/上报/表") for content in (filled, as_xlsb(filled)))
    assert (binary.format, binary.rows[0].values["cumulative"]) == ("xlsb", "85.5%")
    assert (binary.rows, binary.repairs) == (plain.rows, plain.repairs)
    # Typed as a plain number beside a target that is a percentage.
    typed = workbooks.with_cell(filled, "4", "本期累计", 0.85, "激活率", "0.00")
    assert read(as_xlsb(typed), f"{INSURANCE}/上报/表").rows[0].values["cumulative"] == 0.85
    literal = workbooks.with_cell(filled, "4", "本期累计", 85, "激活率", '0"%"')
    assert read(as_xlsb(literal), f"{INSURANCE}/上报/表").rows[0].values["cumulative"] == 85


def test_a_percentage_is_known_by_its_cell_format_and_the_repair_is_logged(read: Any) -> None:
    filled = workbooks.filled(workbooks.issued(factories.duty(INSURANCE)), {("4", "激活率"): {"本期累计": 0.855}})
    reading = read(filled, f"{INSURANCE}/上报/表.xlsx")
    assert (reading.rows[0].values["cumulative"], reading.rows[0].values["target"]) == ("85.5%", "85%")
    assert [(repair.cell, repair.before, repair.after) for repair in reading.repairs] == [("H9", "0.855", "85.5%")]


def test_a_number_that_only_looks_like_a_percentage_is_left_alone(read: Any) -> None:
    filled = workbooks.filled(workbooks.issued(factories.duty(INSURANCE)))
    plain = workbooks.with_cell(filled, "4", "本期累计", 0.85, "激活率", "0.00")
    assert read(plain, f"{INSURANCE}/上报/表.xlsx").rows[0].values["cumulative"] == 0.85
    literal = workbooks.with_cell(filled, "4", "本期累计", 85, "激活率", '0"%"')
    assert read(literal, f"{INSURANCE}/上报/表.xlsx").rows[0].values["cumulative"] == 85


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!", "#NAME?"])
def test_an_error_value_is_read_as_its_text_not_as_blank(read: Any, error: str) -> None:
    content = workbooks.with_cell(workbooks.filled(workbooks.issued()), "3", "本期累计", error)
    assert read(content).rows[0].values["cumulative"] == error


def test_a_formula_without_a_result_is_read_as_its_text_not_as_blank_or_zero(read: Any) -> None:
    content = workbooks.with_cell(workbooks.filled(workbooks.issued()), "3", "本期累计", '=IF(G9>1,G9+5,"")')
    assert read(content).rows[0].values["cumulative"] == '=IF(G9>1,G9+5,"")'


def change(edit: Any) -> bytes:
    return workbooks.edited(workbooks.filled(workbooks.issued(), ANSWERS), lambda book: edit(book[SHEET]))


def insert_title(sheet: Any) -> None:
    # openpyxl does not move merged ranges along, as a real program does.
    for area in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(area))
    sheet.insert_rows(1, 5)
    sheet["A1"] = "某某单位内部传阅"


def two_rows(sheet: Any) -> None:
    for place, title in ((5, "计量"), (8, "本期")):
        sheet.cell(7, place).value = title
    sheet.cell(8, 5).value, sheet.cell(8, 8).value = "单位", "累计"
    for place in (1, 2, 3, 4, 6, 7, *range(9, 18)):
        sheet.cell(7, place).value = sheet.cell(8, place).value
        sheet.cell(8, place).value = None
        sheet.merge_cells(start_row=7, end_row=8, start_column=place, end_column=place)


def rename(sheet: Any) -> None:
    sheet["A8"], sheet["K8"], sheet["N8"], sheet["H8"] = " 序 号 ", "存在的问题", "下一步打算：", "累计完成*"


def swap(sheet: Any) -> None:
    for row in range(8, 11):
        one, two = sheet.cell(row, 8).value, sheet.cell(row, 10).value
        sheet.cell(row, 8).value, sheet.cell(row, 10).value = two, one


def footers(sheet: Any) -> None:
    sheet["A12"], sheet["H12"] = "合计", 385
    sheet["A13"] = "填表人：李某某    审核人：王某某"
    sheet["A14"] = "注：数字截至10月20日"


@pytest.mark.parametrize("edit", [insert_title, two_rows, rename, swap, footers], ids=lambda edit: edit.__name__)
def test_a_table_that_people_rearranged_is_read_the_same(read: Any, edit: Any) -> None:
    reading = read(change(edit))
    assert reading.findings == ()
    assert column(reading, "cumulative") == [85, "约300户"]
    assert column(reading, "metric_unit") == ["套", "户"]
    assert reading.heading["filler"][0] == "李某某"


def test_a_header_below_the_first_rows_is_not_found_and_the_wanted_columns_are_named(read: Any) -> None:
    reading = read(workbooks.edited(workbooks.issued(), lambda book: book[SHEET].insert_rows(1, 20)))
    assert codes(reading) == ["R006"]
    assert "措施序号" in reading.findings[0].remedy
    assert reading.unit == HOUSING


def test_a_missing_required_column_is_named_and_the_rest_is_read(read: Any) -> None:
    reading = read(change(lambda sheet: sheet.delete_cols(9)))
    assert codes(reading) == ["R011"]
    assert reading.findings[0].value == "进展状态"
    assert column(reading, "cumulative") == [85, "约300户"]


def test_a_merged_text_counts_for_its_range_only_and_a_merged_figure_is_never_copied(read: Any) -> None:
    def merge(sheet: Any) -> None:
        sheet["A11"], sheet["J11"], sheet["H9"] = "3", "另行", 85
        sheet["J10"] = sheet["H10"] = None
        sheet.merge_cells("J9:J10")
        sheet.merge_cells("H9:H10")

    reading = read(change(merge))
    assert column(reading, "progress") == [reading.rows[0].values["progress"]] * 2 + ["另行"]
    assert column(reading, "cumulative") == [85, None, None]
    assert [repair.cell for repair in reading.repairs] == ["J10"]


@pytest.mark.parametrize("written", ["２２", 22, 22.0, "22.", "（22）", " 22　"])
def test_a_measures_number_is_read_in_every_width(read: Any, written: object) -> None:
    reading = read(change(lambda sheet: sheet.__setitem__("A9", written)))
    assert reading.rows[0].values["measure_no"] == "22"
    assert [repair.after for repair in reading.repairs] == ["22"]


@pytest.mark.parametrize("written", ["1E400", "-1E400", "1E308"])
def test_a_number_without_end_is_no_day_from_1904_and_stops_nothing(read: Any, written: str) -> None:
    days = workbooks.with_part(
        workbooks.filled(workbooks.issued()),
        "xl/workbook.xml",
        lambda data: re.sub(rb"<workbookPr[^>]*/>", b'<workbookPr date1904="1"/>', data),
    )
    cell = b'<c r="P9"><v>%s</v></c>' % written.encode()
    endless = workbooks.with_part(
        days, "xl/worksheets/sheet1.xml", lambda data: re.sub(rb'<c r="P9"[^>]*></c>', cell, data)
    )
    assert column(read(endless), "expected")[0] == float(written)


def test_hidden_rows_are_still_data(read: Any) -> None:
    reading = read(change(lambda sheet: setattr(sheet.row_dimensions[10], "hidden", True)))
    assert len(reading.rows) == 2


def test_a_renamed_sheet_among_others_is_found(read: Any) -> None:
    def rename_sheet(book: openpyxl.Workbook) -> None:
        book[SHEET].title = "10月"
        book.create_sheet("草稿", 0)["A1"] = "随手记"

    reading = read(workbooks.edited(workbooks.filled(workbooks.issued()), rename_sheet))
    assert (reading.sheet, reading.findings) == ("10月", ())


def test_a_roster_is_read_with_its_people(read: Any) -> None:
    duty = factories.duty(kind="roster", period="2023-09")
    content = workbooks.roster(workbooks.issued(duty), {"业务负责人": {"姓名": "张某某", "电话": "0990-1234567"}})
    reading = read(content)
    assert (reading.kind, reading.period, reading.sheet) == ("roster", "2023-09", workbooks.ROSTER)
    assert column(reading, "role") == ["分管领导", "业务负责人"]
    assert column(reading, "phone") == [None, "0990-1234567"]


@pytest.mark.parametrize(("kind", "period"), [("deliverable", "2023-09"), ("annual", "2023")])
def test_kinds_that_share_one_table_are_told_apart_with_and_without_signature(
    read: Any, kind: str, period: str
) -> None:
    content = workbooks.filled(workbooks.issued(factories.duty(kind=kind, period=period)))
    for each, found in ((content, []), (workbooks.without_signature(content), ["R021"])):
        reading = read(each)
        assert (reading.kind, reading.period, codes(reading)) == (kind, period, found)


def test_a_zip_gives_a_reading_for_each_table_inside(read: Any) -> None:
    one = workbooks.filled(workbooks.issued())
    two = workbooks.filled(workbooks.issued(factories.duty(COMMERCE)))
    content = workbooks.zipped(
        {"a/县住建局.xlsx": one, "../县商工局.xlsx": two, "__MACOSX/._a": b"x", "说明.pdf": b"%PDF-1.4"}
    )
    readings = read.all(content, "公共上报/报表.zip")
    assert [(reading.unit, codes(reading), reading.format) for reading in readings] == [
        (HOUSING, [], "zip"), (COMMERCE, [], "zip"),
    ]  # fmt: skip


def test_a_zip_without_a_table_is_refused_once(read: Any) -> None:
    content = workbooks.zipped({f"{number}.jpg": b"\xff\xd8\xffphoto" for number in range(9)})
    assert [codes(reading) for reading in read.all(content)] == [["R005"]]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not on this machine")
@pytest.mark.parametrize("form", ["xls", "ods"])
def test_a_workbook_saved_by_libreoffice_keeps_values_signature_and_percentages(
    read: Any, tmp_path: Path, form: str
) -> None:
    filled = workbooks.filled(workbooks.issued(factories.duty(INSURANCE)), {("4", "激活率"): {"本期累计": 0.855}})
    (tmp_path / "表.xlsx").write_bytes(filled)
    convert = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", form]
    subprocess.run([*convert, "--outdir", str(tmp_path), str(tmp_path / "表.xlsx")], check=True, capture_output=True)
    reading = read((tmp_path / f"表.{form}").read_bytes(), f"{INSURANCE}/上报/表.{form}")
    assert (reading.format, reading.identified_by, reading.findings) == (form, "signature", ())
    assert [(row.values["target"], row.values["cumulative"]) for row in reading.rows] == [("85%", "85.5%"), (2, 1)]


def test_an_original_that_is_gone_is_a_broken_pipeline(tmp_path: Path) -> None:
    lost: Original = factories.original()
    with pytest.raises(PipelineError, match="备份"):
        read_originals([lost], factories.context(tmp_path))


def test_reading_twice_gives_the_same(read: Any) -> None:
    content = workbooks.filled(workbooks.issued(), ANSWERS)
    assert read(content) == read(content)
