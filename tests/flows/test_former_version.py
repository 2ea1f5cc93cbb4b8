"""What an office of a former version kept works on: its ledger, share, settings and signed workbooks (`tests/former`)."""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from config.paths import PROJECT
from config.settings_file import load_settings
from tasks.demo_units.play_scene import play_scene
from tasks.demo_units.story import Scene, load_story
from tasks.store import audit_chain, brief_issues, outbox, submissions
from tests.conftest import use_data_folder

FORMER = PROJECT / "tests" / "former"
PLAN, LATE = "yanqi-2023", "县总工会"
RESTORED, DROPPED, TAKEN = "2023-11-02T13:00", "2023-11-02T15:00", "2023-11-02T15:20"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, prefect_api: str) -> Path:
    """The data folder, restored from the former version's archive."""
    from flows.admin.restore import restore_backup

    data = tmp_path_factory.mktemp("旧版") / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LIANXI_CONFIG", str(data.parent / "config"))
        (data.parent / "config").mkdir()
        use_data_folder(patch, data)
        done = restore_backup(FORMER / "office-0.1.0.tar.gz", now=RESTORED)
        assert done.todo == ()
    return data


@pytest.fixture(autouse=True)
def _entered(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANXI_CONFIG", str(office.parent / "config"))
    use_data_folder(monkeypatch, office)


def _url(office: Path) -> str:
    return f"sqlite:///{office}/lianxi.db"


def test_every_duty_stands_where_the_former_version_saw_it(capsys: pytest.CaptureFixture[str]) -> None:
    from flows.admin.status import read_status
    from flows.cli import printing

    printing.print_status_json(read_status("2023-10", now="2023-11-02"))
    former = json.loads((FORMER / "status-0.1.0.json").read_text(encoding="utf-8"))
    assert json.loads(capsys.readouterr().out) == former


def test_the_settings_of_the_former_version_are_still_understood(office: Path) -> None:
    settings = load_settings(office / "settings.from-backup.toml", env={})
    assert settings.plan == PLAN and len(settings.ladder) == 5


def test_the_log_holds_and_the_approved_brief_is_as_it_was(office: Path) -> None:
    assert audit_chain.check_chain(audit_chain.audit_entries(_url(office))) is None
    stored = brief_issues.load_brief(_url(office), PLAN, "2023-10")
    assert stored is not None and (stored.state, stored.issue_no) == ("frozen", 1)


def test_a_workbook_issued_by_the_former_version_is_accepted_once(office: Path) -> None:
    from flows.admin.status import read_status
    from flows.context import open_context
    from flows.intake import intake

    context = open_context(now=DROPPED)
    at = dt.datetime.fromisoformat(DROPPED).replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    scene = Scene(at, LATE, "nil")
    path = play_scene(scene, load_story(context.plan, context.county), context.share, context.layout)
    os.utime(path, (at.timestamp(), at.timestamp()))
    assert intake(now=TAKEN).states == {"受理": 1}
    assert intake(now=TAKEN).received == 0
    stands = {each.duty.unit: each.name for each in read_status("2023-10", now=TAKEN).standings}
    assert stands[LATE] == "迟报"
    assert list((office / "share" / LATE / "退回").glob("*受理回执*"))


def test_nothing_that_was_written_before_is_written_again(office: Path) -> None:
    from flows.chase import chase

    before = {letter.key for letter in outbox.letter_records(_url(office), PLAN)}
    versions = len(submissions.load_received(_url(office), PLAN))
    first, again = chase(now="2023-11-03T09:00"), chase(now="2023-11-03T09:10")
    new = [letter for letter in outbox.letter_records(_url(office), PLAN) if letter.key not in before]
    assert {letter.day.isoformat() for letter in new} == {"2023-11-03"}
    assert again.posted.sent == 0 and first.workday
    assert len(submissions.load_received(_url(office), PLAN)) == versions
