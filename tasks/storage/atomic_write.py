"""Write files whole or not at all, create secret files, and remove what a process that died while writing left.

Belongs here: how files reach the disk, for every stage. Does not belong here: what is written, and where.
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
# The name of an unfinished file gives the machine and process that write it, so that files of dead processes are known.
_UNFINISHED = re.compile(r"\.~([0-9a-f]{8})-(\d+)-\d+\.tmp")
ABANDONED_SECONDS = 3600
_numbers = itertools.count()


def write_atomically(path: Path, content: bytes) -> None:
    """Write a temporary file, sync, rename: a reader sees the old file or the new one, never half of it.

    A file that already has this content is not touched; missing folders are created. The temporary file has a name
    like a lock file's, which neither a clerk's program nor the collect stage takes for a workbook. Raises OSError.
    """
    if path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content:
        return
    write_files({os.fspath(path): content})
    remove_abandoned(path.parent)
    # The new name should survive a power cut, too, but not every network share supports that.
    with contextlib.suppress(OSError):
        sync_folder(path.parent)


def write_files(contents: Mapping[str, bytes], staging: str | None = None) -> None:
    """Write several files (content by path), each synced before it is renamed: a third of the cost of one by one.

    `staging` is the folder for temporary files, on the same file system; by default each target's own folder. The
    target folders are not synced. Raises OSError; each file is then there whole or not at all.
    """
    unfinished: dict[str, int] = {}
    try:
        for path, content in contents.items():
            handle = _create_in(staging or os.path.dirname(path), unfinished)
            left = memoryview(content)
            while left:
                left = left[os.write(handle, left) :]
        if len(unfinished) > 1:
            _write_out(next(iter(unfinished.values())))
        for handle in unfinished.values():
            os.fsync(handle)
        for path, temporary in zip(contents, list(unfinished), strict=True):
            _rename(temporary, path)
            os.close(unfinished.pop(temporary))
    finally:
        for temporary, handle in unfinished.items():
            # After an error no temporary file stays, and the first error is the one that is raised.
            with contextlib.suppress(OSError):
                os.close(handle)
            with contextlib.suppress(OSError):
                os.unlink(temporary)


def _create_in(folder: str, unfinished: dict[str, int]) -> int:
    try:
        return _create(folder, unfinished)
    except FileNotFoundError:
        # Folders nearly always exist: they are created only when one is missing.
        os.makedirs(folder or ".", exist_ok=True)
        return _create(folder, unfinished)


def _create(folder: str, unfinished: dict[str, int]) -> int:
    """Open a new temporary file, and record its handle under its path."""
    while True:
        path = os.path.join(folder, unfinished_name())
        # A dead process may have had the same process id, as in a container that is restarted, and left this name.
        with contextlib.suppress(FileExistsError):
            handle = unfinished[path] = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
            return handle


def _rename(temporary: str, path: str) -> None:
    try:
        os.replace(temporary, path)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.replace(temporary, path)


def _write_out(handle: int) -> None:
    """Have the file system write everything in one go where it supports that, so that the syncs are quick.

    Errors are ignored here: each file's own sync reports them.
    """
    if (syncfs := _syncfs()) is not None:
        syncfs(handle)


@cache
def _syncfs() -> Callable[[int], int] | None:
    # Python offers only os.sync, which waits for every disk and every mounted share.
    from ctypes import CDLL

    try:
        syncfs: Callable[[int], int] = CDLL(None).syncfs
    except (TypeError, OSError, AttributeError):
        return None
    return syncfs


def unfinished_name() -> str:
    """A new name for a temporary file of this process; the collect stage ignores such names."""
    return f".~{_HOST}-{os.getpid()}-{next(_numbers)}.tmp"


def is_unfinished(name: str) -> bool:
    """Whether this is the name of a temporary file, of any process on any machine."""
    return _UNFINISHED.fullmatch(name) is not None


def create_private(path: Path, content: bytes) -> None:
    """Create a file that only its owner may read, unless it exists. Raises OSError.

    If two processes do so at once, one content wins and both read it.
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


def remove_abandoned(folder: Path) -> None:
    """Remove the temporary files that killed processes left in a folder. Never raises: leftovers do no harm."""
    with contextlib.suppress(OSError):
        for entry in os.scandir(folder):
            if (match := _UNFINISHED.fullmatch(entry.name)) and _is_abandoned(entry, match[1], int(match[2])):
                os.unlink(entry.path)


def sync_folder(folder: str | Path) -> None:
    """Make the names in a folder survive a power cut. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _is_abandoned(entry: os.DirEntry[str], host: str, pid: int) -> bool:
    """Whether the process that wrote this file has ended, or has not touched it for ABANDONED_SECONDS.

    The age is measured by the folder's own clock, because another machine's clock may be wrong.
    """
    if host == _HOST and not os.path.exists(f"/proc/{pid}") and os.path.isdir("/proc/self"):
        return True
    now = os.stat(os.path.dirname(entry.path)).st_mtime
    return now - entry.stat(follow_symlinks=False).st_mtime > ABANDONED_SECONDS
