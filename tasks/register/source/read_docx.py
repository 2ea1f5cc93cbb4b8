"""Word files -> paragraphs and tables in reading order, with the automatic numbers that Word keeps out of the text.

Belongs here: everything that knows python-docx and the parts of a .docx. Hostile archives are refused before they
are unpacked. Measures are taken from the tables by `table_measures`.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from tasks.errors import InputError
from tasks.register.source.blocks import SourceBlock, SourceLine, SourceTable

MAX_UNPACKED = 120 * 1024 * 1024
_PROLOGUE_BYTES = 64 * 1024
_USUAL_UNPACKED = 8 * 1024 * 1024
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SKIP = {f"{_W}del", f"{_W}txbxContent", f"{_W}moveFrom", f"{_W}instrText", f"{_W}fldData"}
_HAN = "零一二三四五六七八九"


def read_docx(content: bytes, label: str) -> tuple[SourceBlock, ...]:
    """Blocks of a .docx. Raises InputError for an archive that is no Word file, too large unpacked, or hostile."""
    _inspect(content, label)
    import docx

    try:
        document = docx.Document(io.BytesIO(content))
        blocks = tuple(_Walker(_numbering(document), _styles(document)).walk(document.element.body))
    except InputError:
        raise
    except Exception as error:
        raise InputError(
            f"“{label}”打不开：不是完整的 Word 文件（{type(error).__name__}）。请重新另存为 .docx"
        ) from None
    if not blocks:
        raise InputError(f"“{label}”里没有文字（可能只有图片）。请提供文字版")
    return blocks


def is_large(content: bytes) -> bool:
    """Whether the archive unpacks to more than an office's document ever does; False for a broken archive."""
    try:
        return sum(info.file_size for info in zipfile.ZipFile(io.BytesIO(content)).infolist()) > _USUAL_UNPACKED
    except (zipfile.BadZipFile, ValueError, OSError):
        return False


def _inspect(content: bytes, label: str) -> None:
    """Check the archive's directory before anything is unpacked: sizes, kind, password, declarations of entities."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise InputError(f"“{label}”是损坏的压缩包，打不开。请重新另存为 .docx") from None
    if len(infos) > 3000 or sum(info.file_size for info in infos) > MAX_UNPACKED:
        raise InputError(f"“{label}”解开后过大（超过 {MAX_UNPACKED // 1048576} MB），未读取")
    names = {info.filename for info in infos}
    if "word/document.xml" not in names:
        what = "Excel 表格" if "xl/workbook.xml" in names else "幻灯片" if "ppt/presentation.xml" in names else "压缩包"
        raise InputError(f"“{label}”是{what}，不是 Word 文件。可以读的是 .txt、.docx 和有文字的 .pdf")
    if any(info.flag_bits & 1 for info in infos):
        raise InputError(f"“{label}”加了密码，读不出来。请去掉密码后再提供")
    for info in infos:
        if info.filename.endswith((".xml", ".rels")):
            # Word never writes a DOCTYPE; one in a file declares entities.
            try:
                with archive.open(info) as part:
                    unsafe = b"<!DOCTYPE" in part.read(_PROLOGUE_BYTES)
            except (zipfile.BadZipFile, zlib.error, ValueError, OSError, NotImplementedError):
                # A header with a wrong size, or a compression that Word does not use.
                raise InputError(f"“{label}”是损坏的压缩包，打不开。请重新另存为 .docx") from None
            if unsafe:
                raise InputError(f"“{label}”的内容不安全（含有实体声明），未读取。请用 Word 重新另存")


class _Walker:
    """Walks a body in order, counting paragraphs and automatic numbers as Word shows them."""

    def __init__(self, numbering: dict[tuple[str, str], tuple[str, str, int]], styles: dict[str, Any]) -> None:
        self._numbering, self._styles = numbering, styles
        self._counts: dict[tuple[str, int], int] = {}
        self._no = 0

    def walk(self, body: Any) -> Iterator[SourceBlock]:
        for child in body:
            if child.tag == f"{_W}p":
                yield from self._paragraph(child)
            elif child.tag == f"{_W}tbl":
                yield from self._table(child)
            elif child.tag == f"{_W}sdt":
                content = child.find(f"{_W}sdtContent")
                if content is not None:
                    yield from self.walk(content)
            elif child.tag in (f"{_W}ins", f"{_W}customXml", f"{_W}smartTag"):
                yield from self.walk(child)

    def _paragraph(self, element: Any) -> Iterator[SourceBlock]:
        self._no += 1
        text = self._number(element) + _text(element)
        for part in text.split("\n"):
            if part.strip():
                yield SourceLine(self._no, part.strip())

    def _table(self, element: Any) -> Iterator[SourceBlock]:
        """A table as rows of cell texts; merged cells repeat their text, across and down."""
        rows: list[tuple[str, ...]] = []
        above: list[str] = []
        self._no += 1
        for row in element.iter(f"{_W}tr"):
            if next(row.iterancestors(f"{_W}tbl")) is not element:
                continue
            cells: list[str] = []
            for cell in row.iterfind(f".//{_W}tc"):
                if next(cell.iterancestors(f"{_W}tr")) is not row:
                    continue
                merge = cell.find(f"{_W}tcPr/{_W}vMerge")
                span = cell.find(f"{_W}tcPr/{_W}gridSpan")
                width = min(int(span.get(f"{_W}val", "1")), 64) if span is not None else 1
                paragraphs = [self._number(each) + _text(each) for each in cell.iter(f"{_W}p")]
                text = "\n".join(each.strip() for each in paragraphs if each.strip())
                if merge is not None and merge.get(f"{_W}val", "continue") != "restart":
                    text = above[len(cells)] if len(cells) < len(above) else ""
                cells.extend([text] * width)
            rows.append(tuple(cells))
            above = cells
        if rows:
            yield SourceTable(self._no, tuple(rows), (self._no,) * len(rows))

    def _number(self, element: Any) -> str:
        """The automatic number of a paragraph (一、 1. （二）), which Word keeps out of the text."""
        key, depth = self._place(element)
        if (key, str(depth)) not in self._numbering:
            return ""
        self._counts = {at: count for at, count in self._counts.items() if at[0] != key or at[1] <= depth}
        start = self._numbering[key, str(depth)][2]
        self._counts[key, depth] = self._counts.get((key, depth), start - 1) + 1

        def count(found: re.Match[str]) -> str:
            at = int(found[1]) - 1
            form = self._numbering.get((key, str(at)), ("", "decimal", 1))
            return _number_text(self._counts.get((key, at), form[2]), form[1])

        return re.sub("%([1-9])", count, self._numbering[key, str(depth)][0])

    def _place(self, element: Any) -> tuple[str, int]:
        """The list and level of a paragraph: its own, else those of its style or of a style that one is based on."""
        style = element.find(f"{_W}pPr/{_W}pStyle")
        name = style.get(f"{_W}val") if style is not None else ""
        key, depth, sources = "", "", [element]
        while name in self._styles and len(sources) < 12:
            sources.append(self._styles[name])
            base = sources[-1].find(f"{_W}basedOn")
            name = base.get(f"{_W}val") if base is not None else ""
        for source in sources:
            properties = source.find(f"{_W}pPr/{_W}numPr")
            if properties is not None:
                key = key or _value(properties.find(f"{_W}numId"))
                depth = depth or _value(properties.find(f"{_W}ilvl"))
        return key, int(depth or "0")


def _value(element: Any) -> str:
    return "" if element is None else str(element.get(f"{_W}val", ""))


def _text(element: Any) -> str:
    parts: list[str] = []
    stack = [element]
    while stack:
        node = stack.pop()
        if node.tag in _SKIP or (node.tag == f"{_W}p" and node is not element):
            continue
        if node.tag == f"{_W}t":
            parts.append(node.text or "")
        elif node.tag == f"{_W}tab":
            parts.append(" ")
        elif node.tag in (f"{_W}br", f"{_W}cr"):
            parts.append("\n")
        elif node.tag != f"{_W}pPr":
            stack.extend(reversed(node))
    return "".join(parts)


def _styles(document: Any) -> dict[str, Any]:
    """The styles of a document by their id."""
    try:
        root = document.part._styles_part.element
    except (KeyError, NotImplementedError, AttributeError):
        return {}
    return {each.get(f"{_W}styleId"): each for each in root.iterfind(f"{_W}style")}


def _numbering(document: Any) -> dict[tuple[str, str], tuple[str, str, int]]:
    """(numId, level) -> (text with %1, number format, first number)."""
    try:
        root = document.part.numbering_part.element
    except (KeyError, NotImplementedError, AttributeError):
        return {}
    abstract: dict[str, dict[str, tuple[str, str, int]]] = {}
    for item in root.iterfind(f"{_W}abstractNum"):
        levels = abstract.setdefault(item.get(f"{_W}abstractNumId"), {})
        for level in item.iterfind(f"{_W}lvl"):
            values = {tag: level.find(f"{_W}{tag}") for tag in ("lvlText", "numFmt", "start")}
            text, form, start = (None if each is None else each.get(f"{_W}val") for each in values.values())
            if form not in ("bullet", "none"):
                levels[level.get(f"{_W}ilvl")] = (text or "", form or "decimal", int(start or 1))
    found: dict[tuple[str, str], tuple[str, str, int]] = {}
    for item in root.iterfind(f"{_W}num"):
        reference = item.find(f"{_W}abstractNumId")
        for level, value in abstract.get(reference.get(f"{_W}val") if reference is not None else "", {}).items():
            found[item.get(f"{_W}numId"), level] = value
    return found


def _number_text(number: int, form: str) -> str:
    if form.startswith(("chinese", "ideograph", "taiwanese", "japaneseCounting")) and 0 < number < 100:
        tens, ones = divmod(number, 10)
        head = "" if not tens else "十" if tens == 1 else f"{_HAN[tens]}十"
        return head + (_HAN[ones] if ones else "")
    if form == "decimalEnclosedCircle" and 0 < number <= 20:
        return chr(0x245F + number)
    return str(number)
