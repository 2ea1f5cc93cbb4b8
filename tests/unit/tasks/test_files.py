"""A file is there whole or not at all, and what a killed writer left is swept away by the next."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from tasks.files import put, sweep, write_atomically


def _killed_in_mid_write(folder: Path) -> Path:
    """What a writer leaves that was killed before it renamed its file."""
    before = set(folder.iterdir())
    pid = os.fork()
    if pid == 0:
        os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment]
        put(folder / "a.xlsx", b"half")
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
    sweep(tmp_path)
    assert (fresh.exists(), old.exists()) == (True, False)


def test_a_file_with_the_same_content_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "新" / "a.xlsx"
    write_atomically(path, b"one")
    before = path.stat().st_ino
    write_atomically(path, b"one")
    assert path.stat().st_ino == before
    write_atomically(path, b"two")
    assert path.read_bytes() == b"two"
