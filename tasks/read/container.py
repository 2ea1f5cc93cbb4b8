"""Zip containers: their members decompressed once, within limits, and put together again for the reading library.

Belongs here: bytes in and bytes out. What a member may hold is `guard`; what the files mean is `read`.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from isal import isal_zlib

from config.settings import Limits
from tasks.read.guard import BrokenError, TooLargeError

_MEMBERS = 5000
# Parts as small as these (styles, themes, relations) are the same in all files that one program wrote.
_SMALL_PACKED, _SMALL = 4 << 10, 64 << 10
# Beyond this the memory for a second copy costs more than decompressing twice.
_REPACKED_BYTES = 8 << 20
_UTF8_NAME = 0x800
_DAY = 0x21
# Its stubs call the class an instance.
_INFLATE_ERROR = cast("type[Exception]", isal_zlib.error)
_FAULTS = (
    zipfile.BadZipFile,
    _INFLATE_ERROR,
    zlib.error,
    OSError,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)


@dataclass(frozen=True, slots=True)
class Container:
    """A zip with its parts decompressed, pictures left out. `crcs` are the checksums of the parts."""

    packed: bytes
    parts: Mapping[str, bytes]
    crcs: Mapping[str, int]

    def checked(self) -> bytes:
        """A container of exactly these parts, not compressed: nothing the guard has not seen, and twice as fast to read.

        A very large one is handed on as it came.
        """
        if sum(map(len, self.parts.values())) > _REPACKED_BYTES:
            return self.packed
        body: list[bytes] = []
        directory: list[bytes] = []
        place = 0
        for name, data in self.parts.items():
            title, size = name.encode("utf-8", "surrogateescape"), len(data)
            said = (_UTF8_NAME, zipfile.ZIP_STORED, 0, _DAY, self.crcs[name], size, size, len(title), 0)
            body += (struct.pack("<4sH4H3L2H", b"PK\3\4", 20, *said), title, data)
            directory += (struct.pack("<4s2H4H3L5H2L", b"PK\1\2", 20, 20, *said, 0, 0, 0, 0, place), title)
            place += 30 + len(title) + size
        length, count = sum(map(len, directory)), len(self.parts)
        end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, length, place, 0)
        return b"".join((*body, *directory, end))


@lru_cache(maxsize=1)
def directory(content: bytes) -> tuple[zipfile.ZipInfo, ...]:
    """The members a zip lists. What a file is and what is in it are asked one after the other: kept for that long.

    Raises BrokenError for what is no zip.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return tuple(archive.infolist())
    except _FAULTS as error:
        raise BrokenError(str(error)) from error


def unpack(content: bytes, limits: Limits) -> Container:
    """Every XML or binary part of a zip container, decompressed within the limits. Pictures are left packed.

    Raises TooLargeError, or BrokenError for a container that cannot be unpacked.
    """
    members = directory(content)
    if len(members) > _MEMBERS:
        raise TooLargeError(f"压缩包内有 {len(members)} 个部分", f"{_MEMBERS} 个")
    parts: dict[str, bytes] = {}
    left = limits.unpacked_bytes
    try:
        for info in members:
            if not info.filename.endswith("/") and "/media/" not in info.filename:
                data = parts[info.filename] = read_member(content, info, left, limits)
                left -= len(data)
    except _FAULTS as error:
        raise BrokenError(str(error)) from error
    return Container(content, parts, {info.filename: info.CRC for info in members})


def read_member(content: bytes, info: zipfile.ZipInfo, left: int, limits: Limits) -> bytes:
    """One member, decompressed by what it really holds: the size that the directory states may be a lie."""
    packed = _packed(content, info)
    if info.compress_type == zipfile.ZIP_STORED:
        data = packed
    elif info.compress_type != zipfile.ZIP_DEFLATED:
        raise BrokenError("unusual compression")
    elif len(packed) <= _SMALL_PACKED and info.file_size <= min(_SMALL, left):
        return _inflated_before(packed, info.file_size, info.CRC)
    else:
        data = isal_zlib.decompressobj(-15).decompress(packed, left + 1)
    if len(data) > left:
        raise TooLargeError(f"解开后超过 {limits.unpacked_bytes >> 20} MB", f"{limits.unpacked_bytes >> 20} MB")
    return _sound(data, info.file_size, info.CRC)


@lru_cache(maxsize=256)
def _inflated_before(packed: bytes, size: int, crc: int) -> bytes:
    return _sound(isal_zlib.decompressobj(-15).decompress(packed, size + 1), size, crc)


def _sound(data: bytes, size: int, crc: int) -> bytes:
    # Not isal's checksum: where it uses the widest registers, everything after it runs at half speed.
    if len(data) != size or zlib.crc32(data) != crc:
        raise BrokenError("size or checksum does not match")
    return data


def _packed(content: bytes, info: zipfile.ZipInfo) -> bytes:
    start = info.header_offset
    if content[start : start + 4] != b"PK\x03\x04" or info.flag_bits & 1:
        raise BrokenError("no local header, or encrypted")
    name, extra = struct.unpack_from("<2H", content, start + 26)
    start += 30 + name + extra
    return content[start : start + info.compress_size]
