"""A unit's own file as openpyxl can open it: usual part names, one form of the standard, nothing that declares entities.

Belongs here: bytes in, bytes out, before the workbook is opened. What openpyxl then lacks (a sheet with findings) is told by
`holds_cells`: the reply takes another form.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from posixpath import join, normpath
from urllib.parse import unquote

from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tasks.model.submission import Finding

_XML = (".xml", ".rels", ".vml")
_TYPES, _ROOT = "[Content_Types].xml", "_rels/.rels"
_MOST_XML_BYTES, _MOST_BYTES = 32 << 20, 256 << 20
_PART = re.compile(r"""(?:PartName|Target)\s*=\s*["']([^"']+)["']""")
_DECLARED = re.compile(r"""^(\s*<\?xml[^>]*?)\s+encoding\s*=\s*["'][^"']*["']""")
# The strict form of the standard names the same things by other addresses (ISO/IEC 29500, parts 1 and 4).
_STRICT = b"http://purl.oclc.org/ooxml/"
_TRANSITIONAL: tuple[tuple[bytes, bytes], ...] = (
    (
        b"http://purl.oclc.org/ooxml/officeDocument/customXml",
        b"http://schemas.openxmlformats.org/officeDocument/2006/customXml",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/customProperties",
        b"http://schemas.openxmlformats.org/officeDocument/2006/custom-properties",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/extendedProperties",
        b"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties",
    ),
    (b"http://purl.oclc.org/ooxml/officeDocument/", b"http://schemas.openxmlformats.org/officeDocument/2006/"),
    (b"http://purl.oclc.org/ooxml/spreadsheetml/main", b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
    (b"http://purl.oclc.org/ooxml/schemaLibrary/", b"http://schemas.openxmlformats.org/schemaLibrary/2006/"),
)


def openable(content: bytes) -> bytes | None:
    """The workbook for openpyxl; the same bytes where nothing is unusual, None where it must not be opened.

    Everything openpyxl reads takes fifty times its size in memory: more than `_MOST_XML_BYTES` of XML is not opened.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {_slashed(info.filename): info for info in archive.infolist() if not _is_unread(info.filename)}
        xml = [name for name in members if name.lower().endswith(_XML)]
        if sum(members[name].file_size for name in xml) > _MOST_XML_BYTES:
            return None
        parts = {name: archive.read(members[name]) for name in xml}
        plain = {name: _plain_xml(data) for name, data in parts.items()}
        if any(_declares(data) for data in plain.values()):
            return None
        listed = _listed_names(plain)
        names = {name: listed.get(name.lower(), name) for name in members}
        if plain == parts and all(names[name] == info.filename for name, info in members.items()):
            return content
        if sum(info.file_size for info in members.values()) > _MOST_BYTES:
            return None
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as written:
            for name, info in members.items():
                written.writestr(names[name], plain[name] if name in plain else archive.read(info))
        return target.getvalue()


def holds_cells(book: Workbook, findings: Iterable[Finding]) -> bool:
    """Whether the workbook opened with a sheet to look at, and with every sheet on which a finding marks a cell."""
    shown = [
        sheet.title for sheet in book.worksheets if isinstance(sheet, Worksheet) and sheet.sheet_state == "visible"
    ]
    marked = {finding.sheet for finding in findings if finding.cells}
    return bool(shown) and marked <= set(book.sheetnames)


def _slashed(name: str) -> str:
    return name.replace("\\", "/").lstrip("/")


def _is_unread(name: str) -> bool:
    """Whether openpyxl never looks at a member: folders, and documents of other programs kept inside a workbook."""
    return name.endswith(("/", "\\")) or _slashed(name).lower().startswith("customxml/")


def _declares(data: bytes) -> bool:
    return b"<!DOCTYPE" in data or b"<!ENTITY" in data or b"\0" in data[:64]


def _plain_xml(data: bytes) -> bytes:
    """An XML part in UTF-8, with the addresses of the usual form of the standard."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or data[:2] in (b"<\0", b"\0<"):
        encoding = "utf-16-le" if data[:2] == b"<\0" else "utf-16-be" if data[:2] == b"\0<" else "utf-16"
        data = _DECLARED.sub(r'\1 encoding="UTF-8"', data.decode(encoding, "replace")).encode("utf-8", "replace")
    if _STRICT in data:
        for strict, transitional in _TRANSITIONAL:
            data = data.replace(strict, transitional)
    return data


def _listed_names(parts: Mapping[str, bytes]) -> Mapping[str, str]:
    """Names in lower case -> as the package's own lists write them: openpyxl heeds the case of letters."""
    listed = {_TYPES.lower(): _TYPES, _ROOT: _ROOT}
    for name, data in parts.items():
        if name.lower() == _TYPES.lower() or name.lower().endswith(".rels"):
            folder = name.rpartition("/")[0].removesuffix("_rels").rstrip("/")
            for target in _PART.findall(data.decode("utf-8", "replace")):
                path = normpath(join("/" + folder, unquote(target).replace("\\", "/"))).lstrip("/")
                listed.setdefault(path.lower(), path)
    for path in tuple(listed.values()):
        folder, _, name = path.rpartition("/")
        relations = f"{folder}/_rels/{name}.rels".lstrip("/")
        listed.setdefault(relations.lower(), relations)
    return listed
