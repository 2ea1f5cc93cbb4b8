"""Store byte-exact copies under the hash of their content: `<plan>/<first two digits>/<sha256>`.

Belongs here: reading a file of the share once and writing it once. Which files are copied is decided in `collect`.
"""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

from tasks.collect.list_share import FoundFile
from tasks.errors import PipelineError
from tasks.storage.atomic_write import remove_abandoned, sync_folder, write_files
from tasks.storage.share import ShareEntry

_UNFINISHED = ".unfinished"
# This many files, or bytes, are written together: with fewer, syncing costs more; more would only fill the memory.
_BATCH_FILES, _BATCH_BYTES = 128, 16 << 20


class StillChangingError(Exception):
    """The file changed since it was listed, or while it was read: the next pass tries again."""


def read_stable(found: FoundFile) -> bytes:
    """All bytes of a file. Raises StillChangingError if it changed meanwhile, OSError if it cannot be read."""
    # O_NOFOLLOW, because a link may have replaced the file since; without O_NONBLOCK, opening a pipe would block.
    handle = os.open(found.open_path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        before = os.fstat(handle)
        if not stat.S_ISREG(before.st_mode) or _version(before) != _version(found.status):
            raise StillChangingError
        content = _read(handle, before.st_size)
        if _version(os.fstat(handle)) != _version(before) or len(content) != before.st_size:
            raise StillChangingError
        return content
    finally:
        os.close(handle)


def _read(handle: int, size: int) -> bytes:
    """Read `size` bytes: one more if the file is longer, fewer if it ends earlier. One system call is usually enough."""
    content = os.read(handle, size + 1)
    while len(content) < size and (more := os.read(handle, size + 1 - len(content))):
        content += more
    return content


def _version(status: os.stat_result | ShareEntry) -> tuple[int, ...]:
    inode = () if isinstance(status, ShareEntry) else (status.st_dev, status.st_ino)
    return (*inode, status.st_size, status.st_mtime_ns)


class ContentStore:
    """Stores the copies of one pass. Nothing is guaranteed to be on disk before `finish`."""

    def __init__(self, originals: Path, plan: str) -> None:
        self._originals, self._plan = os.fspath(originals), plan
        self._pending: dict[str, bytes] = {}
        self._bytes = 0
        self._folders: set[str] = set()

    def keep(self, content: bytes) -> tuple[str, str]:
        """Store a content once; returns (sha256, path relative to the originals).

        Raises PipelineError when the originals cannot be written (disk full, no permission).
        """
        digest = hashlib.sha256(content).hexdigest()
        folder = f"{self._plan}/{digest[:2]}"
        stored = f"{folder}/{digest}"
        path = f"{self._originals}/{stored}"
        # Synced even if the file exists: an earlier pass may have died between writing the file and syncing the folder.
        self._folders.add(folder)
        if path not in self._pending and not _is_stored(path, len(content)):
            self._pending[path] = content
            self._bytes += len(content)
            if len(self._pending) >= _BATCH_FILES or self._bytes >= _BATCH_BYTES:
                self._write()
        return digest, stored

    def finish(self) -> None:
        """Write what is pending and make the names survive a power cut, with one sync a folder.

        Call it before anything is recorded in the ledger. Raises PipelineError when the originals cannot be written.
        """
        self._write()
        try:
            # The folders above may be new as well.
            for folder in (*sorted(self._folders), self._plan, "") if self._folders else ():
                sync_folder(f"{self._originals}/{folder}")
        except OSError as error:
            raise _not_stored(self._originals, error) from error

    def _write(self) -> None:
        try:
            write_files(self._pending, f"{self._originals}/{_UNFINISHED}")
        except OSError as error:
            raise _not_stored(self._originals, error) from error
        self._pending, self._bytes = {}, 0


def _is_stored(path: str, size_bytes: int) -> bool:
    """Whether the file exists with this size. Its name is the hash of its content, so nothing else is compared."""
    try:
        status = os.stat(path)
    except FileNotFoundError:
        return False
    return stat.S_ISREG(status.st_mode) and status.st_size == size_bytes


def sweep_unfinished(originals: Path) -> None:
    """Remove the temporary files of processes that died; it is one small folder, looked at in every pass."""
    remove_abandoned(originals / _UNFINISHED)


def _not_stored(originals: str, error: OSError) -> PipelineError:
    return PipelineError(f"原件存不进 {originals}（{error.strerror}）。请检查磁盘空间和权限，下次运行会接着收取。")
