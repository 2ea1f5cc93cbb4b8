"""Malicious files: each is refused alone, in bounded time and memory, without effect on other files.

Belongs here: building them. `legacy_workbook` is one that the reading library does not survive.
"""

from __future__ import annotations

import io
import struct
import zipfile

from tests import workbooks

_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_SECTOR = 512


def legacy_workbook(row: int, column: int) -> bytes:
    """An .xls of one sheet with a number in its first cell and one at this position (from 0).

    It has a few kilobytes. At 65535, 65535 the reading library asks for 128 GB and aborts its process.
    """
    opening = struct.pack("<HHHHIII", 0x0600, 0x0005, 0, 0, 0, 0, 0)[:16]
    name = b"Sheet1"
    start = 4 + 16 + 4 + 8 + len(name) + 4
    sheet = _record(0x0809, struct.pack("<HH", 0x0600, 0x0010) + bytes(12))
    for position in ((0, 0), (row, column)):
        sheet += _record(0x0203, struct.pack("<HHHd", *position, 0, 1.0))
    sheet += _record(0x000A)
    book = _record(0x0809, opening)
    book += _record(0x0085, struct.pack("<IBBBB", start, 0, 0, len(name), 0) + name) + _record(0x000A)
    return _container((book + sheet).ljust(4096 + _SECTOR, b"\0"))


def _record(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _container(stream: bytes) -> bytes:
    """An OLE container of one stream, `Workbook` ([MS-CFB]): allocation table, directory, stream."""
    count = len(stream) // _SECTOR
    chain = [*range(3, 2 + count), _END]
    table = struct.pack(f"<{_SECTOR // 4}I", *([_FAT, _END, *chain] + [_FREE] * (_SECTOR // 4 - 2 - count)))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<9I", 0, 1, 1, 0, 4096, _END, 0, _END, 0) + struct.pack("<109I", 0, *[_FREE] * 108)
    directory = _entry("Root Entry", 5, _END, 0, child=1) + _entry("Workbook", 2, 2, len(stream))
    return head + table + directory.ljust(_SECTOR, b"\0") + stream


def _entry(name: str, kind: int, start: int, size: int, child: int = _FREE) -> bytes:
    wide = name.encode("utf-16-le") + b"\0\0"
    entry = wide.ljust(64, b"\0") + struct.pack("<HBBIII", len(wide), kind, 1, _FREE, _FREE, child)
    return entry + bytes(16 + 4 + 16) + struct.pack("<IQ", start, size)


def million_rows(content: bytes, columns: bool = False) -> bytes:
    """A workbook whose sheet has a million rows of one cell, or one row of a million cells."""
    cell = b"<c><v>1</v></c>"
    data = b"<row>" + cell * 1_000_000 + b"</row>" if columns else (b"<row>" + cell + b"</row>") * 1_000_000
    end = data + b"</sheetData>"
    return workbooks.with_part(content, "xl/worksheets/sheet1.xml", lambda old: old.replace(b"</sheetData>", end))


def climbing_zip(good: bytes) -> bytes:
    """A zip whose members have paths outside of it, absolute paths and device names."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in ("../../../../tmp/climbed.xlsx", "/tmp/absolute.xlsx", "..\\..\\climbed.xlsx", "C:\\x.xlsx", "con"):
            archive.writestr(name, good)
    return target.getvalue()


def nested_bomb(depth: int = 6, width: int = 10) -> bytes:
    """A zip of zips of zips: a million times a megabyte of zeros."""
    content = bytes(1 << 20)
    for _ in range(depth):
        content = workbooks.zipped({f"{number}.zip": content for number in range(width)})
    return content


def deep_xml(content: bytes, depth: int = 200_000) -> bytes:
    """A sheet whose tags are nested so deeply that a recursive reader runs out of stack."""
    nest = b"<a>" * depth + b"</a>" * depth
    return workbooks.with_part(
        content, "xl/worksheets/sheet1.xml", lambda old: old.replace(b"</worksheet>", nest + b"</worksheet>")
    )
