"""Field case 15: files in 上报/ that nobody sent are neither taken nor answered, by a list that the office can change."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.config_errors import ConfigError
from config.paths import CONFIG
from config.settings import IGNORED_NAMES
from config.settings_file import load_settings
from config.toml_file import read_toml
from tasks.collect.list_share import list_share
from tests import workbooks
from tests.unit.messy.chain import Office

NOT_SENT = (
    *(
        "@eaDir/10月报表.xlsx/SYNOFILE_THUMB_M.png",
        "#recycle/10月报表.xlsx",
        "@Recycle/a.xlsx",
        "#snapshot/GMT-01/a.xlsx",
    ),
    *(
        "10月报表.xlsx.filepart",
        "10月报表.xlsx.downloading",
        "10月报表.xlsx.xltd",
        "10月报表.xlsx.xltd.cfg",
        "a.xlsx.aria2",
    ),
    *(".nfs000000000123", "._10月报表.xlsx", ".DS_Store", "~$10月报表.xlsx", ".~lock.10月报表.xlsx#", "Thumbs.db"),
    *(
        "10月报表.XLSX.PART",
        "10月报表.xlsx.baiduyun.downloading",
        "备份 10月报表.xlk",
        "System Volume Information/x",
        "a.tmp",
    ),
)
SENT = (
    "10月报表.xlsx",
    "#1 10月报表.xlsx",
    "@10月.xlsx",
    "下载 10月报表.xlsx",
    "part.xlsx",
    "10月/报表.xlsx",
    "tmp.xlsx",
)


def dropped(root: Path, names: tuple[str, ...]) -> Office:
    office = Office(root)
    bureau = office.bureau(15)
    content = bureau.filled()
    for name in names:
        folder, _, last = name.rpartition("/")
        office.drop(bureau, content, last, f"{bureau.name}/上报/{folder}".rstrip("/"))
    return office


def test_field_15_what_nobody_sent_is_not_taken(tmp_path: Path) -> None:
    office = dropped(tmp_path, NOT_SENT)
    collected = office.collect()
    assert collected.originals == ()
    assert collected.waiting == ()
    assert collected.ignored > 10


def test_field_15_what_somebody_sent_is_taken_whatever_its_name(tmp_path: Path) -> None:
    office = dropped(tmp_path, SENT)
    assert len(office.collect().originals) == len(SENT)


def test_field_15_nor_is_it_taken_out_of_a_zip(tmp_path: Path) -> None:
    office = Office(tmp_path)
    bureau = office.bureau(15)
    good = bureau.filled({"套": {"本期累计": 85}})
    members = {
        "10月/10月报表.xlsx": good,
        "10月/._10月报表.xlsx": b"\0\5\x16\7",
        "@eaDir/10月报表.xlsx": b"\x89PNG",
        "a.tmp": good,
    }
    office.drop(bureau, workbooks.zipped(members), "10月报表.zip")
    office.run()
    assert (office.one(15).state, office.figure(15)) == ("accepted", 85)


def settings_with(tmp_path: Path, change: str | None) -> Path:
    """The settings file with another list of names, or without the key."""
    text = (CONFIG / "settings.toml").read_text(encoding="utf-8")
    start = text.index("ignored_names = [")
    end = text.index("]\n", start) + 2
    path = tmp_path / "settings.toml"
    path.write_text(text[:start] + (change or "") + text[end:], encoding="utf-8")
    return path


def test_field_15_the_list_is_the_offices_and_settings_without_it_keep_working(tmp_path: Path) -> None:
    assert load_settings(settings_with(tmp_path, None), env={}).limits.ignored_names == IGNORED_NAMES
    own = load_settings(settings_with(tmp_path, 'ignored_names = ["*.草稿.xlsx"]\n'), env={}).limits.ignored_names
    office = dropped(tmp_path / "office", ("10月.草稿.xlsx", "10月报表.xlsx"))
    found = list_share(office.share, office.county, ignored_names=own).found
    assert [each.path.rpartition("/")[2] for each in found] == ["10月报表.xlsx"]


def test_field_15_a_list_that_would_swallow_reports_is_refused_with_the_pattern(tmp_path: Path) -> None:
    for pattern in ("*", "*.xlsx", "*报表*", "上报"):
        with pytest.raises(ConfigError) as error:
            load_settings(settings_with(tmp_path, f'ignored_names = ["{pattern}"]\n'), env={})
        assert pattern in str(error.value)


def test_field_15_the_list_in_the_file_is_the_default() -> None:
    assert tuple(read_toml(CONFIG / "settings.toml").data["limits"]["ignored_names"]) == IGNORED_NAMES
