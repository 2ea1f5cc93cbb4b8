"""A workbook filled and saved by LibreOffice in any format is accepted with the values that were filled in."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from config.county_file import load_county
from config.plan_file import load_plan
from config.workbook_file import load_layout
from flows.admin.status import read_status
from flows.intake import intake
from flows.issue import issue
from tasks.demo_units.play_scene import play_scene
from tasks.demo_units.story import load_story
from tasks.store.accepted_rows import load_accepted_rows
from tests import workbooks
from tests.conftest import use_data_folder

# A text file loses the signature, and GB18030 (85) is what Excel and WPS in Chinese write it in.
SAVED_AS = {
    "县税务局": "xlsx",
    "县医保局": "ods",
    "县卫健委": "xls",
    "县人社局": "csv:Text - txt - csv (StarCalc):44,34,85,1,,0,false,true,false,false,false,1",
}


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not on this machine")
def test_workbooks_saved_by_libreoffice_are_accepted_with_every_word_and_figure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prefect_api: str
) -> None:
    use_data_folder(monkeypatch, tmp_path)
    plan, layout = load_plan("yanqi-2023"), load_layout()
    story = load_story(plan, load_county(plan.county))
    issue("2023-10", now="2023-10-10T08:30")
    told: dict[tuple[str, str, str], list[object]] = {}
    for scene in story.scenes:
        if scene.unit in SAVED_AS and scene.kind == "progress":
            filled = play_scene(scene, story, tmp_path / "share", layout)
            told |= _told(scene.unit, filled)
            _save_by_libreoffice(filled, SAVED_AS[scene.unit], tmp_path / "profile")
    taken = intake(now="2023-10-18T18:00")
    assert taken.states == {"受理": len(SAVED_AS)}
    accepted = {each.duty.unit for each in read_status("2023-10", now="2023-10-19").standings if each.first_accepted}
    assert accepted == set(SAVED_AS)
    rows = load_accepted_rows(f"sqlite:///{tmp_path}/lianxi.db", plan.id, "2023-10")
    kept = {(row.unit, row.measure, row.metric): [row.cumulative, row.status, row.progress] for row in rows}
    assert kept == told


def _told(unit: str, filled: Path) -> dict[tuple[str, str, str], list[object]]:
    """(unit, measure, metric) -> figure, status and progress filled in."""
    sheet = openpyxl.load_workbook(filled)[workbooks.SHEET]
    places, top = workbooks.columns_of(sheet), workbooks.header_row(sheet)
    found = {}
    for row in range(top + 1, sheet.max_row + 1):
        no, metric, figure, *words = (
            sheet.cell(row, places[title]) for title in ("措施序号", "指标", "本期累计", "进展状态", "进展情况")
        )
        value = round(figure.value * 100, 9) if "%" in figure.number_format and figure.value else figure.value
        found[unit, str(no.value), metric.value or ""] = [value, *(cell.value for cell in words)]
    return found


def _save_by_libreoffice(path: Path, suffix: str, profile: Path) -> None:
    """Open the file in LibreOffice and save it in another format; the folder then holds only what LibreOffice wrote."""
    beside = path.parent / "saved"
    command = ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", suffix]
    subprocess.run([*command, "--outdir", beside, path], check=True, capture_output=True, timeout=120)
    path.unlink()
    saved = next(beside.iterdir())
    shutil.move(saved, path.with_suffix(saved.suffix))
    beside.rmdir()
