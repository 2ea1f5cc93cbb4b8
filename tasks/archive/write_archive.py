"""Files into one archive: gzipped tar, the manifest last, put in place whole or not at all, readable by its owner only.

Belongs here: walking and writing. Which folders go in, and the copy of the database, come from the flow. A file that
vanishes or grows meanwhile is the share's everyday life: what was read is what the manifest says.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import IO

from tasks.archive.manifest import NAME, ArchiveMember, Manifest
from tasks.errors import InputError, PipelineError

_IN_MEMORY_BYTES = 16 * 2**20
_CHUNK_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class ArchiveSource:
    """A file or folder and the name it goes under. `leave` are paths below it (and files) that stay out."""

    path: Path
    name: str
    leave: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class WrittenArchive:
    """An archive that was written: where, its manifest, and what was left out with the reason (links, unreadable)."""

    path: Path
    manifest: Manifest
    left_out: tuple[str, ...]


def write_archive(target: Path, manifest: Manifest, sources: Iterable[ArchiveSource]) -> WrittenArchive:
    """Write everything in `sources` to `target`, in the order given. Never writes over a file that is there.

    Raises InputError for a target that exists, PipelineError when it cannot be written.
    """
    if target.exists():
        raise InputError(f"备份文件 {target} 已存在，不会覆盖；请另起文件名")
    members: list[ArchiveMember] = []
    left_out: list[str] = []
    try:
        handle, beside = tempfile.mkstemp(dir=target.parent, prefix=".backup-", suffix=".tmp")
        try:
            # mkstemp opens with mode 0600: the archive holds the secret and people's numbers.
            with os.fdopen(handle, "wb") as file:
                with tarfile.open(fileobj=file, mode="w:gz", compresslevel=1, format=tarfile.PAX_FORMAT) as archive:
                    for source in sources:
                        members += _added(archive, source, left_out.append)
                    done = replace(manifest, members=tuple(members))
                    _add(archive, NAME, BytesIO(done.to_json()), 0)
                file.flush()
                os.fsync(file.fileno())
            os.replace(beside, target)
        finally:
            Path(beside).unlink(missing_ok=True)
    except OSError as error:
        raise PipelineError(f"备份写不进 {target}（{error.strerror or error}），请检查磁盘空间和权限") from error
    return WrittenArchive(target, done, tuple(left_out))


def files_below(source: ArchiveSource, say: Callable[[str], None]) -> Iterator[tuple[Path, str]]:
    """Every regular file of a source with its name in the archive, in a fixed order. Links are never followed."""
    if source.path.is_file() and not source.path.is_symlink():
        yield source.path, source.name
        return
    for folder, folders, names in os.walk(source.path, onerror=lambda fault: say(f"{fault.filename} 打不开，未备份")):
        here = Path(folder)
        folders[:] = sorted(each for each in folders if not _stays_out(here / each, source.leave, say))
        for name in sorted(names):
            path = here / name
            if not _stays_out(path, source.leave, say):
                yield path, f"{source.name}/{path.relative_to(source.path).as_posix()}"


def _stays_out(path: Path, leave: tuple[Path, ...], say: Callable[[str], None]) -> bool:
    if path in leave or path.name.endswith(".tmp"):
        return True
    if path.is_symlink() or not (path.is_file() or path.is_dir()):
        say(f"{path} 是链接或特殊文件，未备份")
        return True
    return False


def _added(archive: tarfile.TarFile, source: ArchiveSource, say: Callable[[str], None]) -> Iterator[ArchiveMember]:
    for path, name in files_below(source, say):
        try:
            with path.open("rb") as file, tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES) as copy:
                status = os.fstat(file.fileno())
                # First a copy, because a tar member needs its size in advance and the share is written meanwhile.
                shutil.copyfileobj(file, copy, _CHUNK_BYTES)
                yield _add(archive, name, copy, status.st_mtime_ns, status.st_mode)
        except FileNotFoundError:
            continue
        except PermissionError:
            say(f"{path} 没有读取权限，未备份")


def _add(archive: tarfile.TarFile, name: str, stream: IO[bytes], mtime_ns: int, mode: int = 0o600) -> ArchiveMember:
    size_bytes = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    digest = hashlib.sha256()
    while chunk := stream.read(_CHUNK_BYTES):
        digest.update(chunk)
    stream.seek(0)
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = size_bytes, mtime_ns // 10**9, mode & 0o777
    archive.addfile(info, stream)
    return ArchiveMember(name, digest.hexdigest(), size_bytes, mtime_ns)
