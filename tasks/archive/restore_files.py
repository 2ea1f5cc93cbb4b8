"""Move extracted files into place; existing files are moved aside, never deleted.

Belongs here: moving files. Each move is one rename, so that a restore that dies can be run again without loss.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path


def set_aside(folder: Path, aside: Path, keep: Iterable[Path]) -> tuple[str, ...]:
    """Move everything in `folder` except `keep` into `aside` (on the same disk); returns the names that were moved."""
    kept = set(keep)
    moved: list[str] = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path in kept:
            continue
        # A folder that contains something to keep stays, and its other contents are moved.
        if any(one.is_relative_to(path) for one in kept):
            moved += set_aside(path, aside / path.name, kept)
            continue
        aside.mkdir(parents=True, exist_ok=True)
        os.rename(path, aside / path.name)
        moved.append(path.name)
    return tuple(moved)


def move_into_place(extracted: Path, folder: Path) -> None:
    """Move the contents of `extracted` into `folder`, merging folders; existing files are not overwritten."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(extracted.iterdir()) if extracted.is_dir() else ():
        target = folder / path.name
        if path.is_dir() and target.is_dir():
            move_into_place(path, target)
        elif not target.exists():
            os.rename(path, target)


def copy_missing(extracted: Path, folder: Path) -> int:
    """Copy the files that `folder` lacks, with their times; returns how many. Existing files stay.

    Used for the share: files that units put there since the backup are newer than the backup's.
    """
    copied = 0
    for path in _files_below(extracted):
        target = folder / path.relative_to(extracted)
        if not target.exists():
            _copy(path, target)
            copied += 1
    return copied


def copy_over(extracted: Path, folder: Path, aside: Path) -> tuple[str, ...]:
    """Copy the files into `folder`; a file that differs is first copied to `aside`. Returns the changed names."""
    changed = []
    for path in _files_below(extracted):
        name = path.relative_to(extracted)
        target = folder / name
        if target.is_file() and target.read_bytes() == path.read_bytes():
            continue
        if target.exists():
            (aside / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(target, aside / name)
        _copy(path, target)
        changed.append(name.as_posix())
    return tuple(changed)


def _files_below(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _copy(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".~{os.getpid()}.tmp")
    # copy2 keeps the time of change to the nanosecond on Linux.
    shutil.copy2(path, temporary)
    os.replace(temporary, target)
