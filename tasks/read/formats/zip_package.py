"""Workbooks as zip packages: their parts unpacked once, within limits, and packed again for the reading library.

Belongs here: zip directories and members, bytes in and bytes out. Does not belong here: what a part may hold
(`safety_checks`), zips that units send with several files in them (`zip_archive`).
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
from tasks.read.formats.format_errors import BrokenError, TooLargeError

_MAX_MEMBERS = 5000
# Small parts (styles, themes, relations) are identical in all files that one program writes: they are unpacked once.
_SMALL_PACKED_BYTES, _SMALL_BYTES = 3 << 10, 64 << 10
# Above this size, the memory for a second copy costs more than to decompress twice.
_REPACKED_BYTES = 8 << 20
_UTF8_NAME = 0x800
_ENCRYPTED = 1
# 1 January 1980, the earliest date a zip can hold.
_DATE = 0x21
_LOCAL_HEADER = struct.Struct("<4s22x2H")
# Larger members are unpacked step by step, because the size they state may be wrong.
_ONE_STEP_BYTES = 4 << 20
# Everything zipfile raises for a damaged directory; NotImplementedError for an unknown version of the format.
_DAMAGED = (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError)


class ZipPackage(NamedTuple):
    """An unpacked zip: `parts` by name, pictures left out, and the checksum (CRC-32) of each part."""

    packed: bytes
    parts: Mapping[str, bytes]
    checksums: Mapping[str, int]

    def repacked(self) -> bytes:
        """A zip of exactly these parts, uncompressed: nothing that was not checked, and twice as fast to read.

        A very large package is returned as it was received.
        """
        if sum(map(len, self.parts.values())) > _REPACKED_BYTES:
            return self.packed
        body: list[bytes] = []
        directory: list[bytes] = []
        offset = 0
        for name, data in self.parts.items():
            title, size = name.encode("utf-8", "surrogateescape"), len(data)
            fields = (_UTF8_NAME, zipfile.ZIP_STORED, 0, _DATE, self.checksums[name], size, size, len(title), 0)
            body += (struct.pack("<4sH4H3L2H", b"PK\3\4", 20, *fields), title, data)
            directory += (struct.pack("<4s2H4H3L5H2L", b"PK\1\2", 20, 20, *fields, 0, 0, 0, 0, offset), title)
            offset += 30 + len(title) + size
        length, count = sum(map(len, directory)), len(self.parts)
        end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, length, offset, 0)
        return b"".join((*body, *directory, end))


def list_members(content: bytes) -> list[zipfile.ZipInfo]:
    """The members that a zip's directory lists. Raises BrokenError for anything that is not a zip."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.infolist()
    except _DAMAGED as error:
        raise BrokenError(str(error)) from error


def unpack_package(content: bytes, limits: LimitSettings) -> ZipPackage:
    """Every XML or binary part of a zip package, unpacked within the limits. Pictures stay packed.

    Raises TooLargeError, or BrokenError for a package that cannot be unpacked.
    """
    members = list_members(content)
    if len(members) > _MAX_MEMBERS:
        raise TooLargeError(f"压缩包内有 {len(members)} 个部分", f"{_MAX_MEMBERS} 个")
    parts: dict[str, bytes] = {}
    bytes_left = limits.unpacked_bytes
    for member in members:
        if not member.is_dir() and "/media/" not in member.filename:
            data = parts[member.filename] = read_member(content, member, bytes_left, limits)
            bytes_left -= len(data)
    return ZipPackage(content, parts, {member.filename: member.CRC for member in members})


def read_member(content: bytes, member: zipfile.ZipInfo, bytes_left: int, limits: LimitSettings) -> bytes:
    """One member, unpacked by its real content: the size that the directory states may be wrong.

    Raises TooLargeError for more than `bytes_left`, BrokenError for anything that cannot be unpacked.
    """
    packed, size = _packed(content, member), member.file_size
    if member.compress_type == zipfile.ZIP_STORED:
        data = packed
    elif member.compress_type != zipfile.ZIP_DEFLATED:
        raise BrokenError("unusual compression")
    elif len(packed) <= _SMALL_PACKED_BYTES and size <= min(_SMALL_BYTES, bytes_left):
        return _unpack_small(packed, size, member.CRC)
    else:
        data = _unpack(packed, size, bytes_left)
    if len(data) > bytes_left:
        raise TooLargeError(f"解开后超过 {limits.unpacked_bytes >> 20} MB", f"{limits.unpacked_bytes >> 20} MB")
    return _verified(data, size, member.CRC)


@lru_cache(maxsize=256)
def _unpack_small(packed: bytes, size: int, crc: int) -> bytes:
    return _verified(_unpack(packed, size, size), size, crc)


def _unpack(packed: bytes, size: int, bytes_left: int) -> bytes:
    """Unpack a member that states `size` bytes; returns at most one byte more than `bytes_left`."""
    if size <= min(bytes_left, _ONE_STEP_BYTES):
        try:
            return bytes(deflate_decompress(packed, size))
        except DeflateError:
            # Damaged, or larger than stated: the slow way decides.
            pass
    try:
        return zlib.decompressobj(-15).decompress(packed, bytes_left + 1)
    except zlib.error as error:
        raise BrokenError(str(error)) from error


def _verified(data: bytes, size: int, crc: int) -> bytes:
    if len(data) != size or crc32(data) != crc:
        raise BrokenError("size or checksum does not match")
    return data


def _packed(content: bytes, member: zipfile.ZipInfo) -> bytes:
    try:
        mark, name_length, extra_length = _LOCAL_HEADER.unpack_from(content, member.header_offset)
    except struct.error as error:
        raise BrokenError(str(error)) from error
    if mark != b"PK\3\4" or member.flag_bits & _ENCRYPTED:
        raise BrokenError("no local header, or encrypted")
    start = member.header_offset + _LOCAL_HEADER.size + name_length + extra_length
    return content[start : start + member.compress_size]
