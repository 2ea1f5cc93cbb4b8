"""The parts of a workbook that its sheets need, found by the package's relations and put under their usual names.

Belongs here: following relations from the package to the sheets, whatever the parts are called, in whatever case and with
whichever slash; parts in another encoding than UTF-8. A part that no sheet needs is not unpacked: what is in it cannot
stand in the way of a report. Does not belong here: unpacking (`zip_package`), what a part may hold (`safety_checks`).
"""

from __future__ import annotations

import codecs
import posixpath
import re
import zipfile
from typing import NamedTuple
from urllib.parse import unquote
from xml.etree import ElementTree
from xml.sax.saxutils import quoteattr

from deflate import crc32

from config.settings import LimitSettings
from tasks.caching import cached
from tasks.read.formats.format_errors import BrokenError, TooLargeError
from tasks.read.formats.zip_package import MOST_MEMBERS, ZipPackage, list_members, read_member, unpack_package

_ODS_PARTS = ("mimetype", "content.xml", "META-INF/manifest.xml")
_ROOT = "_rels/.rels"
_MAIN_TYPE = "officeDocument"
# The last word of a relation's type: the same in both forms of the standard, whose addresses differ.
_OF_BOOK = {"worksheet": "worksheets/sheet", "sharedStrings": "sharedStrings", "styles": "styles"}
_PICTURES = "rdRichValueStructure"
_OF_SHEET = {"comments": "comments", "drawing": "drawings/drawing"}
_DECLARED = re.compile(r"""^(\s*<\?xml[^>]*?)\s+encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
# UTF-8 and UTF-16 are legal; the others are what programs of Chinese offices write all the same.
_ENCODINGS = frozenset({"utf-16", "gb2312", "gbk", "gb18030", "big5", "big5hkscs", "ascii", "iso8859-1", "cp1252"})
_MARKS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_UNMARKED = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


class Link(NamedTuple):
    """One relation: its id, the last word of its type, the part it leads to."""

    id: str
    kind: str
    target: str


def plain_part_name(name: str) -> str:
    """A member's name as the standard writes it: no slash before it, none but `/` in it."""
    return name.replace("\\", "/").lstrip("/")


def unpack_workbook(content: bytes, limits: LimitSettings, file_format: str) -> ZipPackage:
    """The parts that the sheets of a workbook need, within the limits.

    Raises TooLargeError, or BrokenError for a package without its main part or with a part that cannot be unpacked.
    """
    box = _Box(content, limits)
    if file_format == "ods":
        return _packed(box, [(name, name) for name in _ODS_PARTS if box.has(name)], {})
    ending = "bin" if file_format == "xlsb" else "xml"
    main = main_part(box) or f"xl/workbook.{ending}"
    if not box.has(main) or not box.has(_relations_of(main)):
        # Nothing tells which parts are needed; who reads them says what is missing.
        return unpack_package(content, limits)
    return _packed(box, *_usual_names(box, main, ending))


class _Box:
    """A zip's members by their names in lower case, each unpacked once, in UTF-8 where it is XML."""

    def __init__(self, content: bytes, limits: LimitSettings) -> None:
        self.content, self._limits, self._bytes_left = content, limits, limits.unpacked_bytes
        members = list_members(content)
        if len(members) > MOST_MEMBERS:
            raise TooLargeError(f"压缩包内有 {len(members)} 个部分", f"{MOST_MEMBERS} 个")
        self._members: dict[str, tuple[str, zipfile.ZipInfo]] = {}
        for member in members:
            if not (name := plain_part_name(member.filename)).endswith("/"):
                self._members[name.lower()] = name, member
        self._unpacked: dict[str, bytes] = {}
        self.checksums: dict[str, int] = {}
        self.is_changed = False

    def has(self, name: str) -> bool:
        return name.lower() in self._members

    def is_written(self, name: str) -> bool:
        """Whether a member has exactly this name."""
        found = self._members.get(name.lower())
        return found is not None and found[1].filename == name

    def part(self, name: str) -> bytes:
        key = name.lower()
        if key not in self._unpacked:
            data = read_member(self.content, self._members[key][1], self._bytes_left, self._limits)
            self._bytes_left -= len(data)
            self._unpacked[key] = self._in_utf_8(key, data)
        return self._unpacked[key]

    def checksum(self, name: str) -> int:
        return self.checksums.get(name.lower()) or self._members[name.lower()][1].CRC

    def _in_utf_8(self, key: str, data: bytes) -> bytes:
        changed = as_utf_8(data) if key.endswith((".xml", ".rels", ".vml")) else data
        if changed is not data:
            self.is_changed, self.checksums[key] = True, crc32(changed)
        return changed


def as_utf_8(data: bytes) -> bytes:
    """An XML part in UTF-8; the same bytes where it is in UTF-8 already. Raises BrokenError where it cannot be decoded."""
    encoding = next((name for mark, name in _MARKS + _UNMARKED if data.startswith(mark)), None)
    if encoding is None:
        declared = _DECLARED.match(data[:200].decode("latin-1"))
        name = declared[2].lower() if declared else "utf-8"
        try:
            encoding = codecs.lookup(name).name
        except LookupError:
            return data
        if encoding not in _ENCODINGS:
            return data
        # Some programs declare UTF-16 and write UTF-8. GB18030 holds all that the older two hold.
        encoding = {"utf-16": "utf-8", "gb2312": "gb18030", "gbk": "gb18030"}.get(encoding, encoding)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise BrokenError(str(error)) from error
    return _DECLARED.sub(r'\1 encoding="UTF-8"', text).encode("utf-8", "replace")


def main_part(box: _Box) -> str | None:
    """The part that the package's own relations call its document."""
    if not box.has(_ROOT):
        return None
    return next((link.target for link in _links(box, _ROOT, "") if link.kind == _MAIN_TYPE), None)


def _links(box: _Box, relations: str, folder: str) -> tuple[Link, ...]:
    return _read_links(box.part(relations), folder) if box.has(relations) else ()


# Cached: relations are the same in all workbooks of one issue.
@cached(64, 16 << 10)
def _read_links(data: bytes, folder: str) -> tuple[Link, ...]:
    if b"<!" in data:
        raise BrokenError("relations that declare something")
    try:
        root = ElementTree.fromstring(data)  # noqa: S314 - without a declaration there is no entity
    except ElementTree.ParseError as error:
        raise BrokenError(str(error)) from error
    links = []
    for each in root:
        if each.get("TargetMode", "").lower() != "external":
            target = plain_target(each.get("Target", ""), folder)
            links.append(Link(each.get("Id", ""), each.get("Type", "").rpartition("/")[2], target))
    return tuple(links)


def plain_target(target: str, folder: str) -> str:
    """The name of the part that a relation in this folder leads to."""
    path = unquote(target).replace("\\", "/")
    return posixpath.normpath(posixpath.join("/" + folder, path)).lstrip("/")


def _relations_of(part: str) -> str:
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels".lstrip("/")


def _folder_of(part: str) -> str:
    return part.rpartition("/")[0]


class _Named(NamedTuple):
    """Parts under the names they get, and the relations between them: folder of the relations -> links."""

    parts: list[tuple[str, str]]
    links: dict[str, list[Link]]


def _usual_names(box: _Box, main: str, ending: str) -> _Named:
    """Every part that is needed under its usual name; no relations are written anew where all names are usual already."""
    usual_main = f"xl/workbook.{ending}"
    parts, written = [(usual_main, main)], list[Link]()
    links: dict[str, list[Link]] = {_relations_of(usual_main): written}
    is_usual, number = box.is_written(main) and main == usual_main, 0
    for link in _links(box, _relations_of(main), _folder_of(main)):
        if link.kind == _PICTURES and box.has(link.target):
            parts.append(("xl/richData/rdrichvaluestructure.xml", link.target))
        if link.kind not in _OF_BOOK:
            # A sheet of another kind (a chart) is listed with its kind, and without its part.
            written.append(link)
            continue
        number += link.kind == "worksheet"
        name = f"xl/{_OF_BOOK[link.kind]}{number if link.kind == 'worksheet' else ''}.{ending}"
        fits = link.target == name if link.kind != "worksheet" else link.target.startswith("xl/")
        is_usual = is_usual and fits and box.is_written(link.target)
        written.append(link._replace(target=name))
        if box.has(link.target):
            parts.append((name, link.target))
            if link.kind == "worksheet":
                is_usual &= _add_beside(box, link.target, name, number, _Named(parts, links))
    known = {name for name, _ in parts}
    # Some programs leave these two out of the relations.
    for kind in ("sharedStrings", "styles"):
        if (name := f"xl/{kind}.{ending}") not in known and box.has(name):
            parts.append((name, name))
            is_usual = is_usual and box.is_written(name)
    if not is_usual:
        return _Named(parts, links)
    own = [member for _, member in parts]
    relations = [name for each in own if box.is_written(name := _relations_of(each))]
    relations += [_ROOT] if box.is_written(_ROOT) else []
    return _Named([(name, name) for name in (*own, *relations)], {})


def _add_beside(box: _Box, sheet: str, name: str, number: int, named: _Named) -> bool:
    """Add the comments and drawings of a sheet; returns whether all of them have the names they are looked for by."""
    is_usual, beside = True, list[Link]()
    for count, link in enumerate(_links(box, _relations_of(sheet), _folder_of(sheet))):
        kind = next((kind for kind in _OF_SHEET if kind == link.kind or f"/{kind}" in link.target.lower()), None)
        if kind and box.has(link.target):
            title = f"xl/{_OF_SHEET[kind]}{number}_{count}.xml"
            is_usual = is_usual and box.is_written(link.target) and f"/{kind}" in f"/{link.target.lower()}"
            named.parts.append((title, link.target))
            beside.append(link._replace(target=title))
    if beside:
        named.links[_relations_of(name)] = beside
    return is_usual


def _packed(box: _Box, parts: list[tuple[str, str]], links: dict[str, list[Link]]) -> ZipPackage:
    found = {name: box.part(member) for name, member in parts}
    checksums = {name: box.checksum(member) for name, member in parts}
    if links:
        # The reading library tells the format by the package's own relations.
        written = {**links, _ROOT: [Link("rId1", _MAIN_TYPE, parts[0][0])]}
        added = {name: _written_links(each) for name, each in written.items()}
        found |= added
        checksums |= {name: crc32(data) for name, data in added.items()}
    is_as_received = not box.is_changed and all(name == member and box.is_written(name) for name, member in parts)
    return ZipPackage(box.content if is_as_received and not links else b"", found, checksums)


def _written_links(links: list[Link]) -> bytes:
    rows = "".join(
        f'<Relationship Id={quoteattr(link.id)} Type="{_TYPE}{link.kind}" Target={quoteattr("/" + link.target)}/>'
        for link in links
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="{_RELATIONS}">{rows}</Relationships>'.encode()
