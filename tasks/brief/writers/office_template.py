"""Open the office's Word template for writing, and save a document made from it.

Belongs here: the first and last step of every Word writer. Does not belong here: building the template
(`build_template`), a document's content (`word`, `agenda_word`, `supervision_form`).
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn

from tasks.brief.writers.ooxml import write_package
from tasks.brief.writers.word_styles import OTHER_STYLES, STYLES
from tasks.errors import InputError

_NAMES = {style.id: style.name for style in STYLES} | OTHER_STYLES
_REFERENCES = tuple(qn(f"w:{kind}Style") for kind in ("p", "r", "tbl"))
_REMEDY = "请从备份恢复，或者在程序所在文件夹运行：.venv/bin/python -m tasks.brief.writers.build_template"


def open_template(template: Path) -> Any:
    """The template as an empty document. Raises InputError where it cannot be opened or lacks a style."""
    try:
        document = Document(str(template))
    except (PackageNotFoundError, KeyError, ValueError) as error:
        raise InputError(f"简报模板打不开：{template}。{_REMEDY}") from error
    present = _normalise_style_names(document)
    missing = [name for name in _NAMES.values() if name not in present]
    if missing:
        raise InputError(f"简报模板 {template} 里没有样式“{'”“'.join(missing)}”，改版时请保留样式名。{_REMEDY}")
    body = document.element.body
    for child in list(body):
        if child.tag != qn("w:sectPr"):
            body.remove(child)
    return document


def save_document(document: Any, path: Path) -> None:
    """Write a document from `open_template` to `path`, atomically; the same content gives the same bytes.

    Style references are mapped to the template's own ids first: WPS and LibreOffice renumber styles and keep their names.
    """
    ids = {ours: document.styles[name].style_id for ours, name in _NAMES.items()}
    for reference in document.element.body.iter(*_REFERENCES):
        given = reference.get(qn("w:val"))
        reference.set(qn("w:val"), ids.get(given, given))
    packed = BytesIO()
    document.save(packed)
    write_package(packed, path)


def _normalise_style_names(document: Any) -> set[str]:
    """Respell the template's style names as in `word_styles` (LibreOffice writes Heading 1 for heading 1); returns all names."""
    ours = {name.casefold(): name for name in _NAMES.values()}
    names = document.styles.element.xpath("w:style/w:name")
    for name in names:
        given = name.get(qn("w:val"))
        name.set(qn("w:val"), ours.get(given.casefold(), given))
    return {name.get(qn("w:val")) for name in names}
