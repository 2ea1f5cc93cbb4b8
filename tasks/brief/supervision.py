"""The 督办单 of the red rung as a Word file, on the brief's template.

Belongs here: the letter's form. Does not belong here: its words (they come as `Supervision`), whom it goes to (mail).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt

from tasks.brief.ooxml import write_package
from tasks.brief.template import TEMPLATE
from tasks.brief.word import add_text
from tasks.outcomes import Supervision
from tasks.shapes import Written

_FOUR_CHARACTERS = Pt(64)


def write_forms(supervisions: Sequence[Supervision], folder: Path, data: Path) -> tuple[Written, ...]:
    """One file a unit in `folder`, in the order given; paths relative to `data`. The same words give the same bytes."""
    return tuple(_write(said, folder / f"督办单_{_safe(said.unit)}.docx", data) for said in supervisions)


def _write(said: Supervision, path: Path, data: Path) -> Written:
    document = Document(str(TEMPLATE))
    body = document.element.body
    for child in list(body):
        if child.tag != qn("w:sectPr"):
            body.remove(child)
    add_text(document, said.title, "简报标题")
    _flush(add_text(document, said.salutation, "Normal"))
    for text in said.paragraphs:
        add_text(document, text, "Normal")
    add_text(document, "", "Normal")
    # 落款 stands four characters from the right edge, the day below it (GB/T 9704).
    for line in (said.signature, said.day):
        paragraph = add_text(document, line, "Normal")
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.right_indent = _FOUR_CHARACTERS
    _properties(document, said)
    packed = BytesIO()
    document.save(packed)
    write_package(packed, path)
    return Written(path.relative_to(data).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest())


def _flush(paragraph: Any) -> None:
    """The unit's name begins at the left edge."""
    indent = paragraph._p.get_or_add_pPr().get_or_add_ind()
    for name in ("firstLine", "firstLineChars"):
        indent.set(qn(f"w:{name}"), "0")


def _properties(document: Any, said: Supervision) -> None:
    properties = document.core_properties
    properties.title, properties.author, properties.last_modified_by = said.title, said.signature, said.signature
    properties.revision = 1
    # Fixed: the day is in the text, and the same words must give the same bytes.
    properties.created = properties.modified = dt.datetime(2000, 1, 1)


def _safe(unit: str) -> str:
    return re.sub(r"[^\w（）-]+", "_", unit)
