"""The brief as a Word document on the office's template.

Belongs here: masthead, paragraphs, list of attachments, foot.
Does not belong here: styles and page (`build_template`), tables and the chart (`word_tables`), the sentences (`parts`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from docx.oxml.ns import qn
from docx.shared import Pt

from tasks.brief.brief_document import Annex, Block, Brief, Chart, Heading, Paragraph, Run, Table
from tasks.brief.words.prose import joined, long_date
from tasks.brief.writers.build_template import TEMPLATE
from tasks.brief.writers.office_template import open_template, save_document
from tasks.brief.writers.ooxml import element
from tasks.brief.writers.word_tables import add_chart, add_foot, add_table
from tasks.text import xml_safe

_LEFT_MARGIN_MM = 28
_TEXT_WIDTH_MM = 156
_MASTHEAD_PT = 52


def write_word(brief: Brief, path: Path, template: Path = TEMPLATE) -> None:
    """Write `brief` to `path` on `template`: the same brief on the same template gives the same bytes."""
    document = open_template(template)
    _masthead(document, brief)
    for block in brief.blocks:
        if isinstance(block, Annex) and block.no == 1:
            _attachment_list(document, brief.blocks)
        add_block(document, block)
    _imprint(document, brief)
    set_properties(document, brief)
    save_document(document, path)


def _masthead(document: Any, brief: Brief) -> None:
    """The name in red, the issue's number, office (left) and date (right) above the red rule, the title."""
    name = add_text(document, brief.name, "简报名称")
    # As large as fits on one line: a long name gets smaller type, not a second line.
    width_pt = _TEXT_WIDTH_MM / 25.4 * 72
    name.runs[0].font.size = Pt(min(_MASTHEAD_PT, int(width_pt / (len(brief.name) + 0.2))))
    add_text(document, f"{brief.year}年第{brief.issue_no}期", "简报期号")
    add_text(document, f"{brief.office}\t{long_date(brief.date)}", "简报编发行")
    add_text(document, brief.title, "简报标题")


def add_block(document: Any, block: Block) -> None:
    """Append a heading, paragraph, table, chart or attachment title to the document."""
    if isinstance(block, Heading):
        add_text(document, block.text, f"heading {block.level}")
    elif isinstance(block, Paragraph):
        _paragraph(document, block)
    elif isinstance(block, Table):
        add_table(document, block)
    elif isinstance(block, Chart):
        add_chart(document, block)
    elif not block.file:
        add_text(document, f"附件{block.no}", "附件标识")
        add_text(document, block.title, "附件标题")


def _paragraph(document: Any, block: Paragraph) -> None:
    paragraph = document.add_paragraph(style="表注" if block.style == "note" else None)
    for run in block.runs:
        _run(paragraph, run)


def _run(paragraph: Any, run: Run) -> None:
    made = paragraph.add_run(xml_safe(run.text))
    if run.strong:
        made.style = "段首标题"
    set_east_asian(made)


def add_text(document: Any, text: str, style: str) -> Any:
    """Append a paragraph of one run in a named style; returns the paragraph."""
    paragraph = document.add_paragraph(style=style)
    set_east_asian(paragraph.add_run(xml_safe(text)))
    return paragraph


def set_east_asian(run: Any) -> None:
    """Set quotation marks, dashes and dots, which belong to both scripts, in the Chinese font."""
    properties = run._r.get_or_add_rPr()
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = element("rFonts")
        style = properties.find(qn("w:rStyle"))
        properties.insert(0 if style is None else 1, fonts)
    fonts.set(qn("w:hint"), "eastAsia")


def _attachment_list(document: Any, blocks: Sequence[Block]) -> None:
    """附件：1. … after a blank line below the text, the numbers aligned."""
    titles = [(b.no, f"{b.title}（另附电子表格）" if b.file else b.title) for b in blocks if isinstance(b, Annex)]
    # Keeps the list together with the last paragraph of the text.
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    add_text(document, "", "附件说明").paragraph_format.keep_with_next = True
    for position, (no, title) in enumerate(titles):
        paragraph = add_text(document, f"{'附件：' if position == 0 else ''}{no}. {title}", "附件说明")
        paragraph.paragraph_format.keep_with_next = position < len(titles) - 1
        if position:
            _indent(paragraph, first_chars=5)


def _indent(paragraph: Any, first_chars: int) -> None:
    indent = element("ind", firstLineChars=first_chars * 100, firstLine=first_chars * 320)
    paragraph._p.get_or_add_pPr().append(indent)


def _imprint(document: Any, brief: Brief) -> None:
    """The 报、送、发 lists, the office and the date at the foot of the last page."""
    lines = [f"{mark}：{joined(names)}。" for mark, names in brief.distribution]
    add_foot(document, lines, brief.office, f"{long_date(brief.date)}印发", _LEFT_MARGIN_MM, _TEXT_WIDTH_MM)


def set_properties(document: Any, brief: Brief) -> None:
    """Set the file's properties: title, author, subject (name and number) and date."""
    properties = document.core_properties
    properties.title, properties.author, properties.last_modified_by = brief.title, brief.office, brief.office
    properties.subject, properties.revision = f"{brief.name} {brief.year}年第{brief.issue_no}期", 1
    properties.created = properties.modified = dt.datetime.combine(brief.date, dt.time())
