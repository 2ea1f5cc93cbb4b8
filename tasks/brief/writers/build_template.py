"""Build config/templates/brief.docx: the brief's page and styles, without text.

Belongs here: paper, margins, grid, page numbers, the package without theme fonts.
Does not belong here: the table of styles (`word_styles`), the text of a brief (`word`).

Run as `python -m tasks.brief.writers.build_template`. It overwrites a template that an office has restyled in WPS.
"""

from __future__ import annotations

import datetime as dt
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from config.paths import TEMPLATES
from tasks.brief.writers.ooxml import element, twips, write_package
from tasks.brief.writers.word_styles import LATIN, LINE_PITCH_TWIPS, SONG, styles_xml

TEMPLATE = TEMPLATES / "brief.docx"
_KEPT = {RT.STYLES, RT.SETTINGS}
_FOOTER_BOTTOM_MM = 25


def build_template(path: Path) -> None:
    """Write the template: A4, margins 37/35/28/26 mm (top/bottom/left/right), 22 lines of 28 characters, outer page numbers."""
    document = Document()
    _drop_parts(document)
    document.part._styles_part._element = parse_xml(styles_xml().encode())
    _settings(document)
    _page(document)
    properties = document.core_properties
    properties.author = properties.last_modified_by = ""
    properties.title, properties.comments, properties.revision = "简报模板", "", 1
    properties.created = properties.modified = dt.datetime(2023, 1, 1, tzinfo=dt.UTC)
    packed = BytesIO()
    document.save(packed)
    write_package(packed, path)


def _drop_parts(document: Any) -> None:
    """Remove theme, web settings and other parts: WPS would report their fonts as missing."""
    part = document.part
    for rel_id, rel in list(part.rels.items()):
        if rel.reltype not in _KEPT:
            del part.rels[rel_id]
    package = part.package
    for rel_id, rel in list(package.rels.items()):
        if rel.reltype.endswith("/thumbnail"):
            del package.rels[rel_id]


def _settings(document: Any) -> None:
    root = document.settings.element
    for child in list(root):
        root.remove(child)
    compat = element("compat", element("useFELayout"))
    setting = element("compatSetting", name="compatibilityMode", uri="http://schemas.microsoft.com/office/word", val=15)
    compat.append(setting)
    for child in (
        element("zoom", percent=100),
        element("bordersDoNotSurroundHeader"),
        element("bordersDoNotSurroundFooter"),
        element("evenAndOddHeaders"),
        element("characterSpacingControl", val="compressPunctuation"),
        compat,
    ):
        root.append(child)


def _page(document: Any) -> None:
    section = document.sections[0]
    _footer(section.footer, "FooterOdd")
    _footer(section.even_page_footer, "FooterEven")
    properties = section._sectPr
    for tag in ("pgSz", "pgMar", "cols", "docGrid"):
        for old in properties.findall(qn(f"w:{tag}")):
            properties.remove(old)
    margins = {"top": 37, "right": 26, "bottom": 35, "left": 28, "header": 15, "footer": _FOOTER_BOTTOM_MM, "gutter": 0}
    for child in (
        element("pgSz", w=twips(210), h=twips(297)),
        element("pgMar", **{side: twips(mm) for side, mm in margins.items()}),
        element("cols", space=720),
        element("docGrid", type="lines", linePitch=LINE_PITCH_TWIPS),
    ):
        properties.append(child)


def _footer(footer: Any, style: str) -> None:
    footer.is_linked_to_previous = False
    paragraph = footer.paragraphs[0]._p
    for child in list(paragraph):
        paragraph.remove(child)
    paragraph.append(element("pPr", element("pStyle", val=style)))
    paragraph.append(_run(_text("— ")))
    field = element("fldSimple", _run(_text("1")), instr=" PAGE ")
    paragraph.append(field)
    paragraph.append(_run(_text(" —")))


def _text(words: str) -> Any:
    made = element("t")
    made.text = words
    made.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return made


def _run(content: Any) -> Any:
    # Page numbers are set in 宋体, digits included.
    fonts = element("rFonts", ascii=SONG, hAnsi=SONG, eastAsia=SONG, cs=LATIN)
    return element("r", element("rPr", fonts), content)


if __name__ == "__main__":
    build_template(Path(sys.argv[1]) if len(sys.argv) > 1 else TEMPLATE)
