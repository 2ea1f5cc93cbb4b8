"""Write files into one archive: a gzipped tar with the manifest last, readable by its owner only.

Belongs here: walking folders and writing. The flow chooses the folders and provides the copy of the database. Files of
the share may change or vanish while they are read: the manifest lists the content that was read.
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
    """A file or folder, and its name in the archive. `excluded`: paths below it that are left out."""

    path: Path
    name: str
    excluded: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class WrittenArchive:
    """A written archive: its path, its manifest, and what was left out with the reason (links, unreadable files)."""

    path: Path
    manifest: Manifest
    left_out: tuple[str, ...]


def write_archive(target: Path, manifest: Manifest, sources: Iterable[ArchiveSource]) -> WrittenArchive:
    """Write all `sources` to `target`, in the order given. Never overwrites a file.

    Raises InputError for a target that exists, PipelineError when it cannot be written.
    """
    if target.exists():
        raise InputError(f"备份文件 {target} 已存在，不会覆盖；请另起文件名")
    members: list[ArchiveMember] = []
    left_out: list[str] = []
    try:
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".backup-", suffix=".tmp")
        try:
            # mkstemp opens with mode 0600: the archive contains the secret and personal data.
            with os.fdopen(handle, "wb") as file:
                with tarfile.open(fileobj=file, mode="w:gz", compresslevel=1, format=tarfile.PAX_FORMAT) as archive:
                    for source in sources:
                        members += _add_files(archive, source, left_out.append)
                    complete = replace(manifest, members=tuple(members))
                    _add(archive, NAME, BytesIO(complete.to_json()), 0)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, target)
        finally:
            Path(temporary).unlink(missing_ok=True)
    except OSError as error:
        raise PipelineError(f"备份写不进 {target}（{error.strerror or error}），请检查磁盘空间和权限") from error
    return WrittenArchive(target, complete, tuple(left_out))


def _files_below(source: ArchiveSource, report: Callable[[str], None]) -> Iterator[tuple[Path, str]]:
    """Every regular file of a source with its name in the archive, in a fixed order. Links are never followed."""
    if source.path.is_file() and not source.path.is_symlink():
        yield source.path, source.name
        return
    for folder, folders, names in os.walk(
        source.path, onerror=lambda error: report(f"{error.filename} 打不开，未备份")
    ):
        here = Path(folder)
        folders[:] = sorted(each for each in folders if not _is_left_out(here / each, source.excluded, report))
        for name in sorted(names):
            path = here / name
            if not _is_left_out(path, source.excluded, report):
                yield path, f"{source.name}/{path.relative_to(source.path).as_posix()}"


def _is_left_out(path: Path, excluded: tuple[Path, ...], report: Callable[[str], None]) -> bool:
    if path in excluded or path.name.endswith(".tmp"):
        return True
    if path.is_symlink() or not (path.is_file() or path.is_dir()):
        report(f"{path} 是链接或特殊文件，未备份")
        return True
    return False


def _add_files(
    archive: tarfile.TarFile, source: ArchiveSource, report: Callable[[str], None]
) -> Iterator[ArchiveMember]:
    for path, name in _files_below(source, report):
        try:
            with path.open("rb") as file, tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES) as copy:
                status = os.fstat(file.fileno())
                # Copied first, because a tar member needs its size in advance and the file may still grow.
                shutil.copyfileobj(file, copy, _CHUNK_BYTES)
                yield _add(archive, name, copy, status.st_mtime_ns, status.st_mode)
        except FileNotFoundError:
            continue
        except PermissionError:
            report(f"{path} 没有读取权限，未备份")


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
