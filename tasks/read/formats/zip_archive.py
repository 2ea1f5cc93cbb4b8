"""A zip that a unit sent -> its files, oldest first, within limits; nothing is written to the paths it names.

Belongs here: file names in the encodings of Chinese offices, files to skip, limits. Workbooks are zips too, but theirs
are opened by `zip_package`.
"""

from __future__ import annotations

import datetime as dt
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath

from config.settings import LimitSettings
from tasks.read.formats.format_errors import BrokenError, EncryptedError, TooLargeError
from tasks.read.formats.zip_package import list_members, read_member

_MAX_FILES = 200
_SYSTEM = ("__MACOSX/", "~$", ".")
_SYSTEM_NAMES = frozenset({"thumbs.db", "desktop.ini"})
_UTF8_NAME, _ENCRYPTED = 0x800, 1


@dataclass(frozen=True, slots=True)
class ZipMember:
    """One file of a zip: its name without folders, when it was saved (by the sender's clock), its bytes."""

    name: str
    saved_at: dt.datetime | None
    content: bytes


def zip_members(content: bytes, limits: LimitSettings, zone: dt.tzinfo | None) -> tuple[ZipMember, ...]:
    """The files of a zip, oldest first, so that the newer of two versions is read last. Times are taken to be in `zone`.

    Raises TooLargeError, EncryptedError for a zip with a password, BrokenError for one that cannot be unpacked.
    """
    try:
        named = [(_name(info), info) for info in list_members(content) if not info.is_dir()]
        wanted = [(name, info) for name, info in named if not _is_system(name)]
        if len(wanted) > _MAX_FILES:
            raise TooLargeError(f"压缩包内有{len(wanted)}个文件", f"{_MAX_FILES}个")
        if any(info.flag_bits & _ENCRYPTED for _, info in wanted):
            raise EncryptedError
        bytes_left, unpacked = limits.unpacked_bytes, []
        for name, info in sorted(wanted, key=lambda each: each[1].date_time):
            data = read_member(content, info, bytes_left, limits)
            bytes_left -= len(data)
            unpacked.append(ZipMember(PurePosixPath(name.replace("\\", "/")).name, _saved_at(info, zone), data))
        return tuple(unpacked)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise BrokenError(str(error)) from error


def _name(info: zipfile.ZipInfo) -> str:
    """The file name as the sender saw it: without the UTF-8 flag, Chinese programs write GBK unmarked."""
    if info.flag_bits & _UTF8_NAME:
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _saved_at(info: zipfile.ZipInfo, zone: dt.tzinfo | None) -> dt.datetime | None:
    try:
        return dt.datetime(*info.date_time, tzinfo=zone)
    except ValueError:
        return None


def _is_system(name: str) -> bool:
    last = PurePosixPath(name).name
    return name.startswith(_SYSTEM[0]) or last.startswith(_SYSTEM[1:]) or last.lower() in _SYSTEM_NAMES
