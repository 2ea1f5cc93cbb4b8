"""All files of one issue, in one folder.

Belongs here: the files' names and which writer writes which.
Does not belong here: the writers (word, html, excel, paper, register_sheet), when an issue is frozen (flows, store).
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from tasks.brief.brief_document import Brief
from tasks.brief.parts.agenda import AGENDA_FILE
from tasks.brief.parts.annexes import LEDGER_FILE
from tasks.brief.writers.agenda_word import write_agenda
from tasks.brief.writers.decisions_workbook import DECISIONS_FILE, write_decisions
from tasks.brief.writers.html import write_html
from tasks.brief.writers.ledger_workbook import write_ledger
from tasks.brief.writers.tables_workbook import write_tables
from tasks.brief.writers.word import write_word
from tasks.brief.writers.word_to_pdf import find_soffice, write_pdf
from tasks.model.submission import WrittenFile

WORD_FILE, HTML_FILE, PDF_FILE = "简报.docx", "简报.html", "简报.pdf"
MEETING_FOLDER = "议事材料"
COUNTIES_FILE = "各县情况"


def write_brief_files(brief: Brief, folder: Path, data: Path) -> tuple[WrittenFile, ...]:
    """Write 简报.docx, 简报.html and 措施台账.xlsx into `folder`; their paths come back relative to `data`.

    The same brief gives the same bytes, so a second run changes nothing.
    """
    write_word(brief, folder / WORD_FILE)
    write_html(brief, folder / HTML_FILE, data)
    write_ledger(brief, folder / LEDGER_FILE, data)
    return tuple(_written(folder / name, data) for name in (WORD_FILE, HTML_FILE, LEDGER_FILE))


def write_counties(brief: Brief, folder: Path, data: Path) -> tuple[WrittenFile, ...]:
    """The prefecture's issue: 各县情况.docx, .html and .xlsx in `folder`; their paths come back relative to `data`."""
    word, page, tables = (folder / f"{COUNTIES_FILE}{ending}" for ending in (".docx", ".html", ".xlsx"))
    write_word(brief, word)
    write_html(brief, page)
    write_tables(brief, tables)
    return tuple(_written(path, data) for path in (word, page, tables))


def write_meeting(brief: Brief, folder: Path, data: Path, *, register: bool) -> tuple[WrittenFile, ...]:
    """The meeting's paper and, where asked for, the register of decisions, in a folder of their own.

    A register that lies there already stays: a person may have filled it. An issue without a paper gives none.
    """
    if not brief.agenda:
        return ()
    own = folder / MEETING_FOLDER
    write_agenda(brief, own / AGENDA_FILE)
    written = [_written(own / AGENDA_FILE, data)]
    if register:
        if not (own / DECISIONS_FILE).exists():
            write_decisions(brief, own / DECISIONS_FILE)
        written.append(_written(own / DECISIONS_FILE, data))
    return tuple(written)


def write_pdf_beside(folder: Path, data: Path) -> WrittenFile | None:
    """简报.pdf beside 简报.docx, once; None where there is no LibreOffice. Raises RetryableError when that fails.

    A PDF that is there already stays: LibreOffice writes other bytes every time, and a frozen issue does not change.
    """
    pdf = folder / PDF_FILE
    if not pdf.exists() and write_pdf(folder / WORD_FILE, pdf, find_soffice()) is None:
        return None
    return _written(pdf, data)


def _written(path: Path, data: Path) -> WrittenFile:
    return WrittenFile(path.relative_to(data).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest())
