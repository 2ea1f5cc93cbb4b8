"""One way to put files on disk: whole or not at all; and one to make a secret's file, once.

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
from collections.abc import Callable, Mapping
from functools import cache
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
    put_file(path, content)
    sweep(path.parent)
    # The name, too, shall survive a power cut. Not every network share can be asked for that.
    with contextlib.suppress(OSError):
        sync_folder(path.parent)


def put_file(path: str | Path, content: bytes) -> None:
    """Write beside, sync, rename, and no more: the folder is still to be synced. Raises OSError."""
    put_files({os.fspath(path): content})


def put_files(contents: Mapping[str, bytes], way: str | None = None) -> None:
    """Put several files, each written beside, synced and then renamed: for a third of what they cost one by one.

    `contents` by path. `way` is a folder of the same file system to write in, where not beside: one folder to sweep for
    many. Their folders are still to be synced. Raises OSError; each file is there whole by then or not at all.
    """
    unfinished: dict[str, int] = {}
    try:
        for path, content in contents.items():
            folder = way or os.path.dirname(path)
            handle = _opened(folder, unfinished)
            left = memoryview(content)
            while left:
                left = left[os.write(handle, left) :]
        if len(unfinished) > 1:
            _write_out(next(iter(unfinished.values())))
        for handle in unfinished.values():
            os.fsync(handle)
        for path, beside in zip(contents, list(unfinished), strict=True):
            _rename(beside, path)
            os.close(unfinished.pop(beside))
    finally:
        for beside, handle in unfinished.items():
            # Whatever went wrong, none of them stays, and what is told is what went wrong first.
            with contextlib.suppress(OSError):
                os.close(handle)
            with contextlib.suppress(OSError):
                os.unlink(beside)


def _opened(folder: str, unfinished: dict[str, int]) -> int:
    try:
        return _created(folder, unfinished)
    except FileNotFoundError:
        # Folders are there nearly always: they are made when they are missed.
        os.makedirs(folder or ".", exist_ok=True)
        return _created(folder, unfinished)


def _created(folder: str, unfinished: dict[str, int]) -> int:
    """A new file to write in, noted down under its path."""
    while True:
        path = os.path.join(folder, unfinished_name())
        # One may be left by a process that died and had this one's number, as in a container that starts again.
        with contextlib.suppress(FileExistsError):
            handle = unfinished[path] = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
            return handle


def _rename(beside: str, path: str) -> None:
    try:
        os.replace(beside, path)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.replace(beside, path)


def _write_out(handle: int) -> None:
    """Have the file system write all that waits in one go, where it can be asked to: the syncs find nothing left to do.

    No more than that: what did not work, each file's own sync tells.
    """
    if (ask := _syncfs()) is not None:
        ask(handle)


@cache
def _syncfs() -> Callable[[int], int] | None:
    # Python has os.sync alone, which waits for every disk and every share that is mounted.
    from ctypes import CDLL

    try:
        ask: Callable[[int], int] = CDLL(None).syncfs
    except (TypeError, OSError, AttributeError):
        return None
    return ask


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


def sync_folder(folder: str | Path) -> None:
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
