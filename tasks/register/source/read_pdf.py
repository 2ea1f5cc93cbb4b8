"""PDF files with text -> lines in reading order and tables; tables without rules are found by `pdf_unruled_tables`.

Belongs here: everything that knows pdfplumber. A scan without text, an encrypted or an endless file is refused.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from itertools import islice
from typing import Any

from tasks.errors import InputError
from tasks.register.source.blocks import SourceBlock, SourceLine, SourceTable
from tasks.register.source.pdf_unruled_tables import (
    GutterGrid,
    looks_gridded,
    pdf_lines_of,
    split_at_gutters,
    without_page_number,
)

MAX_PAGES = 400
Rows = tuple[tuple[str, ...], ...]


def read_pdf(content: bytes, label: str) -> tuple[SourceBlock, ...]:
    """Blocks of a .pdf; line numbers count from the first page on. Raises InputError where there is no text to read."""
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect
    from pdfminer.pdfpage import PDFPage
    from pdfplumber.utils.exceptions import PdfminerException

    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    try:
        with pdfplumber.open(io.BytesIO(content)) as pdf:
            # Counting stops at the limit: a hostile file may list its pages endlessly.
            if sum(1 for _ in islice(PDFPage.create_pages(pdf.doc), MAX_PAGES + 1)) > MAX_PAGES:
                raise InputError(f"“{label}”超过 {MAX_PAGES} 页的上限，未读取")
            blocks = tuple(_blocks(pdf.pages))
    except InputError:
        raise
    except Exception as error:
        cause = error.args[0] if isinstance(error, PdfminerException) and error.args else error
        if isinstance(cause, PDFPasswordIncorrect):
            raise InputError(f"“{label}”加了密码，读不出来。请去掉密码后再提供") from None
        raise InputError(f"“{label}”打不开：不是完整的 PDF（{type(cause).__name__}）。请重新导出或提供 .docx") from None
    if not blocks:
        raise InputError(f"“{label}”里没有文字，应是扫描件。请提供文字版（.docx、.txt 或有文字的 .pdf）")
    return blocks


def _blocks(pages: list[Any]) -> Iterator[SourceBlock]:
    number = 0
    unfinished: GutterGrid | None = None
    for page in pages:
        tables = page.find_tables() if len(page.lines) + len(page.rects) >= 4 else []
        regions = [table for table in tables if len(table.rows) > 1 or len(table.rows[0].cells) > 2]
        top = 0.0
        for table in [*sorted(regions, key=lambda each: each.bbox[1]), None]:
            bottom = table.bbox[1] if table else float(page.height)
            if bottom > top + 1:
                found, unfinished = _unruled(_between(page, top, bottom), None if regions else unfinished)
                for item in found:
                    number += 1
                    yield (
                        SourceLine(number, item)
                        if isinstance(item, str)
                        else SourceTable(number, item, (number,) * len(item))
                    )
            if table:
                rows = _unwrapped(_filled(table))
                number += 1
                yield SourceTable(number, rows, (number,) * len(rows))
                top = table.bbox[3]
        page.close()


def _unruled(area: Any, unfinished: GutterGrid | None) -> tuple[list[str | Rows], GutterGrid | None]:
    """Lines of text and tables without rules, and the table that reaches the end of the area."""
    text = area.extract_text() or ""
    if unfinished is None and not looks_gridded(text):
        return [line.strip() for line in text.split("\n") if line.strip()], None
    parts = list(split_at_gutters(without_page_number(pdf_lines_of(area)), unfinished))
    last = parts[-1] if parts else None
    found = [part if isinstance(part, str) else tuple(map(tuple, part.rows())) for part in parts]
    return found, last if isinstance(last, GutterGrid) else None


def _filled(table: Any) -> list[list[str]]:
    """The cells' texts; a merged cell's text is repeated in each row that it reaches."""
    texts = [[cell or "" for cell in row] for row in table.extract()]
    for at, row in enumerate(table.rows[1:], start=1):
        for column, cell in enumerate(row.cells):
            above = next((k for k in range(at - 1, -1, -1) if table.rows[k].cells[column] is not None), None)
            if cell is None and above is not None and table.rows[above].cells[column][3] >= row.bbox[3] - 1:
                texts[at][column] = texts[above][column]
    return texts


def _between(page: Any, top: float, bottom: float) -> Any:
    """The page's characters between two heights, by their middle: a cell's first line may overlap its rules."""

    def inside(item: dict[str, Any]) -> bool:
        return item["object_type"] != "char" or bool(top < (item["top"] + item["bottom"]) / 2 < bottom)

    return page.filter(inside)


def _unwrapped(rows: list[list[str]]) -> tuple[tuple[str, ...], ...]:
    """The cells without line ends that only the column's width made; shorter lines end on purpose."""
    widths: dict[int, int] = {}
    for row in rows:
        for at, cell in enumerate(row):
            widths[at] = max(widths.get(at, 0), *(len(line) for line in cell.split("\n")))

    def joined(cell: str, width: int) -> str:
        text = ""
        for line in cell.split("\n"):
            text += line if len(line) >= width - 1 else f"{line}\n"
        return text.rstrip("\n")

    return tuple(tuple(joined(cell, widths[at]) for at, cell in enumerate(row)) for row in rows)
