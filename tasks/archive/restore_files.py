"""What was taken out of an archive comes to its place; what was there is kept aside and never removed.

Belongs here: moving files. Each move is one rename: a restore that dies anywhere is run again and loses nothing.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path


def set_aside(folder: Path, aside: Path, stay: Iterable[Path]) -> tuple[str, ...]:
    """Move everything in `folder` but what is to `stay` into `aside` (on the same disk); the names that were moved."""
    kept = set(stay)
    moved: list[str] = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        # A folder that holds something to stay is gone through.
        if path in kept:
            continue
        if any(one.is_relative_to(path) for one in kept):
            moved += set_aside(path, aside / path.name, kept)
            continue
        aside.mkdir(parents=True, exist_ok=True)
        os.rename(path, aside / path.name)
        moved.append(path.name)
    return tuple(moved)


def move_into_place(taken: Path, folder: Path) -> None:
    """Move what lies in `taken` into `folder`, going into folders that are there; nothing there is written over."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(taken.iterdir()) if taken.is_dir() else ():
        there = folder / path.name
        if path.is_dir() and there.is_dir():
            move_into_place(path, there)
        elif not there.exists():
            os.rename(path, there)


def copy_missing(taken: Path, folder: Path) -> int:
    """Copy the files of `taken` that `folder` lacks, with their times; returns how many. What is there stays.

    For the share: it is the units', and what they put there since the backup counts.
    """
    added = 0
    for path in sorted(taken.rglob("*")) if taken.is_dir() else ():
        there = folder / path.relative_to(taken)
        if path.is_file() and not there.exists():
            there.parent.mkdir(parents=True, exist_ok=True)
            beside = there.with_name(f".~{os.getpid()}.tmp")
            shutil.copy2(path, beside)
            os.utime(beside, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
            os.replace(beside, there)
            added += 1
    return added


def copy_over(taken: Path, folder: Path, aside: Path) -> tuple[str, ...]:
    """Put the files of `taken` into `folder`; one that differs is kept in `aside` first. The names that changed."""
    changed = []
    for path in sorted(taken.rglob("*")) if taken.is_dir() else ():
        name = path.relative_to(taken)
        there = folder / name
        if not path.is_file() or (there.is_file() and there.read_bytes() == path.read_bytes()):
            continue
        there.parent.mkdir(parents=True, exist_ok=True)
        if there.exists():
            (aside / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(there, aside / name)
        beside = there.with_name(f".~{os.getpid()}.tmp")
        shutil.copy2(path, beside)
        os.replace(beside, there)
        changed.append(name.as_posix())
    return tuple(changed)
