"""The ledger: one row per measure and metric, figures as figures, words as words."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tasks.brief.writers.ledger_workbook import write_ledger
from tests.golden import november, story


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("excel") / "措施台账.xlsx"
    write_ledger(story.brief(), path)
    return openpyxl.load_workbook(path)["措施台账"]


def column(sheet: Any, title: str) -> list[Any]:
    index = [cell.value for cell in sheet[3]].index(title) + 1
    return [sheet.cell(row, index).value for row in range(4, sheet.max_row + 1)]


def test_the_same_brief_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_ledger(story.brief(), tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_figures_dates_and_percentages_are_typed(sheet: Any) -> None:
    row = column(sheet, "指标").index("新能源公务用车占比") + 4
    titles = [cell.value for cell in sheet[3]]
    values = dict(zip(titles, [sheet.cell(row, i + 1).value for i in range(len(titles))], strict=True))
    assert values["完成时限"] == dt.datetime(2023, 10, 15)
    assert (values["完成率"], values["累计"], values["亮灯"]) == (0.72, 43.2, "红灯")
    assert values["数据来源"].startswith("第1版 月度报送!H")


def test_the_sheet_can_be_filtered_scrolled_and_printed(sheet: Any) -> None:
    assert sheet.freeze_panes == "D4"
    assert sheet.auto_filter.ref == f"A3:X{sheet.max_row}"
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.print_title_rows == "$3:$3"
    assert sheet.print_title_cols == "$A:$C"


def test_words_that_look_like_formulas_stay_words(tmp_path: Path) -> None:
    row = dataclasses.replace(
        story.brief().ledger[0], progress="=1+1", problems="http://example.com", highlights="@SUM(A1)"
    )
    write_ledger(dataclasses.replace(story.brief(), ledger=(row,)), tmp_path / "hostile.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "hostile.xlsx").active
    found = {cell.value: cell for cell in sheet[4]}
    assert found["=1+1"].data_type == "s"
    assert found["http://example.com"].hyperlink is None


def test_a_brief_without_measures_is_still_a_workbook(tmp_path: Path) -> None:
    write_ledger(dataclasses.replace(story.brief(), ledger=()), tmp_path / "empty.xlsx")
    assert openpyxl.load_workbook(tmp_path / "empty.xlsx").active.max_row == 3


def test_the_ledger_has_a_block_per_earlier_month_linked_to_the_originals(tmp_path: Path) -> None:
    folder = tmp_path / "briefs" / "shili-2023" / "2023-11"
    write_ledger(november.brief(), folder / "措施台账.xlsx", tmp_path)
    sheet = openpyxl.load_workbook(folder / "措施台账.xlsx").active
    titles = [cell.value for cell in sheet[3]]
    assert titles[-4:] == ["10月累计", "10月完成率", "10月亮灯", "10月来源"]
    assert sheet.auto_filter.ref.startswith("A3:AB")
    cell = sheet.cell(4, titles.index("10月来源") + 1)
    assert cell.hyperlink.target.replace("\\", "/") == "../原件/2023-10/县商工局_第2版.xlsx"
    assert cell.hyperlink.location == "'月度报送'!H9"
    # A unit may have called its sheet what it liked.
    renamed = replace(november.brief(), sources=tuple(replace(s, sheet="'10月'报表") for s in november.brief().sources))
    write_ledger(renamed, folder / "renamed.xlsx", tmp_path)
    same = openpyxl.load_workbook(folder / "renamed.xlsx").active.cell(4, titles.index("10月来源") + 1)
    assert same.hyperlink.location == "'''10月''报表'!H9"
    assert cell.value == "第2版 月度报送!H9"
    row = next(r for r in range(4, sheet.max_row + 1) if sheet.cell(r, titles.index("指标") + 1).value == "公租房")
    assert sheet.cell(row, titles.index("10月累计") + 1).value == 81.2
