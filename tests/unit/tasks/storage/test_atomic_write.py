"""A file is there whole or not at all, and what a killed writer left is swept away by the next."""

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
    """What a writer leaves that was killed before it renamed its file."""
    before = set(folder.iterdir())
    pid = os.fork()
    if pid == 0:
        os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment]
        write_files({os.fspath(folder / "a.xlsx"): b"half"})
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
    (left,) = set(folder.iterdir()) - before
    return left


def test_what_a_killed_writer_left_goes_with_the_next_write_and_nothing_else(tmp_path: Path) -> None:
    left = _killed_in_mid_write(tmp_path)
    ours = tmp_path / f"{left.name.split('-')[0]}-{os.getpid()}-999.tmp"
    others = [tmp_path / name for name in (".~lock.a.xlsx#", "~$a.xlsx", ".~1.tmp", "b.xlsx")]
    for each in (ours, *others):
        each.write_bytes(b"kept")
    write_atomically(tmp_path / "a.xlsx", b"whole")
    assert not left.exists()
    assert all(each.exists() for each in (ours, *others))
    assert (tmp_path / "a.xlsx").read_bytes() == b"whole"


def test_another_machines_unfinished_file_goes_only_when_it_is_old(tmp_path: Path) -> None:
    fresh, old = tmp_path / ".~00000000-1-0.tmp", tmp_path / ".~00000000-2-0.tmp"
    for each in (fresh, old):
        each.write_bytes(b"")
    now = tmp_path.stat().st_mtime
    os.utime(old, (now - 3700, now - 3700))
    remove_abandoned(tmp_path)
    assert (fresh.exists(), old.exists()) == (True, False)


def test_a_file_with_the_same_content_is_left_alone(tmp_path: Path) -> None:
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
    """The operating system's own, but for its `at`-th answer: the disk is full."""
    asked = 0

    def answer(*values: Any) -> Any:
        nonlocal asked
        asked += 1
        if asked == at:
            raise OSError(errno.ENOSPC, "No space left on device")
        return call(*values)

    return answer


@pytest.mark.parametrize("at", [1, 2, 3])
@pytest.mark.parametrize("name", ["open", "write", "fsync", "replace", "close"])
def test_when_the_disk_is_full_nothing_half_written_stays_and_no_file_is_left_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, at: int
) -> None:
    way, before = tmp_path / "way", _handles()
    with monkeypatch.context() as full:
        full.setattr(os, name, _failing(getattr(os, name), 2 if name == "write" and at > 2 else at))
        with pytest.raises(OSError, match="No space"):
            write_files(_contents(tmp_path), os.fspath(way))
    # A close that fails has closed all the same, but for the one that was never asked of the system here.
    assert _handles() == before + (name == "close")
    assert not way.exists() or not os.listdir(way)
    for path, content in _contents(tmp_path).items():
        assert not os.path.exists(path) or Path(path).read_bytes() == content
    write_files(_contents(tmp_path), os.fspath(way))
    assert {path: Path(path).read_bytes() for path in _contents(tmp_path)} == _contents(tmp_path)


def test_what_cannot_be_cleared_up_hides_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All the others are closed and removed, and what is told is what went wrong first."""
    before = _handles()
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", _failing(os.fsync, 2))
        full.setattr(os, "unlink", _failing(os.unlink, 1))
        with pytest.raises(OSError, match="No space"):
            write_files(_contents(tmp_path), os.fspath(tmp_path / "way"))
    assert (_handles(), len(os.listdir(tmp_path / "way"))) == (before, 1)


def test_everything_is_on_the_disk_before_any_of_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    for name in ("write", "fsync", "replace"):
        call = getattr(os, name)
        monkeypatch.setattr(os, name, lambda *values, _call=call, _name=name: (told.append(_name), _call(*values))[1])
    write_files(_contents(tmp_path), os.fspath(tmp_path / "way"))
    assert [name for name in told if name != "write"] == ["fsync"] * 3 + ["replace"] * 4
    assert told.index("fsync") > max(place for place, name in enumerate(told) if name == "write")


def test_a_system_that_cannot_write_out_a_whole_file_system_syncs_each_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(atomic_write, "_syncfs", lambda: None)
    write_files(_contents(tmp_path), os.fspath(tmp_path / "way"))
    assert {path: Path(path).read_bytes() for path in _contents(tmp_path)} == _contents(tmp_path)


def test_a_process_that_has_a_dead_ones_number_writes_all_the_same(tmp_path: Path) -> None:
    """In a container that is started again numbers come again; what is left bears the name the next file would have."""
    write_files({os.fspath(tmp_path / "a"): b"one"})
    name = atomic_write.unfinished_name()
    number = int(name.rpartition("-")[2].removesuffix(".tmp"))
    for ahead in (1, 2):
        (tmp_path / name.replace(f"-{number}.tmp", f"-{number + ahead}.tmp")).write_bytes(b"left")
    write_files({os.fspath(tmp_path / "b"): b"two"})
    assert (tmp_path / "b").read_bytes() == b"two"


def test_a_name_that_someone_else_gave_to_a_link_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_bytes(b"kept")
    name = atomic_write.unfinished_name()
    number = int(name.rpartition("-")[2].removesuffix(".tmp"))
    (tmp_path / name.replace(f"-{number}.tmp", f"-{number + 1}.tmp")).symlink_to(target)
    write_files({os.fspath(tmp_path / "b"): b"two"})
    assert (target.read_bytes(), (tmp_path / "b").read_bytes()) == (b"kept", b"two")
