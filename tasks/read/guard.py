"""Looks at a container before it is loaded: sizes when unpacked, entity bombs, cells far outside any table.

Belongs here: refusing what would take the process down. The reading library materialises a sheet's bounding box, so
one stray cell in the last corner aborts the whole process, and no exception can be caught.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from config.settings import Limits

_PIECE = 1 << 20
_MEMBERS = 5000
# Some programs write every tag with a prefix. Cells that close at once hold only a format: a column formatted to
# the sheet's end is common and harmless.
_REFERENCE = re.compile(rb"""<(?:[\w.-]+:)?c\b[^>]*?\sr\s*=\s*["']([A-Za-z]+)(\d+)["'][^>]*(?<!/)>""")
_EMPTY = re.compile(rb"""<(?:[\w.-]+:)?c\b[^>]*?\sr\s*=\s*["'][A-Za-z]+\d+["'][^>]*/>""")
_CELL = re.compile(rb"<(?:[\w.-]+:)?c[\s/>]")
_ROW = re.compile(rb"<(?:[\w.-]+:)?row[\s/>]")
_ROW_NUMBER = re.compile(rb"""<(?:[\w.-]+:)?row\b[^>]*?\sr\s*=\s*["'](\d+)["']""")
# Legal XML, written by no spreadsheet program, and a way to hide an address from the patterns above.
_HIDING = re.compile(rb"""=\s*(["'])[^"'<]*>[^"'<]*\1""")
_USUAL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"')
# What else begins with a c: columns, conditional formats, custom views. A cell written in any other way is counted.
_OTHER_TAGS = (b"<co", b"<cf", b"<cu")
_SHEET = re.compile(r"^/?xl/worksheets/.*\.xml$", re.IGNORECASE)


class TooLargeError(Exception):
    """A limit is passed. `what` is what was found and `limit` what is allowed, in Chinese."""

    def __init__(self, what: str, limit: str) -> None:
        super().__init__(what)
        self.what, self.limit = what, limit


class BrokenError(Exception):
    """The container is damaged, or holds what no spreadsheet program writes."""


def unpack(content: bytes, limits: Limits) -> dict[str, bytes]:
    """Every XML or binary part of a zip container, decompressed within the limits. Pictures are left packed.

    Raises TooLargeError, or BrokenError for a container that cannot be unpacked.
    """
    parts: dict[str, bytes] = {}
    left = limits.unpacked_bytes
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > _MEMBERS:
                raise TooLargeError(f"压缩包内有 {len(members)} 个部分", f"{_MEMBERS} 个")
            for info in members:
                if not info.is_dir() and "/media/" not in info.filename:
                    parts[info.filename] = read_member(content, info, left, limits)
                    left -= len(parts[info.filename])
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise BrokenError(str(error)) from error
    return parts


def read_member(content: bytes, info: zipfile.ZipInfo, left: int, limits: Limits) -> bytes:
    """One member, decompressed by what it really holds: the size that the directory states may be a lie."""
    packed = _packed(content, info)
    if info.compress_type == zipfile.ZIP_STORED:
        data = packed
    elif info.compress_type == zipfile.ZIP_DEFLATED:
        data = zlib.decompressobj(-15).decompress(packed, left + 1)
    else:
        raise BrokenError("unusual compression")
    if len(data) > left:
        raise TooLargeError(f"解开后超过 {limits.unpacked_bytes >> 20} MB", f"{limits.unpacked_bytes >> 20} MB")
    if len(data) != info.file_size or zlib.crc32(data) != info.CRC:
        raise BrokenError("size or checksum does not match")
    return data


def _packed(content: bytes, info: zipfile.ZipInfo) -> bytes:
    start = info.header_offset
    if content[start : start + 4] != b"PK\x03\x04" or info.flag_bits & 1:
        raise BrokenError("no local header, or encrypted")
    name, extra = (
        int.from_bytes(content[start + 26 : start + 28], "little"),
        int.from_bytes(content[start + 28 : start + 30], "little"),
    )
    start += 30 + name + extra
    return content[start : start + info.compress_size]


def check_parts(parts: dict[str, bytes], limits: Limits) -> None:
    """Refuse document type declarations (entity bombs), and sheets with cells outside the limits.

    Raises BrokenError or TooLargeError.
    """
    for name, data in parts.items():
        if not name.lower().endswith((".xml", ".rels")):
            continue
        # UTF-16 would hide the references below from a search in bytes.
        if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data[:64] or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
            raise BrokenError(f"{name}: unusual XML")
        if _SHEET.match(name):
            check_sheet(data, limits)


def check_sheet(data: bytes, limits: Limits) -> None:
    """Refuse a sheet whose cells with content reach beyond the limits. Raises TooLargeError or BrokenError."""
    if _is_plainly_small(data, limits):
        return
    row = column = 0
    found = _REFERENCE.findall(data)
    for letters, digits in found:
        row, column = max(row, int(digits)), max(column, _column(letters))
    # An address may be left out: such a cell follows the one before it, so their number bounds how far they reach.
    if (silent := len(_CELL.findall(data)) - len(found) - len(_EMPTY.findall(data))) > 0:
        if _HIDING.search(data):
            raise BrokenError("hidden cell addresses")
        numbers = [int(digits) for digits in _ROW_NUMBER.findall(data)]
        row = max(row, len(_ROW.findall(data)), *numbers, 0)
        column += silent
    if row > limits.rows:
        raise TooLargeError(f"用到第{row}行", f"{limits.rows}行")
    if column > limits.columns:
        raise TooLargeError(f"用到第{column}列", f"{limits.columns}列")


def _is_plainly_small(data: bytes, limits: Limits) -> bool:
    """Whether every cell is written in the usual way and lies within the limits, formatted blanks included.

    Says so of nearly every sheet at a tenth of the price of looking closely; False says nothing.
    """
    found = _USUAL.findall(data)
    others = sum(data.count(tag) for tag in _OTHER_TAGS)
    if data.count(b"<c") != len(found) + others or b":c" in data:
        return False
    columns, rows = {letters for letters, _ in found}, {digits for _, digits in found}
    return max(map(_column, columns), default=0) <= limits.columns and max(map(int, rows), default=0) <= limits.rows


def _column(letters: bytes) -> int:
    if len(letters) > 3:
        raise BrokenError("impossible cell address")
    column = 0
    for char in letters.upper():
        column = column * 26 + char - 64
    return column
