"""One way to put a file on disk: whole or not at all; and one to make a secret's file, once.

Belongs here: these two, for every stage, what no file can hold, and clearing up after a process that died writing. What is written, and
where, is each stage's business.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import socket
import tempfile
import zlib
from pathlib import Path

_HOST = f"{zlib.crc32(socket.gethostname().encode()):08x}"
# Names the machine and the process that writes: what a dead process left behind can be told from work under way.
_UNFINISHED = re.compile(r"\.~([0-9a-f]{8})-(\d+)-\d+\.tmp")
NO_LONGER_WRITTEN_SECONDS = 3600
_numbers = itertools.count()
# All that XML 1.0, and so any .docx, .xlsx or .ods, can hold.
_UNWRITABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def writable(text: str) -> str:
    """The text without the characters that no office file can hold, which people paste from anywhere."""
    return text if text.isprintable() else _UNWRITABLE.sub("", text)


def write_atomically(path: Path, content: bytes) -> None:
    """Write beside, sync, rename: a reader sees the old file or the new one, never half of it.

    A file that has this content already is left alone; folders on the way are made. The unfinished file bears a
    lock-like name, which neither a clerk's program nor the collecting pass takes for a workbook. Raises OSError.
    """
    if path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content:
        return
    put(path, content)
    sweep(path.parent)
    # The name, too, shall survive a power cut. Not every network share can be asked for that.
    with contextlib.suppress(OSError):
        sync_folder(path.parent)


def put(path: str | Path, content: bytes, way: str | Path | None = None) -> None:
    """Write beside, sync, rename, and no more: for many files, whose folders are synced once. Raises OSError.

    `way` is a folder of the same file system to write in, where not beside: one folder to sweep for many.
    """
    folder = os.path.dirname(path)
    beside = os.path.join(way or folder, unfinished_name())
    try:
        try:
            _write(beside, content)
            os.replace(beside, path)
        except FileNotFoundError:
            # Folders are there nearly always: they are made when they are missed.
            os.makedirs(folder, exist_ok=True)
            os.makedirs(way or folder, exist_ok=True)
            _write(beside, content)
            os.replace(beside, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(beside)
        raise


def _write(path: str, content: bytes) -> None:
    with open(path, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def unfinished_name() -> str:
    """A name for what this process has not finished writing: nobody else's, and ignored by whoever collects."""
    return f".~{_HOST}-{os.getpid()}-{next(_numbers)}.tmp"


def is_unfinished(name: str) -> bool:
    """Whether some process of some machine gave this name to what it had not finished."""
    return _UNFINISHED.fullmatch(name) is not None


def create_private(path: Path, content: bytes) -> None:
    """Make a file that only its owner may read, unless it is there already. Raises OSError.

    Of two processes that start at once, the content of one is the file's for both.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # mkstemp opens with mode 0600, so the secret is never readable by others, not even for an instant.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".secret-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # link, unlike rename, does not replace.
        with contextlib.suppress(FileExistsError):
            os.link(name, path)
    finally:
        os.unlink(name)


def sweep(folder: Path) -> None:
    """Remove what processes that were killed in mid-write left in a folder. Never raises: litter does no harm."""
    with contextlib.suppress(OSError):
        for entry in os.scandir(folder):
            if (found := _UNFINISHED.fullmatch(entry.name)) and _is_abandoned(entry, found[1], int(found[2])):
                os.unlink(entry.path)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _is_abandoned(entry: os.DirEntry[str], host: str, pid: int) -> bool:
    """Whether nobody writes this file any more: its process has ended, or has not touched it for very long.

    How long, by the folder's own clock: another machine's may be wrong.
    """
    if host == _HOST and not os.path.exists(f"/proc/{pid}") and os.path.isdir("/proc/self"):
        return True
    now = os.stat(os.path.dirname(entry.path)).st_mtime
    return now - entry.stat(follow_symlinks=False).st_mtime > NO_LONGER_WRITTEN_SECONDS
