"""Tables and the bar chart of the Word brief.

Belongs here: ruled tables with a repeated heading, and bars drawn with table cells.
Does not belong here: their contents (`parts`), fonts and sizes (`word_styles`).

The chart is a table on purpose: its bars need no picture, font or chart engine, look the same in Word, WPS and
LibreOffice, and stay sharp on any printer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx.oxml.ns import qn
from docx.shared import Pt

from tasks.brief.brief_document import Bar, Chart, Run, Table, TableColumn
from tasks.brief.writers.ooxml import element, twips
from tasks.model.words import LIGHT_COLOURS, LIGHT_TINTS
from tasks.text import xml_safe

_TRACK, _MARK, _HEAD = "EDEDED", "000000", "EDEDED"
_LABEL_MM, _BAR_MM, _END_MM = 56.0, 80.0, 20.0
_ROW_TWIPS = 312
# GB/T 9704: the first and last rule 0.35 mm, those between 0.25 mm, in eighths of a point.
_FOOT_RULES = (("top", 8), ("bottom", 8), ("insideH", 6))


def add_table(document: Any, table: Table) -> None:
    """Append a table: caption, heading row repeated on each page, rows never split across pages."""
    if table.caption:
        _caption(document, table.caption)
    made = _table([twips(column.width_mm) for column in table.columns], "BriefTable")
    made.append(_row(_head(column) for column in table.columns))
    properties = made.findall(qn("w:tr"))[0].find(qn("w:trPr"))
    properties.append(element("tblHeader"))
    for row in table.rows:
        made.append(_row(_cell(run, column) for run, column in zip(row, table.columns, strict=True)))
    _place(document, made)


def _caption(document: Any, text: str) -> None:
    paragraph = document.add_paragraph(style="表题")
    paragraph._p.append(_run(text))


def _place(document: Any, table: Any) -> None:
    document.element.body.insert_element_before(table, "w:sectPr")


def _table(widths: Sequence[int], style: str) -> Any:
    properties = element(
        "tblPr",
        element("tblStyle", val=style),
        element("tblW", w=sum(widths), type="dxa"),
        element("jc", val="center"),
        element("tblLayout", type="fixed"),
    )
    return element("tbl", properties, element("tblGrid", *(element("gridCol", w=width) for width in widths)))


def _row(cells: Any, height: int | None = None) -> Any:
    properties = element("trPr", element("cantSplit"))
    if height:
        properties.append(element("trHeight", val=height, hRule="exact"))
    return element("tr", properties, *cells)


def _head(column: TableColumn) -> Any:
    return _filled(column.title, "TableHead", "center", twips(column.width_mm), _HEAD)


def _cell(run: Run, column: TableColumn) -> Any:
    fill = LIGHT_TINTS.get(run.light, "") if run.light else ""
    style = "TableHead" if run.strong or run.light else "TableText"
    return _filled(run.text, style, column.align, twips(column.width_mm), fill)


def _filled(text: str, style: str, align: str, width: int, fill: str = "", span: int = 1) -> Any:
    """A cell with one paragraph, vertically centred."""
    properties = element("tcPr", element("tcW", w=width, type="dxa"))
    if span > 1:
        properties.append(element("gridSpan", val=span))
    if fill:
        properties.append(element("shd", val="clear", color="auto", fill=fill))
    properties.append(element("vAlign", val="center"))
    paragraph = element("p", element("pPr", element("pStyle", val=style), element("jc", val=align)))
    if text:
        paragraph.append(_run(text))
    return element("tc", properties, paragraph)


def _run(text: str) -> Any:
    words = element("t")
    words.text = xml_safe(text)
    words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return element("r", element("rPr", element("rFonts", hint="eastAsia")), words)


def add_foot(document: Any, lines: Sequence[str], left: str, right: str, left_mm: float, width_mm: float) -> None:
    """Append the 版记: a floating table at the foot of the last page, `left_mm` from the page's edge."""
    width = twips(width_mm)
    made = _table([width // 2, width - width // 2], "TableNormal")
    properties = made.find(qn("w:tblPr"))
    # Anchored to the page horizontally: otherwise LibreOffice does not float a table as wide as the text.
    anchors = {"vertAnchor": "margin", "horzAnchor": "page"}
    place = element("tblpPr", topFromText=284, tblpX=twips(left_mm), tblpYSpec="bottom", **anchors)
    properties.find(qn("w:tblStyle")).addnext(place)
    rules = [element(side, val="single", sz=size, space=0, color="000000") for side, size in _FOOT_RULES]
    properties.find(qn("w:jc")).addnext(element("tblBorders", *rules))
    properties.append(element("tblCellMar", *(element(side, w=0, type="dxa") for side in ("left", "right"))))
    for line in lines:
        made.append(_row([_filled(line, "ImprintList", "left", width, span=2)]))
    ends = [_filled(left, "Imprint", "left", width // 2), _filled(right, "Imprint", "right", width - width // 2)]
    for cell in ends:
        # Repeated on the cells: LibreOffice draws the last rule of a two-cell row as an inner one.
        rule = element("tcBorders", element("bottom", val="single", sz=8, space=0, color="000000"))
        cell.find(qn("w:tcPr")).find(qn("w:vAlign")).addprevious(rule)
    made.append(_row(ends))
    _place(document, made)
    # A floating table needs a paragraph after it; one point high, it takes up no line.
    anchor = document.add_paragraph(style="图文")
    anchor.paragraph_format.line_spacing = Pt(1)


def add_chart(document: Any, chart: Chart) -> None:
    """Append the chart: caption, one row per bar on a grid of 100 one-percent columns, axis."""
    _caption(document, chart.caption)
    percent = twips(_BAR_MM / 100)
    made = _table([twips(_LABEL_MM), *(percent for _ in range(100)), twips(_END_MM)], "TableNormal")
    for bar in chart.bars:
        made.append(_bar(bar, percent))
    made.append(_axis(percent))
    for paragraph in made.iter(qn("w:pStyle")):
        # Keeps the chart on one page, and its axis with the note below.
        paragraph.addnext(element("keepNext"))
    _place(document, made)


def _bar(bar: Bar, percent: int) -> Any:
    done = min(100, bar.done_pct)
    mark = min(99, max(0, bar.elapsed_pct - 1))
    # Work done up to the mark, the mark, work done beyond it, the rest of the track.
    segments = [
        (min(done, mark), LIGHT_COLOURS[bar.light]),
        (mark - min(done, mark), _TRACK),
        (1, _MARK),
        (max(0, done - mark - 1), LIGHT_COLOURS[bar.light]),
        (100 - max(done, mark + 1), _TRACK),
    ]
    cells = [_filled(bar.label, "ChartText", "right", twips(_LABEL_MM))]
    cells += [_segment(length, fill, percent) for length, fill in segments if length]
    end = f"{bar.text} {bar.light}灯" if bar.light != "无" else bar.text
    cells.append(_filled(end, "ChartText", "left", twips(_END_MM)))
    return _row(cells, _ROW_TWIPS)


def _segment(length: int, fill: str, percent: int) -> Any:
    cell = _filled("", "ChartText", "left", percent * length, fill, length)
    properties = cell.find(qn("w:tcPr"))
    if fill != _MARK:
        # White edges separate the bars; the mark has none, so it looks taller.
        edge: dict[str, str | int] = {"val": "single", "sz": 24, "space": 0, "color": "FFFFFF"}
        borders = element("tcBorders", element("top", **edge), element("bottom", **edge))
        properties.find(qn("w:shd")).addprevious(borders)
    margins = element("tcMar", *(element(side, w=0, type="dxa") for side in ("left", "right")))
    properties.find(qn("w:vAlign")).addprevious(margins)
    return cell


def _axis(percent: int) -> Any:
    ticks = [_filled(f"{at}%", "ChartText", "left", percent * 25, span=25) for at in (0, 25, 50, 75)]
    ends = [_filled(text, "ChartText", "left", twips(mm)) for text, mm in (("", _LABEL_MM), ("100%", _END_MM))]
    return _row([ends[0], *ticks, ends[1]])
