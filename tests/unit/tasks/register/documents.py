"""Documents for the tests of `tasks/register`: Word files, PDFs, archives with one named fault each, other print forms."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from config.document_vocabulary import load_vocabulary


def wrapped(text: str, width: int) -> str:
    """The text with a hard line break after every `width` characters."""
    return "\n".join(line[at : at + width] for line in text.split("\n") for at in range(0, max(len(line), 1), width))


def traditional(text: str) -> str:
    """The text in traditional characters."""
    characters = load_vocabulary().characters
    pairs = dict(reversed(list(zip(characters.simplified, characters.traditional, strict=True))))
    return text.translate({ord(simple): other for simple, other in pairs.items()})


def word(lines: Sequence[str], tables: Sequence[Sequence[Sequence[str]]] = ()) -> bytes:
    """A .docx of paragraphs and then tables."""
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    for rows in tables:
        table = document.add_table(rows=len(rows), cols=len(rows[0]))
        for row, cells in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
    return saved(document)


def word_with_merged_cells() -> bytes:
    """A table whose measure spans two rows with a clause each, under a heading row merged over all columns."""
    document = docx.Document()
    table = document.add_table(rows=4, cols=4)
    for cell, title in zip(table.rows[0].cells, ("序号", "工作任务", "牵头单位", "配合单位"), strict=True):
        cell.text = title
    table.cell(1, 0).merge(table.cell(1, 3)).text = "一、基础设施"
    table.cell(2, 0).merge(table.cell(3, 0)).text = "1"
    table.cell(2, 1).merge(table.cell(3, 1)).text = "修路架桥"
    for row, (lead, others) in enumerate((("县交通局", "县财政局"), ("县住建局", "县审计局")), start=2):
        table.cell(row, 2).text, table.cell(row, 3).text = lead, others
    return saved(document)


def _value(tag: str, value: str) -> BaseOxmlElement:
    element = OxmlElement(tag)
    element.set(qn("w:val"), value)
    return element


def _list(*levels: tuple[str, str]) -> BaseOxmlElement:
    """A list of Word's own numbers, "900": form and text of each level."""
    abstract = OxmlElement("w:abstractNum")
    abstract.set(qn("w:abstractNumId"), "900")
    for depth, (form, text) in enumerate(levels):
        element = OxmlElement("w:lvl")
        element.set(qn("w:ilvl"), str(depth))
        element.extend((_value("w:start", "1"), _value("w:numFmt", form), _value("w:lvlText", text)))
        abstract.append(element)
    return abstract


def _number(identity: str) -> BaseOxmlElement:
    number = OxmlElement("w:num")
    number.set(qn("w:numId"), identity)
    number.append(_value("w:abstractNumId", identity))
    return number


def _place(identity: str, level: int | None) -> BaseOxmlElement:
    holder = OxmlElement("w:numPr")
    if level is not None:
        holder.append(_value("w:ilvl", str(level)))
    holder.append(_value("w:numId", identity))
    return holder


def word_with_automatic_numbers() -> bytes:
    """Paragraphs numbered by Word itself: 一、 for headings, 1. for measures; the numbers are not in the text."""
    document = docx.Document()
    numbering = document.part.numbering_part.element
    numbering.insert(0, _list(("chineseCountingThousand", "%1、"), ("decimal", "%2.")))
    numbering.append(_number("900"))
    lines: tuple[tuple[int | None, str], ...] = (
        (0, "夯实基础"),
        (1, "修路。"),
        (None, "牵头单位：县交通局"),
        (1, "架桥。"),
        (None, "牵头单位：县住建局"),
        (0, "改善民生"),
        (1, "办学。"),
        (None, "牵头单位：县教育局"),
    )
    for level, text in lines:
        paragraph = document.add_paragraph(text)
        if level is not None:
            paragraph._p.get_or_add_pPr().append(_place("900", level))
    return saved(document)


def word_numbered_by_styles() -> bytes:
    """Headings numbered 一、 and 1. through their styles: no paragraph has a number of its own."""
    document = docx.Document()
    numbering = document.part.numbering_part.element
    numbering.insert(0, _list(("chineseCountingThousand", "%1、"), ("decimal", "%2.")))
    numbering.append(_number("900"))
    for level in (1, 2):
        properties = document.styles[f"Heading {level}"].element.get_or_add_pPr()
        properties.append(_place("900", level - 1 or None))
    for heading, measures in (("夯实基础", ("修路。", "架桥。")), ("改善民生", ("办学。",))):
        document.add_paragraph(heading, style="Heading 1")
        for text in measures:
            document.add_paragraph(text, style="Heading 2")
            document.add_paragraph("牵头单位：县交通局")
    return saved(document)


def saved(document: docx.document.Document) -> bytes:
    """The bytes of a Word document."""
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def archive(parts: dict[str, bytes]) -> bytes:
    """A zip of these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return buffer.getvalue()


def bomb() -> bytes:
    """A small Word-like archive that unpacks to more than any office writes."""
    return archive({"word/document.xml": b"0" * (130 * 1024 * 1024)})


def with_entities() -> bytes:
    """A Word file whose text declares entities that grow when they are read."""
    text = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>'
    return archive({"word/document.xml": text, "[Content_Types].xml": b"<Types/>"})


def pdf(pages: Sequence[Sequence[str | dict[int, str]]]) -> bytes:
    """A PDF with Chinese text, one list of lines a page, written by hand so that no font is needed.

    A line is a text, or several by where they begin from the left (points; a character is 12 wide).
    """
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    objects.append(
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [4 0 R] >>"
    )
    objects.append(
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) "
        b"/Ordering (GB1) /Supplement 2 >> /DW 1000 /FontDescriptor 5 0 R >>"
    )
    objects.append(
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [0 -200 1000 900] /ItalicAngle 0 "
        b"/Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>"
    )
    kids = []
    for lines in pages:
        drawn = b"".join(
            b"BT /F1 12 Tf %d %d Td <%s> Tj ET\n" % (left, 780 - 20 * at, text.encode("utf-16-be").hex().encode())
            for at, line in enumerate(lines)
            for left, text in ({60: line} if isinstance(line, str) else line).items()
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> "
            b"/Contents %d 0 R >>" % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    return _assembled(objects)


def _assembled(objects: Sequence[bytes]) -> bytes:
    content = b"%PDF-1.4\n"
    offsets = []
    for number, item in enumerate(objects, start=1):
        offsets.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, item)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    start = len(content)
    content += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return content + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
