"""ContentStore of a pass are on the disk, under their names, before it ends; whatever dies in between costs no content."""

from __future__ import annotations

import errno
import hashlib
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tasks.collect.content_store import ContentStore, sweep_unfinished
from tasks.errors import PipelineError

PLAN = "shili-2023"
CONTENTS = (b"one", b"two", b"", b"four", b"one")
STEPS = ("open", "write", "fsync", "replace", "makedirs")


def keep_all(originals: Path) -> list[str]:
    """A pass over all the contents; the addresses they were given."""
    store = ContentStore(originals, PLAN)
    stored = [store.keep(content)[1] for content in CONTENTS]
    store.finish()
    return stored


def kept(originals: Path) -> dict[str, bytes]:
    return {str(path.relative_to(originals)): path.read_bytes() for path in (originals / PLAN).glob("??/*")}


def _before_each(monkeypatch: pytest.MonkeyPatch, step: Callable[[str, Any], None]) -> None:
    for name in STEPS:
        call = getattr(os, name)

        def answer(first: Any, *rest: Any, _call: Any = call, _name: str = name, **named: Any) -> Any:
            step(_name, first)
            return _call(first, *rest, **named)

        monkeypatch.setattr(os, name, answer)


def test_whatever_step_a_pass_is_killed_at_the_next_one_keeps_everything_once(tmp_path: Path) -> None:
    whole = {f"{PLAN}/{digest[:2]}/{digest}": content for content in CONTENTS for digest in [_digest(content)]}
    steps = 0
    for at in range(1, 100):
        originals = tmp_path / str(at)
        if not _is_killed(originals, at):
            break
        steps += 1
        assert all(_digest(content) == address.rpartition("/")[2] for address, content in kept(originals).items())
        sweep_unfinished(originals)
        assert sorted(set(keep_all(originals))) == sorted(whole)
        assert kept(originals) == whole
        assert os.listdir(originals / ".unfinished") == []
    # Four files, each opened, written, synced and renamed, and their folders.
    assert steps > 20


def _is_killed(originals: Path, at: int) -> bool:
    """Whether a pass in a process of its own died of being killed before its `at`-th step: False where it has none."""
    pid = os.fork()
    if pid == 0:
        done = 0

        def step(name: str, first: Any) -> None:
            nonlocal done
            done += 1
            if done == at:
                os.kill(os.getpid(), signal.SIGKILL)

        _before_each(pytest.MonkeyPatch(), step)
        keep_all(originals)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_a_name_is_given_after_the_sync_and_each_folder_is_synced_after_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, str]] = []

    def step(name: str, first: Any) -> None:
        told.append((name, os.readlink(f"/proc/self/fd/{first}") if isinstance(first, int) else os.fspath(first)))

    with monkeypatch.context() as watched:
        _before_each(watched, step)
        stored = keep_all(tmp_path)
    renames = [place for place, (name, _) in enumerate(told) if name == "replace"]
    synced = {path: place for place, (name, path) in enumerate(told) if name == "fsync"}
    assert all(synced[path] < renames[0] for path in synced if ".unfinished" in path)
    folders = {os.fspath(tmp_path / each) for address in stored for each in (Path(address).parent, PLAN, "")}
    assert {path for path in synced if ".unfinished" not in path} == folders
    assert all(synced[folder] > renames[-1] for folder in folders)


def test_what_could_not_be_written_is_not_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = ContentStore(tmp_path, PLAN)
    _, stored = store.keep(b"one")

    def step(name: str, first: Any) -> None:
        if name == "fsync":
            raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        _before_each(full, step)
        with pytest.raises(PipelineError, match="请检查磁盘空间"):
            store.finish()
    assert kept(tmp_path) == {}
    store.finish()
    assert kept(tmp_path) == {stored: b"one"}


def test_the_same_content_waits_once(tmp_path: Path) -> None:
    store, large = ContentStore(tmp_path, PLAN), b"x" * (6 << 20)
    assert len({store.keep(large) for _ in range(3)}) == 1
    assert kept(tmp_path) == {}
    store.keep(b"y" * (11 << 20))
    assert len(kept(tmp_path)) == 2
