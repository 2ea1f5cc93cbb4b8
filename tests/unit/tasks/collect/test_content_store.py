"""ContentStore are on disk under their names before a pass ends; a pass killed at any step loses nothing."""

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
    """Store all the contents in one pass; returns their paths."""
    store = ContentStore(originals, PLAN)
    stored = [store.keep(content)[1] for content in CONTENTS]
    store.finish()
    return stored


def stored_files(originals: Path) -> dict[str, bytes]:
    return {str(path.relative_to(originals)): path.read_bytes() for path in (originals / PLAN).glob("??/*")}


def _before_each(monkeypatch: pytest.MonkeyPatch, step: Callable[[str, Any], None]) -> None:
    for name in STEPS:
        call = getattr(os, name)

        def wrapper(first: Any, *rest: Any, _call: Any = call, _name: str = name, **named: Any) -> Any:
            step(_name, first)
            return _call(first, *rest, **named)

        monkeypatch.setattr(os, name, wrapper)


def test_after_a_pass_killed_at_any_step_the_next_one_stores_everything_once(tmp_path: Path) -> None:
    whole = {f"{PLAN}/{digest[:2]}/{digest}": content for content in CONTENTS for digest in [_digest(content)]}
    steps = 0
    for at in range(1, 100):
        originals = tmp_path / str(at)
        if not _is_killed(originals, at):
            break
        steps += 1
        assert all(
            _digest(content) == address.rpartition("/")[2] for address, content in stored_files(originals).items()
        )
        sweep_unfinished(originals)
        assert sorted(set(keep_all(originals))) == sorted(whole)
        assert stored_files(originals) == whole
        assert os.listdir(originals / ".unfinished") == []
    # Four files, each opened, written, synced and renamed, and their folders.
    assert steps > 20


def _is_killed(originals: Path, at: int) -> bool:
    """Whether a pass in a process of its own was killed before its `at`-th step; False if it has fewer steps."""
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


def test_files_are_synced_before_they_are_renamed_and_folders_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[tuple[str, str]] = []

    def step(name: str, first: Any) -> None:
        calls.append((name, os.readlink(f"/proc/self/fd/{first}") if isinstance(first, int) else os.fspath(first)))

    with monkeypatch.context() as watched:
        _before_each(watched, step)
        stored = keep_all(tmp_path)
    renames = [index for index, (name, _) in enumerate(calls) if name == "replace"]
    synced = {path: index for index, (name, path) in enumerate(calls) if name == "fsync"}
    assert all(synced[path] < renames[0] for path in synced if ".unfinished" in path)
    folders = {os.fspath(tmp_path / each) for address in stored for each in (Path(address).parent, PLAN, "")}
    assert {path for path in synced if ".unfinished" not in path} == folders
    assert all(synced[folder] > renames[-1] for folder in folders)


def test_contents_that_could_not_be_written_are_written_by_the_next_finish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = ContentStore(tmp_path, PLAN)
    _, stored = store.keep(b"one")

    def step(name: str, first: Any) -> None:
        if name == "fsync":
            raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        _before_each(full, step)
        with pytest.raises(PipelineError, match="请检查磁盘空间"):
            store.finish()
    assert stored_files(tmp_path) == {}
    store.finish()
    assert stored_files(tmp_path) == {stored: b"one"}


def test_the_same_content_is_pending_once(tmp_path: Path) -> None:
    store, large = ContentStore(tmp_path, PLAN), b"x" * (6 << 20)
    assert len({store.keep(large) for _ in range(3)}) == 1
    assert stored_files(tmp_path) == {}
    store.keep(b"y" * (11 << 20))
    assert len(stored_files(tmp_path)) == 2
