"""An intake with a full disk, a busy or missing database, a share that disappears: a plain error, and the next finishes."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows.context import open_context
from flows.steps import collect_all
from flows.steps.intake_pass import one_pass
from tasks.collect.collect import Collected
from tasks.errors import LianxiError, PipelineError, RetryableError
from tasks.model.run_context import Context
from tasks.store.engine import engine_for
from tests.unit.flows import small_county
from tests.unit.flows.small_county import context_of, run_pass, snapshot

pytestmark = pytest.mark.xdist_group("test_intake_faults")


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A county before its pass, to be copied, and the snapshot after an undisturbed pass."""
    root = tmp_path_factory.mktemp("office")
    yesterday = context_of(root / "undisturbed", now=small_county.YESTERDAY)
    small_county.prepare_ledger(yesterday)
    run_pass(yesterday)
    at = context_of(root / "undisturbed", chunk_files=20)
    small_county.add_files(at)
    engine_for(at.url).dispose()
    shutil.copytree(at.data, root / "morning")
    run_pass(at)
    return root / "morning", snapshot(at)


@pytest.fixture
def at(morning: tuple[Path, dict[str, Any]], tmp_path: Path) -> Context:
    return context_of(Path(shutil.copytree(morning[0], tmp_path / "office")), chunk_files=20)


@pytest.fixture
def undisturbed(morning: tuple[Path, dict[str, Any]]) -> dict[str, Any]:
    return morning[1]


def _same(at: Context, undisturbed: dict[str, Any]) -> None:
    found = snapshot(at)
    assert found["files"] == undisturbed["files"]
    for table, rows in undisturbed["ledger"].items():
        assert found["ledger"][table] == rows, table


def test_units_are_held_against_one_another_however_the_files_fall_into_chunks(
    at: Context, undisturbed: dict[str, Any]
) -> None:
    (hint,) = [row for row in undisturbed["ledger"]["finding"] if "'V412'" in row]
    assert "县住建局60" in hint
    small = at.settings.limits.model_copy(update={"chunk_files": 2})
    run_pass(replace(at, settings=at.settings.model_copy(update={"limits": small})))
    _same(at, undisturbed)


def _pass_with(at: Context, before: Callable[[str], None]) -> Collected:
    """Run one pass; `before` is called with each step's name right before it."""

    with small_county.watched(before):
        return one_pass(at, lambda _submission: None)


def _in_child(work: Callable[[], object]) -> str:
    """Do the work in a forked child; returns the message of its error, '' for none. Only the project's errors are expected."""
    heard, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        said = ""
        try:
            work()
        except LianxiError as error:
            said = str(error)
        except BaseException as error:
            said = f"crash: {error!r}"
        os.write(tell, said.encode())
        os._exit(0)
    os.close(tell)
    with os.fdopen(heard, encoding="utf-8") as pipe:
        said = pipe.read()
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert not said.startswith("crash"), said
    return said


def test_a_full_disk_stops_each_step_in_plain_words_and_the_next_pass_finishes(
    at: Context, undisturbed: dict[str, Any]
) -> None:
    def full_at(unlucky: str) -> str:
        def work() -> None:
            # A limit on the size of files: writing beyond it fails as on a full disk.
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            _pass_with(at, lambda step: resource.setrlimit(resource.RLIMIT_FSIZE, room[step == unlucky]))

        room = ((resource.RLIM_INFINITY, resource.RLIM_INFINITY), (4_000, resource.RLIM_INFINITY))
        return _in_child(work)

    said = {step: full_at(step) for step in ("collect_task", "claim_originals", "write_verdicts", "record_reply_rows")}
    assert "原件存不进" in said.pop("collect_task")
    assert all("数据库所在磁盘已满" in words for words in said.values()), said
    assert not list(at.data.rglob(".~*"))
    run_pass(at)
    _same(at, undisturbed)


def test_answers_that_find_no_room_are_given_next_time(at: Context, undisturbed: dict[str, Any]) -> None:
    def work() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        _pass_with(at, lambda step: resource.setrlimit(resource.RLIMIT_FSIZE, room[step == "write_replies"]))

    room = ((resource.RLIM_INFINITY, resource.RLIM_INFINITY), (4_000, resource.RLIM_INFINITY))
    assert _in_child(work) == ""
    assert not [path for path in small_county.file_hashes(at) if "2023-10" in path and "退回" in path]
    run_pass(at)
    _same(at, undisturbed)


@pytest.mark.parametrize("away", [False, True], ids=["busy", "away"])
def test_a_database_that_is_busy_or_away_for_a_while_stops_no_work_for_good(
    at: Context, undisturbed: dict[str, Any], tmp_path: Path, away: bool
) -> None:
    folder = tmp_path / "ledger"
    folder.mkdir()
    (at.data / "lianxi.db").rename(folder / "lianxi.db")
    at = context_of(at.data, f"sqlite:///{folder}/lianxi.db?timeout=0.05", chunk_files=20)
    for unlucky in ("claim_originals", "write_verdicts", "enqueue_letters", "record_reply_rows"):
        with closing(sqlite3.connect(folder / "lianxi.db", isolation_level=None)) as other:

            def fault(step: str, unlucky: str = unlucky, other: sqlite3.Connection = other) -> None:
                if step == unlucky:
                    folder.rename(tmp_path / "gone") if away else other.execute("BEGIN IMMEDIATE")

            with pytest.raises(RetryableError, match="连不上数据库" if away else "数据库正被其他程序占用"):
                _pass_with(at, fault)
            if away:
                (tmp_path / "gone").rename(folder)
    run_pass(at)
    _same(at, undisturbed)


def test_a_missing_ledger_is_not_replaced_by_an_empty_one(
    at: Context, undisturbed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIANXI_DATA", str(at.data))
    for name in ("LIANXI_DATABASE_URL", "LIANXI_PLAN", "LIANXI_SHARE"):
        monkeypatch.delenv(name, raising=False)
    open_context()
    (at.data / "lianxi.db").rename(at.data / "elsewhere.db")
    with pytest.raises(PipelineError, match="不见了"):
        open_context()
    (at.data / "lianxi.db").touch()
    with pytest.raises(PipelineError, match="不见了"):
        open_context()


def test_a_share_that_goes_while_it_is_copied_is_one_message_and_its_files_are_taken_next_time(
    at: Context, undisturbed: dict[str, Any]
) -> None:
    gone = at.data / "unplugged"

    def work() -> None:
        opened = iter(range(3))

        def unplug(event: str, args: tuple[Any, ...]) -> None:
            if event == "open" and str(args[0]).startswith(str(at.share)) and next(opened, None) is None:
                at.share.exists() and at.share.rename(gone)

        sys.addaudithook(unplug)
        run_pass(at)

    assert "断开了" in _in_child(work)
    assert not at.share.exists()
    gone.rename(at.share)
    run_pass(at)
    _same(at, undisturbed)


@pytest.fixture
def bare(at: Context) -> Iterator[Path]:
    """An empty mount point, as when the share is not mounted."""
    away = at.share.rename(at.data / "not-mounted")
    at.share.mkdir()
    yield away
    at.share.rmdir()
    away.rename(at.share)


def test_an_unmounted_share_is_neither_taken_for_empty_nor_written_to(at: Context, bare: Path) -> None:
    with pytest.raises(PipelineError, match="像是没有挂载"):
        run_pass(at)
    assert list(at.share.iterdir()) == []


def test_a_share_that_goes_before_the_answers_gets_them_next_time(at: Context, undisturbed: dict[str, Any]) -> None:
    away = at.data / "not-mounted"

    def unplug(step: str) -> None:
        if step == "write_replies":
            at.share.rename(away)
            at.share.mkdir()

    _pass_with(at, unplug)
    assert list(at.share.iterdir()) == []
    at.share.rmdir()
    away.rename(at.share)
    run_pass(at)
    _same(at, undisturbed)


def test_a_share_collected_in_parts_gives_the_same_ledger(
    at: Context, undisturbed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    monkeypatch.setattr(collect_all, "MOST", 1)
    _pass_with(at, steps.append)
    assert (steps.count("collect_task"), steps.count("load_known_files")) == (steps.count("claim_originals"), 2)
    assert steps.count("collect_task") > 2
    _same(at, undisturbed)
