"""The manifest of a backup archive: its last member, with name, size and sha256 of all others.

Belongs here: the manifest's format, and the names that members may have.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from typing import Any

from tasks.errors import InputError

NAME = "manifest.json"
FORMAT = 1
# The top folders of an archive: the copy of the database, the data folder, the share if it is in there, config.
DATABASE, DATA, SHARE, CONFIG = "database", "data", "share", "config"
_UNREADABLE = "备份的清单读不懂，不能恢复：文件不完整，或不是本系统做的备份"
_FOLDERS = (DATABASE, DATA, SHARE, CONFIG)


@dataclass(frozen=True, slots=True)
class ArchiveMember:
    """One file of an archive: name inside it, sha256 (hex), size in bytes, time of change in nanoseconds."""

    name: str
    sha256: str
    size_bytes: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """The contents of an archive. `database` is `sqlite` or `postgresql`, `revision` the version of its tables.

    `audit_seq` (0: none) and `audit_hash` are the last entry of the audit log, recorded here so that a shortened log can
    be detected.
    """

    made_at: str
    program: str
    database: str
    revision: str
    audit_seq: int
    audit_hash: str
    members: tuple[ArchiveMember, ...] = ()
    format: int = FORMAT

    def to_json(self) -> bytes:
        """The manifest as stored; file names that are not valid UTF-8 keep their bytes."""
        return json.dumps(asdict(self), ensure_ascii=True, indent=1).encode("ascii")


def parse_manifest(content: bytes) -> Manifest:
    """Parse a manifest. Raises InputError for anything else, or a manifest of a later program."""
    try:
        fields: dict[str, Any] = json.loads(content)
        if fields.get("format") != FORMAT:
            raise InputError(
                f"备份的格式是第{fields.get('format')}版，本程序只认得第{FORMAT}版，请用较新版本的程序恢复"
            )
        members = tuple(ArchiveMember(**each) for each in fields.pop("members"))
        manifest = Manifest(**fields, members=members)
    except (ValueError, TypeError, AttributeError, KeyError):
        raise InputError(_UNREADABLE) from None
    if not all(isinstance(getattr(manifest, name), str) for name in ("made_at", "program", "database", "revision")):
        raise InputError(_UNREADABLE)
    if not all(type(one.size_bytes) is type(one.mtime_ns) is int and one.mtime_ns >= 0 for one in members):
        raise InputError(_UNREADABLE)
    return manifest


def member_fault(name: str) -> str | None:
    """Why a member of this name must not be extracted; None for a name below one of the archive's top folders."""
    path = PurePosixPath(name)
    if not name or "\x00" in name or "\\" in name or path.is_absolute() or ".." in path.parts or "." in name.split("/"):
        return "路径越出备份"
    if path.parts[0] not in _FOLDERS or len(path.parts) < 2 or name != path.as_posix():
        return "不认识的位置"
    return None
