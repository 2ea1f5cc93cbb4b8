"""The office's Word template opened for writing: emptied of text, its styles found by their names.

Belongs here: what every Word writer of the stage starts and ends with. Does not belong here: building the template
(template), what a document says (word, paper, supervision).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn

from tasks.brief.writers.word_styles import OTHER_STYLES, STYLES
from tasks.errors import InputError

_NAMES = {style.id: style.name for style in STYLES} | OTHER_STYLES
_REFERENCES = tuple(qn(f"w:{kind}Style") for kind in ("p", "r", "tbl"))
_REMEDY = "请从备份恢复，或者在程序所在文件夹运行：.venv/bin/python -m tasks.brief.writers.build_template"


def open_template(template: Path) -> Any:
    """The template as a document without text. Raises InputError for one that cannot be opened or lacks a style."""
    try:
        document = Document(str(template))
    except (PackageNotFoundError, KeyError, ValueError) as error:
        raise InputError(f"简报模板打不开：{template}。{_REMEDY}") from error
    present = _named_as_ours(document)
    missing = [name for name in _NAMES.values() if name not in present]
    if missing:
        raise InputError(f"简报模板 {template} 里没有样式“{'”“'.join(missing)}”，改版时请保留样式名。{_REMEDY}")
    body = document.element.body
    for child in list(body):
        if child.tag != qn("w:sectPr"):
            body.remove(child)
    return document


def settle_styles(document: Any) -> None:
    """Point what was written at the template's own styles: WPS and LibreOffice keep their names and number them anew."""
    ids = {ours: document.styles[name].style_id for ours, name in _NAMES.items()}
    for reference in document.element.body.iter(*_REFERENCES):
        given = reference.get(qn("w:val"))
        reference.set(qn("w:val"), ids.get(given, given))


def _named_as_ours(document: Any) -> set[str]:
    """The names of the template's styles, those we know in our spelling: LibreOffice writes Heading 1 for heading 1."""
    ours = {name.casefold(): name for name in _NAMES.values()}
    names = document.styles.element.xpath("w:style/w:name")
    for name in names:
        given = name.get(qn("w:val"))
        name.set(qn("w:val"), ours.get(given.casefold(), given))
    return {name.get(qn("w:val")) for name in names}
