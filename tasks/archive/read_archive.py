"""An archive checked against its manifest and taken out into a folder of its own; nothing else is touched.

Belongs here: reading what may be damaged or made by somebody who means harm. A member is a regular file below a known
room, or the whole archive is refused: no links, no devices, no way out, nothing twice, nothing unlisted, nothing short.
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
    """Take every member out into `into` (made; None: only check) and return the manifest they all agree with.

    Raises InputError for an archive that is damaged, incomplete or not ours, naming the first fault; PipelineError
    when the disk is too small. What was taken out until then lies in `into` and is the caller's to remove.
    """
    found: dict[str, ArchiveMember] = {}
    manifest: Manifest | None = None
    try:
        with tarfile.open(archive, mode="r|gz") as tar:
            for info in _members(tar):
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
                if info.name in found or manifest:
                    raise InputError(f"备份里的“{info.name}”重复或在清单之后，不能恢复")
                found[info.name] = _taken(stream, info, into)
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        if isinstance(error, OSError) and error.errno:
            raise PipelineError(f"备份读不了或写不出（{error.strerror}）：{archive}") from None
        raise InputError(f"备份 {archive} 已损坏或不是本系统做的备份，没有改动任何内容") from None
    if manifest is None:
        raise InputError(f"备份 {archive} 没有清单：不完整，或不是本系统做的备份；没有改动任何内容")
    _compare(found, manifest)
    _set_times(manifest, into)
    return manifest


def _members(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    for info in tar:
        if not info.isreg():
            raise InputError(f"备份里的“{info.name}”是链接或特殊文件，不能恢复：文件被改动过，或不是本系统做的备份")
        yield info


def _taken(stream: IO[bytes], info: tarfile.TarInfo, into: Path | None) -> ArchiveMember:
    """Hash one member and, where wanted, write it as it passes."""
    digest, size_bytes = hashlib.sha256(), 0
    if into is not None:
        # Known before it is written: a header may promise more than any disk holds.
        free_bytes = shutil.disk_usage(into.parent).free
        if info.size > free_bytes - _SPARE_BYTES:
            raise PipelineError(f"磁盘空间不够恢复这份备份：还差约 {(info.size - free_bytes) // 2**20 + 256} MB")
    path = into / info.name if into is not None else Path(os.devnull)
    if into is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        if into is not None:
            # Private before there is anything to read; never more than others may read it.
            os.fchmod(file.fileno(), info.mode & 0o644)
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
            size_bytes += len(chunk)
            file.write(chunk)
        file.flush()
        if into is not None:
            os.fsync(file.fileno())
    return ArchiveMember(info.name, digest.hexdigest(), size_bytes, 0)


def _compare(found: dict[str, ArchiveMember], manifest: Manifest) -> None:
    listed = {member.name: member for member in manifest.members}
    if missing := sorted(listed.keys() - found.keys()):
        raise InputError(f"备份不完整：缺少“{missing[0]}”等 {len(missing)} 个文件，没有改动任何内容")
    if strange := sorted(found.keys() - listed.keys()):
        raise InputError(f"备份里多出清单上没有的“{strange[0]}”，没有改动任何内容")
    for name, member in found.items():
        if (member.sha256, member.size_bytes) != (listed[name].sha256, listed[name].size_bytes):
            raise InputError(f"备份里的“{name}”与清单上的校验值不符，已损坏或被改动过，没有改动任何内容")


def _set_times(manifest: Manifest, into: Path | None) -> None:
    """The files' own times, to the nanosecond: by them the intake knows what it has seen."""
    if into is not None:
        for member in manifest.members:
            os.utime(into / member.name, ns=(member.mtime_ns, member.mtime_ns))
