"""A share on a real WebDAV server gives the same ledger and replies as a local one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from config.config_errors import ConfigError
from config.settings_file import load_settings
from tasks.errors import InputError, PipelineError, RetryableError
from tasks.issue.place_workbook import place_workbook
from tasks.model.run_context import Context
from tasks.reply.write_reply import write_reply
from tasks.storage.share import RemoteShare
from tasks.store.engine import engine_for
from tests import factories, workbooks
from tests.factories import HOUSING
from tests.unit.flows import small_county
from tests.unit.flows.small_county import context_of, run_pass, snapshot
from tests.webdavserver import PASSWORD, USER, served

pytestmark = pytest.mark.xdist_group("test_intake_faults")


def _remote(at: Context, url: str) -> Context:
    env = {
        "LIANXI_DATA": str(at.data),
        "LIANXI_SHARE": url,
        "LIANXI_SHARE_USER": USER,
        "LIANXI_SHARE_PASSWORD": PASSWORD,
    }
    settings = load_settings(env=env)
    return replace(at, settings=settings.model_copy(update={"limits": at.settings.limits}))


@pytest.fixture
def days(tmp_path: Path) -> Iterator[tuple[Context, Context, Path]]:
    """The same county twice, with a local share and with one on a server; and the folder that is served."""
    local = context_of(tmp_path / "local", chunk_files=20)
    small_county.prepare_ledger(local)
    small_county.add_files(local)
    engine_for(local.url).dispose()
    shutil.copytree(local.data, tmp_path / "remote")
    folder = tmp_path / "served"
    (tmp_path / "remote/share").rename(folder)
    with served(folder) as url:
        remote = _remote(context_of(tmp_path / "remote", chunk_files=20), url)
        yield local, remote, folder
        _disconnect(remote)


def test_a_share_behind_a_server_gives_the_same_ledger_and_answers_as_a_folder(
    days: tuple[Context, Context, Path],
) -> None:
    local, remote, folder = days
    # The issued workbooks are known from the local copy.
    for duty in map(factories.duty, small_county.UNITS):
        place_workbook(remote.exchange, duty, workbooks.issued(duty))
        place_workbook(local.share, duty, workbooks.issued(duty))
    run_pass(local)
    run_pass(remote)
    wanted, found = snapshot(local), snapshot(replace(remote, settings=_with_share(remote, folder)))
    assert found["files"] == wanted["files"]
    assert found["ledger"] == wanted["ledger"]
    # A second pass finds nothing new.
    again = replace(remote)
    assert run_pass(again).received == ()
    _disconnect(again)
    assert snapshot(replace(remote, settings=_with_share(remote, folder))) == wanted


def _with_share(at: Context, folder: Path) -> Any:
    return at.settings.model_copy(update={"share": folder, "share_url": ""})


def _disconnect(at: Context) -> None:
    assert isinstance(at.exchange, RemoteShare)
    at.exchange.close()


def test_an_unreachable_server_is_reported_and_the_next_pass_finishes(tmp_path: Path) -> None:
    at = context_of(tmp_path / "office")
    folder = tmp_path / "served"
    (folder / "公共上报").mkdir(parents=True)
    with served(folder) as url:
        remote = _remote(at, url)
        share = remote.exchange
        assert isinstance(share, RemoteShare)
        share.make_folder(f"{HOUSING}/退回")
    with pytest.raises(PipelineError, match=r"打不开.*没有丢失"):
        run_pass(remote)
    with pytest.raises(RetryableError, match="写不进去"):
        write_reply(factories.submission("accepted"), remote)
    assert not list(at.data.rglob("*受理回执*"))
    share.close()


def test_a_file_is_replaced_in_one_step_and_what_a_dead_process_left_is_cleared(tmp_path: Path) -> None:
    folder = tmp_path / "served"
    (folder / "退回").mkdir(parents=True)
    dead, fresh = folder / "退回/.~0badcafe-4-0.tmp", folder / "退回/.~0badcafe-4-1.tmp"
    for path in (dead, fresh):
        path.write_bytes(b"half")
    os.utime(dead, (0, 0))
    told: list[str] = []
    with served(folder, told) as url:
        share = RemoteShare(url, tmp_path / "home", USER, PASSWORD)
        share.write("退回/受理回执.xlsx", b"old")
        del told[:]
        share.write("退回/受理回执.xlsx", b"new")
        share.write("top.txt", b"here")
        share.close()
    assert (folder / "退回/受理回执.xlsx").read_bytes() == b"new"
    assert [each for each in told if each.startswith(("MOVE", "DELETE"))] == ["MOVE T", "MOVE T"]
    assert sorted(path.name for path in (folder / "退回").iterdir()) == [fresh.name, "受理回执.xlsx"]
    assert (folder / "top.txt").read_bytes() == b"here"


def test_a_wrong_password_is_reported_without_showing_it(tmp_path: Path) -> None:
    (tmp_path / "served").mkdir()
    with served(tmp_path / "served") as url:
        share = RemoteShare(url, tmp_path / "home", USER, "wrong one")
        with pytest.raises(OSError, match="服务器没有应允") as raised:
            share.list_folder()
        share.close()
    assert "wrong one" not in str(raised.value) + str(share)


def test_kinds_of_addresses_are_recognised_and_secrets_in_them_refused(tmp_path: Path) -> None:
    plain = load_settings(env={"LIANXI_DATA": str(tmp_path), "LIANXI_SHARE": f"file://{tmp_path}/%E5%85%B1%E4%BA%AB"})
    assert (plain.share, plain.share_url) == (tmp_path / "共享", "")
    away = load_settings(env={"LIANXI_DATA": str(tmp_path), "LIANXI_SHARE": "webdavs://files.example/联席/"})
    assert (away.share, away.share_url) == (tmp_path / "share", "webdavs://files.example/联席")
    with pytest.raises(ConfigError, match="LIANXI_SHARE_PASSWORD"):
        load_settings(env={"LIANXI_DATA": str(tmp_path), "LIANXI_SHARE": "sftp://me:secret@files.example/share"})


@pytest.mark.parametrize(("url", "said"), [("ftp://a/b", "不能识别"), ("smb://a/b", r"lianxi\[smb\]")])
def test_an_unknown_kind_or_a_missing_driver_says_what_to_do(
    tmp_path: Path, url: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "smbclient", None)
    with pytest.raises(InputError, match=said):
        RemoteShare(url, tmp_path)
