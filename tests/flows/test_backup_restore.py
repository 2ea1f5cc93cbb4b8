"""A backup made while an intake runs, restored elsewhere: the next intake finishes the work and repeats nothing."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tasks.errors import InputError
from tasks.store import audit_chain, originals, outbox, submissions
from tests.conftest import use_data_folder

PLAN = "yanqi-2023"
NOW = "2023-10-17T18:00"


def use_installation(patch: pytest.MonkeyPatch, root: Path) -> str:
    """Use a data folder with a config folder of its own, which a restore also replaces. Returns the ledger's URL."""
    use_data_folder(patch, root)
    config = root.parent / f"{root.name} config"
    if not config.exists():
        for name in ("plans", "counties"):
            shutil.copytree(Path("config") / name, config / name)
    patch.setenv("LIANXI_CONFIG", str(config))
    return f"sqlite:///{root}/lianxi.db"


def ledger(url: str) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """The versions of files and the letters, which must be the same however the work was interrupted."""
    versions = [
        (one.unit, one.kind, one.period, one.version, one.state, one.sha256, one.path, len(one.findings))
        for one in submissions.load_received(url, PLAN)
    ]
    return sorted(versions, key=str), sorted(
        (*letter.key, letter.message_id) for letter, *_ in outbox.load_letters(url, PLAN)
    )


def test_a_backup_made_while_an_intake_runs_comes_back_and_the_next_intake_finishes(
    tmp_path: Path, prefect_api: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.admin.restore import restore_backup
    from flows.context import open_context
    from flows.intake import intake
    from flows.issue import issue
    from flows.steps.make_backup import make_backup
    from tasks.demo_units.play_scene import play_scene
    from tasks.demo_units.story import load_story

    first = tmp_path / "原处"
    url = use_installation(monkeypatch, first)
    for period in ("2023-09", "2023-10"):
        issue(period, now="2023-10-10T08:30")
    office = open_context(now=NOW)
    story = load_story(office.plan, office.county)
    scenes = story.between(None, office.now)
    for scene in (*scenes[:4], *scenes[-3:]):
        path = play_scene(scene, story, office.share, office.layout)
        os.utime(path, (scene.at.timestamp(), scene.at.timestamp()))

    running = subprocess.Popen(
        [sys.executable, "-m", "flows.cli.main", "intake", "--now", NOW],
        env=os.environ | {"PREFECT_API_URL": prefect_api},
    )
    made: list[tuple[Path, Any]] = []
    while running.poll() is None and not (made and made[-1][1]):
        made.append((make_backup(tmp_path / f"{len(made)}.tar.gz", NOW).path, originals.load_known_files(url, PLAN)))
        time.sleep(0.3)
    assert running.wait(240) == 0
    whole = ledger(url)
    assert whole[0] and whole[1]

    # The first backup whose ledger has files: made during the intake, unless the machine was too slow.
    archive = made[-1][0]
    second = tmp_path / "别处"
    other = use_installation(monkeypatch, second)
    done = restore_backup(archive, now=NOW)
    assert not done.todo and (done.aside is None or not list(done.aside.rglob("*.db")))
    intake(now=NOW)
    assert ledger(other) == whole
    assert intake(now=NOW).received == 0 and ledger(other) == whole
    links = audit_chain.audit_entries(other)
    assert audit_chain.check_chain(links) is None and links[-1].act == "恢复备份"
    assert (second / "secret.key").stat().st_mode & 0o777 == 0o600
    for one in submissions.load_received(other, PLAN):
        assert (second / "originals" / one.stored).is_file()


def test_a_data_folder_with_content_is_replaced_only_with_force_and_the_content_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.admin.restore import restore_backup
    from flows.steps.make_backup import make_backup

    root = tmp_path / "数据 data"
    url = use_installation(monkeypatch, root)
    (root / "share/县总工会/上报").mkdir(parents=True)
    (root / "share/县总工会/上报/旧.xlsx").write_bytes(b"old")
    (root / "briefs").mkdir()
    (root / "briefs/一.docx").write_bytes(b"then")
    archive = make_backup(now="2023-10-17T09:00").path
    audit_chain.record_act(url, "", "删除个人信息", "", "甲", "", dt.datetime(2023, 10, 18, tzinfo=dt.UTC))
    (root / "briefs/一.docx").write_bytes(b"since")
    (root / "share/县总工会/上报/新.xlsx").write_bytes(b"new")
    plan = Path(os.environ["LIANXI_CONFIG"]) / "plans/yanqi-2023.toml"
    plan.write_text(plan.read_text(encoding="utf-8") + "# mended\n", encoding="utf-8")

    before = sorted(path.name for path in root.rglob("*") if path.is_file())
    for wrong in (archive, tmp_path / "nothing.tar.gz"):
        with pytest.raises(InputError):
            restore_backup(wrong, now="2023-10-19T09:00")
    assert sorted(path.name for path in root.rglob("*") if path.is_file()) == before

    done = restore_backup(archive, force=True, now="2023-10-19T09:00")
    assert (root / "briefs/一.docx").read_bytes() == b"then"
    assert done.aside and (done.aside / "data/briefs/一.docx").read_bytes() == b"since"
    assert {path.name for path in (root / "share/县总工会/上报").iterdir()} == {"旧.xlsx", "新.xlsx"}
    assert done.config_changed == ("plans/yanqi-2023.toml",) and "# mended" not in plan.read_text(encoding="utf-8")
    assert "# mended" in (done.aside / "config/plans/yanqi-2023.toml").read_text(encoding="utf-8")
    assert any("删除个人信息" in each and "1 次" in each for each in done.todo)


def test_a_second_operation_at_the_same_time_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows.steps.make_backup import make_backup, only_one_operation

    use_installation(monkeypatch, tmp_path / "data")
    with only_one_operation(tmp_path / "data"), pytest.raises(InputError, match="正在进行"):
        make_backup()


def test_the_nightly_backup_keeps_the_last_ones_and_nothing_else_is_removed(
    tmp_path: Path, prefect_api: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.backup import backup

    use_installation(monkeypatch, tmp_path / "data")
    folder = tmp_path / "data/backups"
    for day in (1, 2, 3):
        made = backup(keep=2, now=f"2023-10-0{day}T01:30")
        (folder / "lianxi-升级前.tar.gz").write_bytes(b"a person's own")
    assert made.files > 2
    assert {path.name for path in folder.iterdir()} == {
        "lianxi-20231002-013000.tar.gz", "lianxi-20231003-013000.tar.gz", "lianxi-升级前.tar.gz",
    }  # fmt: skip
