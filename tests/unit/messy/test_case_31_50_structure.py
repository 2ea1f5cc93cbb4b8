"""Cases 31 to 50: sheets, headers, rows and cells rearranged, broken or used for something else."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tests import workbooks
from tests.unit.messy.chain import ROWS, Bureau, Office, finding, run_cases

OPEN = "urn:oasis:names:tc:opendocument:xmlns"
Sheet = workbooks.Worksheet

# One worker builds the share of this file, not each.
pytestmark = pytest.mark.xdist_group("test_case_31_50_structure")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return run_cases(tmp_path_factory.mktemp("share"), globals())


def changed(office: Office, case: int, *changes: Callable[[Any], None], book: bool = False) -> None:
    """One file per change, each from a different unit; a change gets the table sheet or (`book`) the whole workbook."""
    for variant, change in enumerate(changes):
        bureau = office.bureau(case, variant)
        answers: dict[str, dict[str, object]] = {"套": {"本期累计": 85}}
        office.drop(bureau, bureau.filled(answers, change=change) if book else bureau.edited(change, answers))


def case_31(office: Office) -> None:
    """The sheet renamed and moved behind others; a second sheet with other values; a second equal sheet."""

    def renamed(book: Any) -> None:
        book[workbooks.SHEET].title = "商工局"
        book.create_sheet("草稿", 0)["A1"] = "随手记"
        book.create_sheet("Sheet1", 0)

    def rival(book: Any) -> None:
        copy = book.copy_worksheet(book[workbooks.SHEET])
        copy.title = "月度报送 (2)"
        copy["H9"] = 70

    def twin(book: Any) -> None:
        book.copy_worksheet(book[workbooks.SHEET]).title = "月度报送 (2)"

    changed(office, 31, renamed, rival, twin, book=True)


def case_32(office: Office) -> None:
    """The hidden signed sheet deleted."""
    changed(office, 32, lambda book: book.remove(book["_lianxi"]), book=True)


def case_33(office: Office) -> None:
    """Rows inserted above: the header is the 13th row, and the 28th."""
    changed(office, 33, lambda sheet: shift(sheet, 5), lambda sheet: shift(sheet, 20))


def shift(sheet: Sheet, rows: int) -> None:
    # openpyxl does not move merged ranges with inserted rows, as a spreadsheet program does.
    for area in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(area))
    sheet.insert_rows(1, rows)
    sheet["A1"] = "内部传阅"


def case_34(office: Office) -> None:
    """A header in two rows, with merged cells."""

    def two_rows(sheet: Sheet) -> None:
        for column in range(1, 18):
            title = sheet.cell(8, column).value
            if column in (5, 8):
                sheet.cell(7, column).value, sheet.cell(8, column).value = title[:2], title[2:]
            else:
                sheet.cell(7, column).value, sheet.cell(8, column).value = title, None
                sheet.merge_cells(start_row=7, end_row=8, start_column=column, end_column=column)

    changed(office, 34, two_rows)


def case_35(office: Office) -> None:
    """Columns swapped; a column added by the unit; a required column deleted."""

    def swap(sheet: Sheet) -> None:
        for row in range(8, 14):
            one, two = sheet.cell(row, 8), sheet.cell(row, 10)
            one.value, two.value, one.number_format, two.number_format = (
                two.value, one.value, two.number_format, one.number_format,
            )  # fmt: skip

    def add(sheet: Sheet) -> None:
        sheet["R8"], sheet["R9"] = "备案 号", "焉备〔2023〕7号"

    changed(office, 35, swap, add, lambda sheet: sheet.delete_cols(9))


def case_36(office: Office) -> None:
    """Titles in other words: synonyms, and an unknown one over the figures."""

    def known(sheet: Sheet) -> None:
        sheet["A8"], sheet["K8"], sheet["N8"], sheet["H8"] = " 序 号 ", "存在的问题", "下一步打算：", "累计完成*"

    changed(office, 36, known, lambda sheet: sheet.__setitem__("H8", "完成数"))


def case_37(office: Office) -> None:
    """Cells merged down a column: number and text of a measure over its two figures; and the figures themselves."""

    def measure(sheet: Sheet) -> None:
        sheet.merge_cells("A9:A10")
        sheet.merge_cells("B9:B10")

    changed(office, 37, measure, lambda sheet: sheet.merge_cells("H9:H10"))


def case_38(office: Office) -> None:
    """Blank rows, a total, and a footer with names."""

    def footer(sheet: Sheet) -> None:
        shift_down(sheet)
        sheet["A16"], sheet["H16"] = "合计", 500
        sheet["A17"] = "填表人：李某某    审核人：王某某    联系电话：0990-1234567"
        sheet["A18"] = "注：数字截至10月20日"

    changed(office, 38, footer)


def shift_down(sheet: Sheet) -> None:
    sheet.insert_rows(11)


def case_39(office: Office) -> None:
    """A row hidden by a filter."""
    changed(office, 39, lambda sheet: setattr(sheet.row_dimensions[10], "hidden", True))


def case_40(office: Office) -> None:
    """The row of a measure deleted."""
    changed(office, 40, lambda sheet: sheet.delete_rows(13))


def case_41(office: Office) -> None:
    """An added row, with a number that no measure has."""

    def add(sheet: Sheet) -> None:
        sheet["A14"], sheet["I14"], sheet["J14"] = 9999, "已完成", "自选动作。"

    changed(office, 41, add)


def case_42(office: Office) -> None:
    """One measure in two rows; and in two rows, one of them with an explanation."""

    def twice(sheet: Sheet) -> None:
        for column in range(1, 18):
            sheet.cell(14, column).value = sheet.cell(10, column).value
        sheet["H14"] = 310

    def explained(sheet: Sheet) -> None:
        twice(sheet)
        sheet["Q14"] = "以本行为准。"

    changed(office, 42, twice, explained)


def case_43(office: Office) -> None:
    """The locked text of a measure edited."""
    changed(office, 43, lambda sheet: sheet.__setitem__("B13", "组织促消费活动10场。"))


def case_44(office: Office) -> None:
    """The rows in reverse order."""

    def turn(sheet: Sheet) -> None:
        for column in range(1, 18):
            cells = [(cell.value, cell.number_format) for cell in (sheet.cell(row, column) for row in range(9, 14))]
            for row, (value, form) in zip(range(9, 14), reversed(cells), strict=True):
                sheet.cell(row, column).value, sheet.cell(row, column).number_format = value, form

    changed(office, 44, turn)


def case_45(office: Office) -> None:
    """Error values in a figure, in the status and in the text."""
    places = [("H9", "#REF!"), ("H9", "#N/A"), ("H9", "#DIV/0!"), ("H9", "#NAME?"), ("I13", "#N/A"), ("J13", "#REF!")]
    changed(office, 45, *(put(cell, error) for cell, error in places))
    bureau = office.bureau(45, len(places))
    error = (
        '<c table:formula="of:=1/0" office:value-type="string" calcext:value-type="error"><text:p>#DIV/0!</text:p></c>'
    )
    office.drop(bureau, as_ods(bureau.filled(), {(8, 7): error}), "10月报表.ods")


def put(cell: str, value: object) -> Callable[[Any], None]:
    return lambda sheet: sheet.__setitem__(cell, value)


def case_46(office: Office) -> None:
    """Formulas that were never calculated: in a figure, in the text, and in an .ods."""
    changed(office, 46, put("H9", "=G9+5"), put("J13", "=VLOOKUP(A13,草稿!A:B,2,0)"))
    bureau = office.bureau(46, 2)
    formula = '<c table:formula="of:=[.G9]+5"/>'
    office.drop(bureau, as_ods(bureau.filled(), {(8, 7): formula}), "10月报表.ods")


def case_47(office: Office) -> None:
    """The content of a cell in a comment, or in a text box; and comments written by the office itself."""

    def note(sheet: Sheet) -> None:
        sheet["J13"].comment = Comment("具体见10月18日会议纪要", "李某某")

    def ours(sheet: Sheet) -> None:
        sheet["J13"].comment = Comment("【退回更正】“进展情况”没有填写\n怎么改：请填写。", "联席会议办公室")

    changed(office, 47, note, ours)
    bureau = office.bureau(47, 2)
    members = workbooks.parts(bureau.filled())
    rels = b'<Relationships><Relationship Id="rId9" Target="../drawings/drawing1.xml"/></Relationships>'
    box = b"<xdr:wsDr><xdr:sp><xdr:txBody><a:p><a:r><a:t>\xe8\xa1\xa5\xe5\x85\x85</a:t></a:r></a:p></xdr:txBody></xdr:sp></xdr:wsDr>"
    members |= {"xl/drawings/drawing1.xml": box, "xl/worksheets/_rels/sheet1.xml.rels": rels}
    office.drop(bureau, workbooks.zipped(members))


def case_48(office: Office) -> None:
    """A figure in red and struck through, and a coloured row, meant as a message."""

    def paint(sheet: Sheet) -> None:
        sheet["H9"].font = Font(strike=True, color="FF0000")
        for cell in sheet[10]:
            cell.fill = PatternFill("solid", fgColor="FF0000")

    changed(office, 48, paint)


def case_49(office: Office) -> None:
    """A workbook that counts its days from 1904: a day, and the same day as a bare number; and one from 1900."""
    for variant, (from_1904, value) in enumerate(((True, dt.date(2023, 10, 20)), (True, 43757), (False, 45219))):
        bureau = office.bureau(49, variant)

        def change(book: Any, from_1904: bool = from_1904, value: object = value) -> None:
            if from_1904:
                book.epoch = CALENDAR_MAC_1904
            book[workbooks.SHEET]["P13"] = value
            if isinstance(value, int):
                book[workbooks.SHEET]["P13"].number_format = "0"

        office.drop(bureau, bureau.filled(change=change))


def case_50(office: Office) -> None:
    """The numbers of two measures swapped."""

    def swap(sheet: Sheet) -> None:
        sheet["A11"], sheet["A12"] = sheet["A12"].value, sheet["A11"].value

    changed(office, 50, swap)


def as_ods(content: bytes, cells: dict[tuple[int, int], str]) -> bytes:
    """The table sheet as .ods, with some cells (row and column from 0) written as given."""

    def cell(row: int, column: int, text: str) -> str:
        if (row, column) in cells:
            return re.sub(r"(</?)c\b", r"\1table:table-cell", cells[row, column])
        if not text:
            return "<table:table-cell/>"
        kind = 'office:value-type="string"'
        if text.endswith("%") and text[:-1].replace(".", "").isdigit():
            kind = f'office:value-type="percentage" office:value="{float(text[:-1]) / 100}"'
        elif re.fullmatch(r"\d+(\.\d+)?", text):
            kind = f'office:value-type="float" office:value="{text}"'
        return f"<table:table-cell {kind}><text:p>{escape(text)}</text:p></table:table-cell>"

    rows = [
        "<table:table-row>"
        + "".join(cell(row, column, text) for column, text in enumerate(texts))
        + "</table:table-row>"
        for row, texts in enumerate(workbooks.as_rows(content))
    ]
    names = "".join(f' xmlns:{name}="{OPEN}:{name}:1.0"' for name in ("office", "table", "text"))
    body = f'<table:table table:name="{workbooks.SHEET}">{"".join(rows)}</table:table>'
    return workbooks.zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{OPEN}:manifest:1.0"/>'.encode(),
            "content.xml": (
                f'<?xml version="1.0"?><office:document-content{names} xmlns:calcext="urn:org:documentfoundation:calcext">'
                f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
            ).encode(),
        },
        packed=False,
    )


@pytest.mark.parametrize(
    ("case", "variant", "state", "codes"),
    [
        (31, 0, "accepted", ()),
        (31, 1, "queried", ("R017",)),
        (31, 2, "accepted", ()),
        (32, 0, "accepted", ("R021",)),
        (33, 0, "accepted", ()),
        (33, 1, "returned", ("R006",)),
        (34, 0, "accepted", ()),
        (35, 0, "accepted", ()),
        (35, 1, "accepted", ("R022",)),
        (35, 2, "returned", ("R011",)),
        (36, 0, "accepted", ()),
        (36, 1, "returned", ("R011", "R022")),
        (37, 0, "accepted", ()),
        (37, 1, "returned", ("V101",)),
        (38, 0, "accepted", ()),
        (39, 0, "accepted", ("R023",)),
        (40, 0, "returned", ("V403",)),
        (41, 0, "accepted", ("V401",)),
        (42, 0, "queried", ("V404",)),
        (42, 1, "accepted", ("V404",)),
        (43, 0, "accepted", ("V407",)),
        (44, 0, "accepted", ()),
        *((45, variant, "returned", ("V104",)) for variant in range(6)),
        (45, 6, "returned", ("R021", "V104")),
        (46, 0, "returned", ("V105",)),
        (46, 1, "returned", ("V105",)),
        (46, 2, "returned", ("R021", "V105")),
        (47, 0, "accepted", ("R024",)),
        (47, 1, "accepted", ()),
        (47, 2, "accepted", ("R024",)),
        (48, 0, "accepted", ()),
        (49, 0, "accepted", ()),
        (49, 1, "accepted", ()),
        (49, 2, "accepted", ()),
    ],
)
def test_the_state_and_the_codes(office: Office, case: int, variant: int, state: str, codes: tuple[str, ...]) -> None:
    assert office.state_and_codes(case, variant) == (state, codes)


@pytest.mark.parametrize(
    ("case", "variant"),
    [
        (31, 0),
        (31, 2),
        (32, 0),
        (33, 0),
        (34, 0),
        (35, 0),
        (35, 1),
        (36, 0),
        (37, 0),
        (38, 0),
        (39, 0),
        (44, 0),
        (48, 0),
    ],
)
def test_the_figures_are_read_as_if_nothing_had_been_moved(office: Office, case: int, variant: int) -> None:
    figures = {unit: office.figure(case, variant, unit) for unit in ROWS}
    assert figures == {"套": 85, "户": 302, "%": 42.5, "万元": 55, "": None}


def test_31_the_sheets_that_could_both_be_meant_are_named(office: Office) -> None:
    assert finding(office.one(31, 1), "R017").value == "月度报送、月度报送 (2)"
    assert office.one(31).reading.sheet == "商工局"


def test_32_the_sheet_names_unit_and_month_and_a_person_is_asked_to_check(office: Office) -> None:
    assert office.one(32).reading.identified_by == "content"
    assert finding(office.one(32), "R021").expected == f"{Bureau(32).name}2023年10月"


def test_33_the_missing_columns_are_named(office: Office) -> None:
    assert "措施序号" in finding(office.one(33, 1), "R006").remedy


def test_35_the_text_of_an_added_column_is_kept_as_a_remark(office: Office) -> None:
    assert [row.explanation for row in office.one(35, 1).rows] == ["备案 号：焉备〔2023〕7号", "", "", "", ""]
    assert finding(office.one(35, 1), "R022").cells == ("R8",)


def test_36_a_title_over_figures_is_never_guessed(office: Office) -> None:
    assert finding(office.one(36, 1), "R011").value == "本期累计"


def test_37_a_merged_text_fills_its_range_with_a_repair_and_a_merged_figure_does_not(office: Office) -> None:
    assert [(cell, after) for cell, _, after in office.repaired(37) if cell != "H11"] == [
        ("A10", Bureau(37).no("套")), ("B10", Bureau(37).measures()[0].text),
    ]  # fmt: skip
    assert finding(office.one(37, 1), "V101").cells == ("H10",)


def test_39_the_hidden_row_is_named(office: Office) -> None:
    assert finding(office.one(39), "R023").cells == ("A10",)


def test_40_the_measure_that_is_missing_is_named(office: Office) -> None:
    assert finding(office.one(40), "V403").measure == Bureau(40).no("")
    assert f"缺第{Bureau(40).no('')}项措施" in finding(office.one(40), "V403").text


def test_41_the_row_is_kept_out_of_the_ledger(office: Office) -> None:
    assert "9999" not in {row.measure for row in office.one(41).rows}


def test_42_the_explained_row_counts_and_nothing_is_added_up(office: Office) -> None:
    assert office.one(42).rows == ()
    assert office.figure(42, 1, "户") == 310


def test_43_the_text_of_the_plan_counts(office: Office) -> None:
    assert finding(office.one(43), "V407").cells == ("B13",)
    assert office.plan.measures[-1].text != "组织促消费活动10场。"


@pytest.mark.parametrize(
    ("case", "variant", "cell"),
    [(45, 0, "H9"), (45, 4, "I13"), (45, 5, "J13"), (45, 6, "H9"), (46, 0, "H9"), (46, 1, "J13"), (46, 2, "H9")],
)
def test_45_and_46_the_cell_is_named_and_is_neither_blank_nor_zero(
    office: Office, case: int, variant: int, cell: str
) -> None:
    (said,) = [each for each in office.one(case, variant).findings if each.code in ("V104", "V105")]
    assert said.cells == (cell,)
    assert said.value[0] in "#="


def test_47_the_commented_cell_and_the_unread_text_box_are_named(office: Office) -> None:
    note, box = finding(office.one(47), "R024"), finding(office.one(47, 2), "R024")
    assert (note.value, note.cells, box.value) == ("批注", ("J13",), "文本框")


@pytest.mark.parametrize("variant", [0, 1, 2])
def test_49_days_are_read_in_the_workbooks_own_epoch(office: Office, variant: int) -> None:
    assert next(row.expected for row in office.one(49, variant).rows if not row.metric) == "2023-10-20"


def test_50_swapped_measure_numbers_are_returned(office: Office) -> None:
    verdict, bureau = office.one(50), Bureau(50)
    assert verdict.state == "returned"
    swapped = [each for each in verdict.findings if each.code == "V410"]
    assert {cell for each in swapped for cell in each.cells} == {"B11", "B12"}
    assert {(each.measure, each.expected) for each in swapped} == {
        (bureau.no("%"), bureau.no("万元")), (bureau.no("万元"), bureau.no("%")),
    }  # fmt: skip
