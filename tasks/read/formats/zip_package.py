"""Zip containers: their members decompressed once, within limits, and put together again for the reading library.

Belongs here: bytes in and bytes out. What a member may hold is `guard`; what the files mean is `read`.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from deflate import DeflateError, crc32, deflate_decompress

from config.settings import LimitSettings
from tasks.read.formats.safety_checks import BrokenError, TooLargeError

_MEMBERS = 5000
# Parts as small as these (styles, themes, relations) are the same in all files that one program wrote.
_SMALL_PACKED, _SMALL = 3 << 10, 64 << 10
# Beyond this the memory for a second copy costs more than decompressing twice.
_REPACKED_BYTES = 8 << 20
_UTF8_NAME = 0x800
_DAY = 0x21
# The end of a directory, one member in it, and the member's own header: what of them is of interest.
_END, _LISTED, _LOCAL = struct.Struct("<4s4H2LH"), struct.Struct("<4s2x3H4x3L3H8xL"), struct.Struct("<4s22x2H")
# In place of a number that is too large for its field, and the newest version of the format that is read.
_ELSEWHERE, _NEWEST = b"\xff\xff\xff\xff", 63
# What may stand before the end of a directory and say that its numbers are elsewhere.
_LOCATOR_SIZE = 20
_ENCRYPTED = 1
# What is larger is unpacked piece by piece, for it may not be as large as it says.
_AT_ONCE = 4 << 20
# What the library raises over a directory; the version of a format that is not known yet among them.
_FAULTS = (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError)


class ZipEntry(NamedTuple):
    """What a zip's directory says of one member; `packed` and `size` in bytes, `place` that of its local header."""

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    place: int


class Container(NamedTuple):
    """A zip with its parts decompressed, pictures left out, and what its directory says of them."""

    packed: bytes
    parts: Mapping[str, bytes]
    entries: tuple[ZipEntry, ...]

    def checked(self) -> bytes:
        """A container of exactly these parts, not compressed: nothing the guard has not seen, and twice as fast to read.

        A very large one is handed on as it came.
        """
        if sum(map(len, self.parts.values())) > _REPACKED_BYTES:
            return self.packed
        body: list[bytes] = []
        directory: list[bytes] = []
        place, crcs = 0, {entry.name: entry.crc for entry in self.entries}
        for name, data in self.parts.items():
            title, size = name.encode("utf-8", "surrogateescape"), len(data)
            said = (_UTF8_NAME, zipfile.ZIP_STORED, 0, _DAY, crcs[name], size, size, len(title), 0)
            body += (struct.pack("<4sH4H3L2H", b"PK\3\4", 20, *said), title, data)
            directory += (struct.pack("<4s2H4H3L5H2L", b"PK\1\2", 20, 20, *said, 0, 0, 0, 0, place), title)
            place += 30 + len(title) + size
        length, count = sum(map(len, directory)), len(self.parts)
        end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, length, place, 0)
        return b"".join((*body, *directory, end))


class _Last:
    """What was asked about last. By identity: to tell bytes by what they hold takes as long as the answer."""

    # Together: of two threads neither gets what the other one asked about.
    asked: tuple[bytes, tuple[ZipEntry, ...]] = (b"", ())


def directory(content: bytes) -> tuple[ZipEntry, ...]:
    """The members a zip lists. What a file is and what is in it are asked one after the other: kept for that long.

    Raises BrokenError for what is no zip.
    """
    last, entries = _Last.asked
    if content is not last or not entries:
        entries = _usual_directory(content) or tuple(map(entry_of, infolist(content)))
        _Last.asked = content, entries
    return entries


def infolist(content: bytes) -> list[zipfile.ZipInfo]:
    """The members a zip lists, with their dates. Raises BrokenError for what is no zip."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.infolist()
    except _FAULTS as error:
        raise BrokenError(str(error)) from error


def entry_of(info: zipfile.ZipInfo) -> ZipEntry:
    """The same as the library tells it."""
    size, packed = info.file_size, info.compress_size
    return ZipEntry(info.filename, info.flag_bits, info.compress_type, info.CRC, packed, size, info.header_offset)


def _usual_directory(content: bytes) -> tuple[ZipEntry, ...] | None:
    """A directory with nothing unusual in it, in a third of the library's time; None for any other."""
    end, found = len(content) - _END.size, []
    try:
        mark, disk, first, here, count, length, place, comment = _END.unpack_from(content, end)
        if mark != b"PK\5\6" or disk or first or comment or here != count or place + length != end:
            return None
        if _ELSEWHERE in content[place:end] or content.startswith(b"PK\6\7", end - _LOCATOR_SIZE):
            return None
        for _ in range(count):
            mark, needed, flags, method, crc, packed, size, named, more, noted, header = _LISTED.unpack_from(
                content, place
            )
            raw = content[place + _LISTED.size : place + _LISTED.size + named]
            if mark != b"PK\1\2" or needed > _NEWEST or more or noted or b"\0" in raw or b"\\" in raw:
                return None
            name = raw.decode() if flags & _UTF8_NAME else raw.decode("cp437")
            found.append(ZipEntry(name, flags, method, crc, packed, size, header))
            place += _LISTED.size + named
    except (struct.error, UnicodeDecodeError):
        return None
    return tuple(found) if place == end else None


def unpack_container(content: bytes, limits: LimitSettings) -> Container:
    """Every XML or binary part of a zip container, decompressed within the limits. Pictures are left packed.

    Raises TooLargeError, or BrokenError for a container that cannot be unpacked.
    """
    members = directory(content)
    if len(members) > _MEMBERS:
        raise TooLargeError(f"压缩包内有 {len(members)} 个部分", f"{_MEMBERS} 个")
    parts: dict[str, bytes] = {}
    left = limits.unpacked_bytes
    for entry in members:
        if not entry.name.endswith("/") and "/media/" not in entry.name:
            data = parts[entry.name] = read_member(content, entry, left, limits)
            left -= len(data)
    return Container(content, parts, members)


def read_member(content: bytes, entry: ZipEntry, left: int, limits: LimitSettings) -> bytes:
    """One member, decompressed by what it really holds: the size that the directory states may be a lie.

    Raises TooLargeError for more than `left` bytes, BrokenError for what cannot be unpacked.
    """
    packed = _packed(content, entry)
    if entry.method == zipfile.ZIP_STORED:
        data = packed
    elif entry.method != zipfile.ZIP_DEFLATED:
        raise BrokenError("unusual compression")
    elif len(packed) <= _SMALL_PACKED and entry.size <= min(_SMALL, left):
        return _unpacked_before(packed, entry.size, entry.crc)
    else:
        data = _unpacked(packed, entry.size, left)
    if len(data) > left:
        raise TooLargeError(f"解开后超过 {limits.unpacked_bytes >> 20} MB", f"{limits.unpacked_bytes >> 20} MB")
    return _sound(data, entry.size, entry.crc)


@lru_cache(maxsize=256)
def _unpacked_before(packed: bytes, size: int, crc: int) -> bytes:
    return _sound(_unpacked(packed, size, size), size, crc)


def _unpacked(packed: bytes, size: int, left: int) -> bytes:
    """What is in a packed member that says it holds `size` bytes; no more than one byte beyond `left` of it."""
    if size <= min(left, _AT_ONCE):
        try:
            return bytes(deflate_decompress(packed, size))
        except DeflateError:
            # Damaged, or more than it says.
            pass
    try:
        return zlib.decompressobj(-15).decompress(packed, left + 1)
    except zlib.error as error:
        raise BrokenError(str(error)) from error


def _sound(data: bytes, size: int, crc: int) -> bytes:
    if len(data) != size or crc32(data) != crc:
        raise BrokenError("size or checksum does not match")
    return data


def _packed(content: bytes, entry: ZipEntry) -> bytes:
    try:
        mark, named, more = _LOCAL.unpack_from(content, entry.place)
    except struct.error as error:
        raise BrokenError(str(error)) from error
    if mark != b"PK\3\4" or entry.flags & _ENCRYPTED:
        raise BrokenError("no local header, or encrypted")
    start = entry.place + _LOCAL.size + named + more
    return content[start : start + entry.packed]
