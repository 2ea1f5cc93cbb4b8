"""Open items in the next workbook: findings of the last report and matters of the joint meeting."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace

import openpyxl

from tasks.issue.build_workbook import build_workbook
from tasks.issue.open_items import OpenItem, open_items_of
from tasks.model.finding import make_finding
from tasks.model.meeting import Matter
from tests import factories
from tests.factories import COMMERCE, HOUSING

MATTER = Matter("协2023-9-1", "协调事项", "2023-09", "3", HOUSING, "请协调用地指标。", COMMERCE, dt.date(2023, 10, 31))
RETURNED = make_finding("V101", sheet="月度报送", cells=("J9",), measure="3", expected="进展情况")
ANSWERED = replace(make_finding("V103", measure="3", value="约85"), severity="hint")
HINT = make_finding("V206", measure="3", value="703", expected="604")


def test_the_last_reports_findings_and_the_open_matters_of_the_unit_are_listed_and_nothing_else() -> None:
    earlier = factories.submission("accepted", period="2023-09", findings=(HINT,))
    last = factories.submission("returned", id=2, period="2023-09", findings=(RETURNED, ANSWERED))
    other = factories.submission("returned", id=3, period="2023-09", unit=COMMERCE, findings=(HINT,))
    closed = replace(MATTER, no="协2023-9-2", state="已销号")
    foreign = replace(MATTER, no="协2023-9-3", raised_by=COMMERCE)
    # Raised by the reports that these very workbooks are for.
    later = replace(MATTER, no="协2023-10-1", period="2023-10")
    assert open_items_of(factories.duty(), (last, earlier, other), (MATTER, closed, foreign, later)) == (
        OpenItem("协调事项", "协2023-9-1", "请协调用地指标。", "由县商工局于2023年10月31日前办理。"),
        OpenItem("2023年9月退回更正", "第3项", RETURNED.text, RETURNED.remedy),
    )
    assert [each.number for each in open_items_of(factories.duty(), (earlier,), ())] == ["第3项"]
    assert open_items_of(factories.duty(kind="roster"), (last,), (MATTER,)) == ()


def test_the_list_is_a_sheet_of_its_own_that_prints_on_a4_and_holds_text_only() -> None:
    items = [OpenItem("协调事项", "协2023-9-1", "=HYPERLINK(1)", "由县商工局办理。")]
    given = (factories.duty(), factories.context())
    book = openpyxl.load_workbook(io.BytesIO(build_workbook(*given, pending=items)))
    assert book.sheetnames == ["月度报送", "上期待办", "填报说明", "_lianxi"]
    sheet = book["上期待办"]
    assert [cell.value for cell in sheet[3]] == ["协调事项", "协2023-9-1", "=HYPERLINK(1)", "由县商工局办理。"]
    assert all(cell.data_type == "s" and cell.protection.locked for cell in sheet[3])
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) == (
        "landscape",
        9,
        0,
    )
    assert "上期待办" not in openpyxl.load_workbook(io.BytesIO(build_workbook(*given))).sheetnames
