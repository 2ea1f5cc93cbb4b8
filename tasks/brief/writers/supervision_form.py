"""The 督办单 (supervision form) of the red rung as a Word file: one table that the unit fills in and returns.

Belongs here: the form's layout on the brief's template. Does not belong here: its text (given as `Supervision`), its
recipients (`tasks.mail`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from tasks.brief.writers.build_template import TEMPLATE
from tasks.brief.writers.office_template import open_template, save_document
from tasks.brief.writers.word import set_east_asian
from tasks.model.letter import Supervision
from tasks.model.submission import WrittenFile
from tasks.text import xml_safe

# 156 mm between the margins; 14 pt (四号), the usual size of forms. A form with a few matters fits on one page.
_WIDTHS_MM = (34, 122)
_SIZE, _PITCH, _AIR = Pt(14), Pt(23), Mm(1.5)
_SMALL = Pt(10.5)
_MARGINS_MM, _FOOTER_MM, _REPLY_MM, _CLOSED_MM = (28, 25), 14, 40, 24
_SIGNED, _CLOSED = "分管领导（签字）：　　　　　　　年　　月　　日", "经办人（签字）：　　　　　　　年　　月　　日"


def write_forms(supervisions: Sequence[Supervision], folder: Path, data: Path) -> tuple[WrittenFile, ...]:
    """Write one file per unit into `folder`; returned paths are relative to `data`. The same text gives the same bytes."""
    return tuple(_write(form, folder / f"督办单_{_safe(form.unit)}.docx", data) for form in supervisions)


def _write(form: Supervision, path: Path, data: Path) -> WrittenFile:
    document = open_template(TEMPLATE)
    page = document.sections[0]
    page.top_margin, page.bottom_margin = (Mm(each) for each in _MARGINS_MM)
    page.footer_distance = Mm(_FOOTER_MM)
    title = document.add_paragraph(style="简报标题")
    _add_text(title, form.heading)
    title.paragraph_format.space_before, title.paragraph_format.space_after = Pt(0), Pt(10)
    _number(document, form)
    _table(document, form)
    _properties(document, form)
    save_document(document, path)
    return WrittenFile(path.relative_to(data).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest())


def _number(document: Any, form: Supervision) -> None:
    """One line above the table: 编号 on the left, the date on the right."""
    line = document.add_paragraph(style="表文")
    line.alignment = WD_ALIGN_PARAGRAPH.LEFT
    line.paragraph_format.space_after = Pt(4)
    line.paragraph_format.tab_stops.add_tab_stop(Mm(sum(_WIDTHS_MM) - 2), WD_ALIGN_PARAGRAPH.RIGHT)
    _add_text(line, f"编号：{form.no}\t{form.day}")


def _table(document: Any, form: Supervision) -> None:
    table = document.add_table(rows=0, cols=2, style="简报表格")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, _WIDTHS_MM, strict=True):
        column.width = Mm(width)
    _row(table, "承办单位", (form.unit,))
    _row(table, "督办事由", form.reason, indented=True)
    _row(table, "督办事项", _numbered(form.matters))
    if form.missing:
        _row(table, "待解决问题", _numbered(form.missing))
    _row(table, "办理要求", form.demand, indented=True)
    _row(table, "督办单位", (form.signature, *((form.contact,) if form.contact else ())))
    _blank(table, "办理情况\n（承办单位填写）", _REPLY_MM, _SIGNED)
    _blank(table, "销号意见\n（督办单位填写）", _CLOSED_MM, _CLOSED)


def _row(table: Any, label: str, lines: Sequence[str], *, indented: bool = False) -> Any:
    """A labelled row with one paragraph per line; returns the cell next to the label."""
    name, cell = table.add_row().cells
    for each, width in zip((name, cell), _WIDTHS_MM, strict=True):
        each.width = Mm(width)
        each.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    title, _, hint = label.partition("\n")
    _fill(name, (title,), "表头", WD_ALIGN_PARAGRAPH.CENTER)
    if hint:
        below = name.add_paragraph(style="表文")
        set_east_asian(below.add_run(hint))
        below.runs[0].font.size = _SMALL
    _fill(cell, lines, "表文", WD_ALIGN_PARAGRAPH.LEFT, indented=indented)
    return cell


def _blank(table: Any, label: str, height_mm: int, signed: str) -> None:
    """A row to fill in by hand, with a line for the signature at its foot."""
    cell = _row(table, label, (signed,))
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.BOTTOM
    cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    row = table.rows[-1]
    row.height, row.height_rule = Mm(height_mm), WD_ROW_HEIGHT_RULE.AT_LEAST
    row._tr.get_or_add_trPr().append(row._tr.makeelement(qn("w:cantSplit"), {}))


def _fill(cell: Any, lines: Sequence[str], style: str, align: WD_ALIGN_PARAGRAPH, *, indented: bool = False) -> None:
    for number, line in enumerate(lines):
        paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
        paragraph.style, paragraph.alignment = style, align
        _add_text(paragraph, line)
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = _AIR
        if indented:
            paragraph.paragraph_format.first_line_indent = _SIZE * 2


def _add_text(paragraph: Any, text: str) -> None:
    run = paragraph.add_run(xml_safe(text))
    set_east_asian(run)
    if paragraph.style.name != "简报标题":
        run.font.size = _SIZE
        paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        paragraph.paragraph_format.line_spacing = _PITCH


def _numbered(lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{number}. {line}" for number, line in enumerate(lines, start=1)) if len(lines) > 1 else tuple(lines)


def _properties(document: Any, form: Supervision) -> None:
    properties = document.core_properties
    properties.title, properties.author, properties.last_modified_by = form.heading, form.signature, form.signature
    properties.revision = 1
    # Fixed, so that the same text gives the same bytes; the date is in the text.
    properties.created = properties.modified = dt.datetime(2000, 1, 1)


def _safe(unit: str) -> str:
    return re.sub(r"[^\w（）-]+", "_", unit)
