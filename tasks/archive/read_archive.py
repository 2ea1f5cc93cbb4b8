"""Check an archive against its manifest and extract it into a new folder; nothing else is touched.

Belongs here: reading an archive that may be damaged or malicious. Every member must be a regular file below a known top
folder. The whole archive is refused for a link, a device, a path that leads out, a duplicate, an unlisted or a missing
member, or a wrong checksum.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from tasks.archive.manifest import NAME, ArchiveMember, Manifest, member_fault, parse_manifest
from tasks.errors import InputError, PipelineError

_CHUNK_BYTES = 2**20
_MANIFEST_BYTES = 512 * 2**20
_SPARE_BYTES = 256 * 2**20


def unpack_archive(archive: Path, into: Path | None) -> Manifest:
    """Extract every member into `into` (created; None: only check) and return the manifest.

    Raises InputError for an archive that is damaged, incomplete or not ours, naming the first fault; PipelineError when
    the disk is too small. After an error the caller removes `into`.
    """
    members: dict[str, ArchiveMember] = {}
    manifest: Manifest | None = None
    try:
        with tarfile.open(archive, mode="r|gz") as tar:
            for info in _regular_files(tar):
                stream = tar.extractfile(info)
                if stream is None:
                    raise InputError(f"备份里的“{info.name}”不是普通文件，不能恢复")
                if info.name == NAME:
                    if info.size > _MANIFEST_BYTES:
                        raise InputError("备份的清单过大，不能恢复：不是本系统做的备份")
                    manifest = parse_manifest(stream.read())
                    continue
                if fault := member_fault(info.name):
                    raise InputError(f"备份里的“{info.name}”{fault}，不能恢复：文件被改动过，或不是本系统做的备份")
                if info.name in members or manifest:
                    raise InputError(f"备份里的“{info.name}”重复或在清单之后，不能恢复")
                members[info.name] = _extract(stream, info, into)
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        if isinstance(error, OSError) and error.errno:
            raise PipelineError(f"备份读不了或写不出（{error.strerror}）：{archive}") from None
        raise InputError(f"备份 {archive} 已损坏或不是本系统做的备份，没有改动任何内容") from None
    if manifest is None:
        raise InputError(f"备份 {archive} 没有清单：不完整，或不是本系统做的备份；没有改动任何内容")
    _compare(members, manifest)
    _set_times(manifest, into)
    return manifest


def _regular_files(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    for info in tar:
        if not info.isreg():
            raise InputError(f"备份里的“{info.name}”是链接或特殊文件，不能恢复：文件被改动过，或不是本系统做的备份")
        yield info


def _extract(stream: IO[bytes], info: tarfile.TarInfo, into: Path | None) -> ArchiveMember:
    """Hash one member and, unless `into` is None, write it."""
    digest, size_bytes = hashlib.sha256(), 0
    if into is not None:
        # Checked before writing: a header may state a size that no disk can hold.
        free_bytes = shutil.disk_usage(into.parent).free
        if info.size > free_bytes - _SPARE_BYTES:
            raise PipelineError(f"磁盘空间不够恢复这份备份：还差约 {(info.size - free_bytes) // 2**20 + 256} MB")
    path = into / info.name if into is not None else Path(os.devnull)
    if into is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        if into is not None:
            # Set before the first byte is written, and never writable by others.
            os.fchmod(file.fileno(), info.mode & 0o644)
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
            size_bytes += len(chunk)
            file.write(chunk)
        file.flush()
        if into is not None:
            os.fsync(file.fileno())
    return ArchiveMember(info.name, digest.hexdigest(), size_bytes, 0)


def _compare(members: dict[str, ArchiveMember], manifest: Manifest) -> None:
    listed = {member.name: member for member in manifest.members}
    if missing := sorted(listed.keys() - members.keys()):
        raise InputError(f"备份不完整：缺少“{missing[0]}”等 {len(missing)} 个文件，没有改动任何内容")
    if unlisted := sorted(members.keys() - listed.keys()):
        raise InputError(f"备份里多出清单上没有的“{unlisted[0]}”，没有改动任何内容")
    for name, member in members.items():
        if (member.sha256, member.size_bytes) != (listed[name].sha256, listed[name].size_bytes):
            raise InputError(f"备份里的“{name}”与清单上的校验值不符，已损坏或被改动过，没有改动任何内容")


def _set_times(manifest: Manifest, into: Path | None) -> None:
    """Restore the files' times to the nanosecond: the collect stage recognises known files by them."""
    if into is not None:
        for member in manifest.members:
            os.utime(into / member.name, ns=(member.mtime_ns, member.mtime_ns))
