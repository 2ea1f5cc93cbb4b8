"""Detect a file's format by its content, never by its name.

Belongs here: magic numbers, and the names inside zip and OLE containers that tell formats apart.
"""

from __future__ import annotations

import io
import re
import zipfile

from tasks.read.formats.format_errors import BrokenError
from tasks.read.formats.zip_package import list_members

WORKBOOKS = frozenset({"xlsx", "xlsm", "xlsb", "xls", "ods"})
TEXT = "text"

# A single short line with a web address is a link to an online document, not a table.
_LINK_BYTES = 2048
_ADDRESS = re.compile(rb"https?://|(?:kdocs\.cn|docs\.qq\.com)/")
_OLE, _ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK"
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "PDF 文件"),
    (b"\xff\xd8\xff", "图片"),
    (b"\x89PNG", "图片"),
    (b"GIF8", "图片"),
    (b"BM6", "图片"),
    (b"II*\0", "图片"),
    (b"MM\0*", "图片"),
    (b"{\\rtf", "文字材料（RTF）"),
    (b"Rar!", "rar 压缩包"),
    (b"7z\xbc\xaf\x27\x1c", "7z 压缩包"),
    (b"MIME-Version:", "网页"),
    (b"[InternetShortcut]", "网址链接"),
    (b"L\0\0\0\x01\x14\x02\0", "快捷方式"),
)
_ZIP_NAMES: tuple[tuple[str, str], ...] = (
    ("word/document.xml", "Word 文档"),
    ("ppt/presentation.xml", "演示文稿"),
    ("OFD.xml", "OFD 版式文件"),
)


def detect_format(content: bytes) -> str:
    """One of `WORKBOOKS`, `text`, `zip`, `empty`, `broken`, `encrypted`, `unknown`, or `other:<what it is>`."""
    if not content.strip(b"\0 \r\n\t"):
        return "empty"
    if content.startswith(_ZIP):
        return _sniff_zip(content)
    for magic, what in _MAGIC:
        if content.startswith(magic):
            return f"other:{what}"
    if content.startswith(_OLE):
        return _sniff_ole(content)
    return _sniff_text(content)


def _sniff_zip(content: bytes) -> str:
    try:
        names = {member.filename for member in list_members(content)}
        if "mimetype" in names and b"opendocument.spreadsheet" in _start_of(content, "mimetype"):
            return "ods"
    except (BrokenError, zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError):
        return "broken"
    for name, what in _ZIP_NAMES:
        if name in names:
            return f"other:{what}"
    if "xl/workbook.bin" in names:
        return "xlsb"
    if any(name.startswith("xl/") for name in names):
        return "xlsm" if "xl/vbaProject.bin" in names else "xlsx"
    if "[Content_Types].xml" in names:
        # An office document without its main part.
        return "broken"
    return "other:文字材料" if "mimetype" in names else "zip"


def _start_of(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(name) as member:
        return member.read(200)


def _sniff_ole(content: bytes) -> str:
    """OLE containers name their streams in UTF-16; the directory may lie anywhere in the file."""
    if _wide("EncryptedPackage") in content:
        return "encrypted"
    if _wide("WordDocument") in content:
        return "other:Word 文档"
    if _wide("PowerPoint Document") in content:
        return "other:演示文稿"
    return "xls" if _wide("Workbook") in content or _wide("Book") in content else "broken"


def has_macros(content: bytes, file_format: str) -> bool:
    """Whether a workbook of this format contains macros."""
    return file_format == "xlsm" or (file_format == "xls" and _wide("_VBA_PROJECT") in content)


def _wide(name: str) -> bytes:
    return name.encode("utf-16-le")


def _sniff_text(content: bytes) -> str:
    start = content[:4096].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<meta", b"<head")) or b"<html" in start:
        return "other:网页"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return TEXT
    if len(content) < _LINK_BYTES and b"\n" not in content.strip() and _ADDRESS.search(content):
        return "other:网址链接"
    if start.startswith(b"<?xml"):
        return "other:XML 文件"
    # A BIFF5 workbook without its container starts with a BOF record; calamine does not read it either.
    return TEXT if b"\0" not in content[:4096] or utf_16_without_mark(content) else "unknown"


def utf_16_without_mark(content: bytes) -> str | None:
    """The UTF-16 byte order in which a text without a byte order mark has lines and cells; None for neither."""
    for encoding in ("utf-16-le", "utf-16-be"):
        text = content[:4096].decode(encoding, "replace")
        if "\n" in text and ("\t" in text or "," in text) and "\0" not in text and "\ufffd" not in text[:-1]:
            return encoding
    return None
