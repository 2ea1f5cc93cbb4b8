"""What an archive says of itself: its manifest, the last member, with the sha256 of every other.

Belongs here: the manifest's shape and the names an archive may hold. Writing is `pack`, reading `unpack`.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from typing import Any

from tasks.errors import InputError

NAME = "manifest.json"
FORMAT = 1
# The rooms of an archive: the ledger's copy, what lies in the data folder, the share (where it lies in there), config.
DATABASE, DATA, SHARE, CONFIG = "database", "data", "share", "config"
_NONE = "备份的清单读不懂，不能恢复：文件不完整，或不是本系统做的备份"
ROOMS = (DATABASE, DATA, SHARE, CONFIG)


@dataclass(frozen=True, slots=True)
class ArchiveMember:
    """One file of an archive: name inside it, sha256 (hex), size in bytes, change time in nanoseconds."""

    name: str
    sha256: str
    size_bytes: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """An archive's contents. `database` is `sqlite` or `postgresql`, `revision` its schema's.

    `audit_seq` (0: none) and `audit_hash` are the head of its audit log, noted here as a witness.
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
        """The manifest as the archive holds it; names that are no valid text keep their bytes."""
        return json.dumps(asdict(self), ensure_ascii=True, indent=1).encode("ascii")


def parse_manifest(content: bytes) -> Manifest:
    """The manifest of these bytes. Raises InputError for what is none, or one of a later program."""
    try:
        told: dict[str, Any] = json.loads(content)
        if told.get("format") != FORMAT:
            raise InputError(f"备份的格式是第{told.get('format')}版，本程序只认得第{FORMAT}版，请用较新版本的程序恢复")
        members = tuple(ArchiveMember(**each) for each in told.pop("members"))
        made = Manifest(**told, members=members)
    except (ValueError, TypeError, AttributeError, KeyError):
        raise InputError(_NONE) from None
    if not all(isinstance(getattr(made, name), str) for name in ("made_at", "program", "database", "revision")):
        raise InputError(_NONE)
    if not all(type(one.size_bytes) is type(one.mtime_ns) is int and one.mtime_ns >= 0 for one in members):
        raise InputError(_NONE)
    return made


def member_fault(name: str) -> str | None:
    """Why a member of this name must not be taken out, or None: it stays below one of the rooms."""
    path = PurePosixPath(name)
    if not name or "\x00" in name or "\\" in name or path.is_absolute() or ".." in path.parts or "." in name.split("/"):
        return "路径越出备份"
    if path.parts[0] not in ROOMS or len(path.parts) < 2 or name != path.as_posix():
        return "不认识的位置"
    return None
