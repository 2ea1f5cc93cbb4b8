"""Byte-exact copies under the name of their content: `<plan>/<first two digits>/<sha256>`.

Belongs here: reading a file of the share once, and writing it once. What is copied is decided in `scan`.
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
# So many files, or so much, are written to the disk together: fewer cost more, and more wait in memory for no gain.
_GROUP, _GROUP_BYTES = 128, 16 << 20


class StillChangingError(Exception):
    """The file changed while it was read, or is not what was listed: to be looked at again in the next pass."""


def read_stable(found: FoundFile) -> bytes:
    """All bytes of a file that did not change meanwhile.

    Raises StillChangingError if it did, OSError if it cannot be read.
    """
    # No link is followed even if one has taken the file's place since; a pipe would block without O_NONBLOCK.
    handle = os.open(found.real, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        before = os.fstat(handle)
        if not stat.S_ISREG(before.st_mode) or _mark(before) != _mark(found.status):
            raise StillChangingError
        content = _read(handle, before.st_size)
        if _mark(os.fstat(handle)) != _mark(before) or len(content) != before.st_size:
            raise StillChangingError
        return content
    finally:
        os.close(handle)


def _read(handle: int, size: int) -> bytes:
    """So many bytes, or one more where there are more; fewer where the file ends before. Nearly always at once."""
    content = os.read(handle, size + 1)
    while len(content) < size and (more := os.read(handle, size + 1 - len(content))):
        content += more
    return content


def _mark(status: os.stat_result | ShareEntry) -> tuple[int, ...]:
    place = () if isinstance(status, ShareEntry) else (status.st_dev, status.st_ino)
    return (*place, status.st_size, status.st_mtime_ns)


def digest_of(content: bytes) -> str:
    """The content's SHA-256, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


class Copies:
    """The copies of one pass. Nothing is sure to be kept before `finish`: what is not is found again next time."""

    def __init__(self, originals: Path, plan: str) -> None:
        self._originals, self._plan = os.fspath(originals), plan
        self._waiting: dict[str, bytes] = {}
        self._bytes = 0
        self._folders: set[str] = set()

    def keep(self, content: bytes) -> tuple[str, str]:
        """Keep content, once; returns (sha256, address relative to the originals).

        Raises PipelineError when the originals cannot be written (disk full, no permission).
        """
        digest = digest_of(content)
        folder = f"{self._plan}/{digest[:2]}"
        stored = f"{folder}/{digest}"
        path = f"{self._originals}/{stored}"
        # Those that an earlier pass kept have their names made sure too: it may have died in between.
        self._folders.add(folder)
        if path not in self._waiting and not _holds(path, len(content)):
            self._waiting[path] = content
            self._bytes += len(content)
            if len(self._waiting) >= _GROUP or self._bytes >= _GROUP_BYTES:
                self._put()
        return digest, stored

    def finish(self) -> None:
        """Write what waits, and make the names survive a power cut: one sync a folder, however many files came into it.

        To be called before anything is recorded. Raises PipelineError when the originals cannot be written.
        """
        self._put()
        try:
            # The plan's own name, too, was new once.
            for folder in (*sorted(self._folders), self._plan, "") if self._folders else ():
                sync_folder(f"{self._originals}/{folder}")
        except OSError as error:
            raise _not_kept(self._originals, error) from error

    def _put(self) -> None:
        try:
            write_files(self._waiting, f"{self._originals}/{_UNFINISHED}")
        except OSError as error:
            raise _not_kept(self._originals, error) from error
        self._waiting, self._bytes = {}, 0


def _holds(path: str, size_bytes: int) -> bool:
    """Whether a file of this size is there: under the name of its content, it is that content."""
    try:
        status = os.stat(path)
    except FileNotFoundError:
        return False
    return stat.S_ISREG(status.st_mode) and status.st_size == size_bytes


def sweep_unfinished(originals: Path) -> None:
    """Remove what a process that died had not finished writing: one small folder to look at, in every pass."""
    remove_abandoned(originals / _UNFINISHED)


def _not_kept(originals: str, error: OSError) -> PipelineError:
    return PipelineError(f"原件存不进 {originals}（{error.strerror}）。请检查磁盘空间和权限，下次运行会接着收取。")
