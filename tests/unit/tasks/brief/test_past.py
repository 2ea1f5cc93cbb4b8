"""Earlier months beside this one: in the text, in the ledger, and linked to copies of their originals."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from tasks.brief.cited_originals import copy_cited, places_of
from tasks.brief.model import Annex, Table, from_json, to_json
from tasks.brief.parts.trend import trend_table
from tasks.brief.render import write_issue, write_meeting, write_pdf_beside
from tasks.brief.sources import Sources
from tasks.brief.writers.html import write_html
from tasks.brief.writers.ledger_workbook import write_ledger
from tests import factories
from tests.golden import november, story


def test_the_whole_issue_survives_json() -> None:
    assert from_json(to_json(november.brief())) == november.brief()


def test_an_issue_frozen_before_there_were_matters_is_still_read() -> None:
    import json

    data = json.loads(to_json(story.brief()))
    for field in ("checks", "corrections", "matters", "agenda", "note_lines"):
        del data[field]
    for row in data["ledger"]:
        del row["past"]
    assert from_json(json.dumps(data)).blocks == story.brief().blocks


def test_the_figures_of_the_year_stand_side_by_side() -> None:
    september = replace(november.october(), period="2023-09")
    (table,) = trend_table(november.rollup(), (september, november.october()), Sources())
    assert isinstance(table, Table)
    assert [column.title for column in table.columns] == ["措施", "指标（单位）", "9月", "10月", "11月"]
    assert sum(column.width_mm for column in table.columns) == 156
    row = {r[1].text: [cell.text for cell in r[2:]] for r in table.rows}
    assert row["公租房（套）"] == ["81.2", "81.2", "87.1"]


def test_one_or_two_months_are_no_trend() -> None:
    assert trend_table(story.rollup(), (), Sources()) == []
    assert trend_table(november.rollup(), (november.october(),), Sources()) == []


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


def test_an_original_is_copied_once_under_a_name_a_person_can_read(tmp_path: Path) -> None:
    sent = factories.submission(
        "accepted", id=2, unit="县商工局", version=2, stored="shili-2023/ab/abc", path="x/表.XLSX"
    )
    places = places_of([sent], "shili-2023")
    assert places == {2: f"briefs/shili-2023/原件/{sent.period}/县商工局_第2版.xlsx"}
    original = tmp_path / "originals" / "shili-2023" / "ab" / "abc"
    original.parent.mkdir(parents=True)
    original.write_bytes(b"as it came")
    assert copy_cited(november.brief(), [sent], places, tmp_path) == 1
    assert copy_cited(november.brief(), [sent], places, tmp_path) == 0
    assert (tmp_path / places[2]).read_bytes() == b"as it came"
    assert original.read_bytes() == b"as it came"


def test_a_register_that_lies_there_is_never_written_over(tmp_path: Path) -> None:
    written = write_meeting(november.brief(), tmp_path, tmp_path, register=True)
    assert [file.path for file in written] == ["议事材料/联席会议议程.docx", "议事材料/议定事项登记表.xlsx"]
    (tmp_path / written[1].path).write_bytes(b"filled by a person")
    write_meeting(november.brief(), tmp_path, tmp_path, register=True)
    assert (tmp_path / written[1].path).read_bytes() == b"filled by a person"


def test_an_issue_without_a_paper_writes_none(tmp_path: Path) -> None:
    assert write_meeting(replace(november.brief(), agenda=()), tmp_path, tmp_path, register=True) == ()


def test_without_libreoffice_no_pdf_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert write_pdf_beside(tmp_path, tmp_path) is None


def test_the_absence_of_libreoffice_is_said_and_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    written = write_issue(november.brief(), tmp_path, tmp_path, register=True, pdf=True).files
    assert [file.path.rpartition("/")[2] for file in written] == [
        "简报.docx",
        "简报.html",
        "措施台账.xlsx",
        "联席会议议程.docx",
        "议定事项登记表.xlsx",
    ]


def test_a_libreoffice_that_fails_keeps_no_approved_issue_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "bin" / "soffice"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{broken.parent}:/bin")
    written = write_issue(november.brief(), tmp_path, tmp_path, pdf=True).files
    assert [file.path.rpartition("/")[2] for file in written][:3] == ["简报.docx", "简报.html", "措施台账.xlsx"]
    assert not (tmp_path / "简报.pdf").exists()


def test_a_pdf_that_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / "简报.pdf").write_bytes(b"%PDF")
    written = write_pdf_beside(tmp_path, tmp_path)
    assert written is not None
    assert (tmp_path / written.path).read_bytes() == b"%PDF"


def test_units_records_are_an_attachment_with_exemptions_in_words(tmp_path: Path) -> None:
    titles = [block.title for block in november.brief().blocks if isinstance(block, Annex)]
    assert titles[-1] == "2023年第四季度单位报送情况记录表"
    write_html(november.brief(), tmp_path / "brief.html")
    page = (tmp_path / "brief.html").read_text(encoding="utf-8")
    assert "豁免：县商工局2023年11月月度报送经批准延期至11月24日。" in page
