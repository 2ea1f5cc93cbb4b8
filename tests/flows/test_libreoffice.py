"""A workbook issued, filled, and saved by LibreOffice in its own formats, dropped into 上报/, is accepted."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from config.county import load_county
from config.plan import load_plan
from config.workbook import load_layout
from flows.intake import intake
from flows.issue import issue
from flows.status import status
from tasks.rehearsal.play import play
from tasks.rehearsal.story import load_story
from tests.conftest import enter

SAVED_AS = {"县税务局": "xlsx", "县医保局": "ods", "县卫健委": "xls"}


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not on this machine")
def test_workbooks_saved_by_libreoffice_are_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prefect_api: str
) -> None:
    enter(monkeypatch, tmp_path)
    plan, layout = load_plan("yanqi-2023"), load_layout()
    story = load_story(plan, load_county(plan.county))
    issue("2023-10", now="2023-10-10T08:30")
    for scene in story.scenes:
        if scene.unit in SAVED_AS and scene.kind == "progress":
            filled = play(scene, story, tmp_path / "share", layout)
            _save_by_libreoffice(filled, SAVED_AS[scene.unit], tmp_path / "profile")
    taken = intake(now="2023-10-18T18:00")
    assert taken.states == {"受理": 3}
    accepted = {each.duty.unit for each in status("2023-10", now="2023-10-19").standings if each.first_accepted}
    assert accepted == set(SAVED_AS)


def _save_by_libreoffice(path: Path, suffix: str, profile: Path) -> None:
    """Open the file in LibreOffice and save it as another; only what LibreOffice wrote is left in the folder."""
    beside = path.parent / "saved"
    command = ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", suffix]
    subprocess.run([*command, "--outdir", beside, path], check=True, capture_output=True, timeout=120)
    path.unlink()
    shutil.move(beside / f"{path.stem}.{suffix}", path.with_suffix(f".{suffix}"))
    beside.rmdir()
