"""A file is written whole or not at all, and the next write removes what a killed process left."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tasks.storage import atomic_write
from tasks.storage.atomic_write import remove_abandoned, write_atomically, write_files


def _killed_in_mid_write(folder: Path) -> Path:
    """The temporary file of a process that was killed before it renamed it."""
    before = set(folder.iterdir())
    pid = os.fork()
    if pid == 0:
        os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment]
        write_files({os.fspath(folder / "a.xlsx"): b"half"})
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
    (left,) = set(folder.iterdir()) - before
    return left


def test_the_next_write_removes_what_a_killed_process_left_and_nothing_else(tmp_path: Path) -> None:
    left = _killed_in_mid_write(tmp_path)
    ours = tmp_path / f"{left.name.split('-')[0]}-{os.getpid()}-999.tmp"
    others = [tmp_path / name for name in (".~lock.a.xlsx#", "~$a.xlsx", ".~1.tmp", "b.xlsx")]
    for each in (ours, *others):
        each.write_bytes(b"kept")
    write_atomically(tmp_path / "a.xlsx", b"whole")
    assert not left.exists()
    assert all(each.exists() for each in (ours, *others))
    assert (tmp_path / "a.xlsx").read_bytes() == b"whole"


def test_another_machines_temporary_file_is_removed_only_when_it_is_old(tmp_path: Path) -> None:
    fresh, old = tmp_path / ".~00000000-1-0.tmp", tmp_path / ".~00000000-2-0.tmp"
    for each in (fresh, old):
        each.write_bytes(b"")
    now = tmp_path.stat().st_mtime
    os.utime(old, (now - 3700, now - 3700))
    remove_abandoned(tmp_path)
    assert (fresh.exists(), old.exists()) == (True, False)


def test_a_file_with_the_same_content_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "新" / "a.xlsx"
    write_atomically(path, b"one")
    before = path.stat().st_ino
    write_atomically(path, b"one")
    assert path.stat().st_ino == before
    write_atomically(path, b"two")
    assert path.read_bytes() == b"two"


CONTENTS = {"a": b"one", "b": b"", "c/d": b"three"}


def _contents(folder: Path) -> dict[str, bytes]:
    return {os.fspath(folder / name): content for name, content in CONTENTS.items()}


def _handles() -> int:
    return len(os.listdir("/proc/self/fd"))


def _failing(call: Callable[..., Any], at: int) -> Callable[..., Any]:
    """The system call, failing at its `at`-th use because the disk is full."""
    calls = 0

    def wrapper(*values: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == at:
            raise OSError(errno.ENOSPC, "No space left on device")
        return call(*values)

    return wrapper


@pytest.mark.parametrize("at", [1, 2, 3])
@pytest.mark.parametrize("name", ["open", "write", "fsync", "replace", "close"])
def test_on_a_full_disk_no_temporary_file_stays_and_no_file_is_left_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, at: int
) -> None:
    staging, before = tmp_path / "staging", _handles()
    with monkeypatch.context() as full:
        full.setattr(os, name, _failing(getattr(os, name), 2 if name == "write" and at > 2 else at))
        with pytest.raises(OSError, match="No space"):
            write_files(_contents(tmp_path), os.fspath(staging))
    # The failing close never reaches the system here, so its handle stays open.
    assert _handles() == before + (name == "close")
    assert not staging.exists() or not os.listdir(staging)
    for path, content in _contents(tmp_path).items():
        assert not os.path.exists(path) or Path(path).read_bytes() == content
    write_files(_contents(tmp_path), os.fspath(staging))
    assert {path: Path(path).read_bytes() for path in _contents(tmp_path)} == _contents(tmp_path)


def test_an_error_while_cleaning_up_does_not_hide_the_first_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All other temporary files are closed and removed."""
    before = _handles()
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", _failing(os.fsync, 2))
        full.setattr(os, "unlink", _failing(os.unlink, 1))
        with pytest.raises(OSError, match="No space"):
            write_files(_contents(tmp_path), os.fspath(tmp_path / "staging"))
    assert (_handles(), len(os.listdir(tmp_path / "staging"))) == (before, 1)


def test_all_files_are_synced_before_the_first_is_renamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    for name in ("write", "fsync", "replace"):
        call = getattr(os, name)
        monkeypatch.setattr(os, name, lambda *values, _call=call, _name=name: (calls.append(_name), _call(*values))[1])
    write_files(_contents(tmp_path), os.fspath(tmp_path / "staging"))
    assert [name for name in calls if name != "write"] == ["fsync"] * 3 + ["replace"] * 4
    assert calls.index("fsync") > max(index for index, name in enumerate(calls) if name == "write")


def test_without_syncfs_each_file_is_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atomic_write, "_syncfs", lambda: None)
    write_files(_contents(tmp_path), os.fspath(tmp_path / "staging"))
    assert {path: Path(path).read_bytes() for path in _contents(tmp_path)} == _contents(tmp_path)


def test_a_process_with_the_id_of_a_dead_one_can_write(tmp_path: Path) -> None:
    """In a restarted container process ids repeat, and leftovers have the name of the next temporary file."""
    write_files({os.fspath(tmp_path / "a"): b"one"})
    name = atomic_write.unfinished_name()
    number = int(name.rpartition("-")[2].removesuffix(".tmp"))
    for ahead in (1, 2):
        (tmp_path / name.replace(f"-{number}.tmp", f"-{number + ahead}.tmp")).write_bytes(b"left")
    write_files({os.fspath(tmp_path / "b"): b"two"})
    assert (tmp_path / "b").read_bytes() == b"two"


def test_a_link_with_the_name_of_the_next_temporary_file_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_bytes(b"kept")
    name = atomic_write.unfinished_name()
    number = int(name.rpartition("-")[2].removesuffix(".tmp"))
    (tmp_path / name.replace(f"-{number}.tmp", f"-{number + 1}.tmp")).symlink_to(target)
    write_files({os.fspath(tmp_path / "b"): b"two"})
    assert (target.read_bytes(), (tmp_path / "b").read_bytes()) == (b"kept", b"two")
