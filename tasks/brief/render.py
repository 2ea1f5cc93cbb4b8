"""All files of one issue, in one folder.

Belongs here: the files' names and which writer writes which.
Does not belong here: the writers (word, html, excel, paper, register_sheet), when an issue is frozen (flows, store).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from tasks.brief.model import Brief
from tasks.brief.parts.agenda import AGENDA_FILE
from tasks.brief.parts.annexes import LEDGER_FILE
from tasks.brief.writers.agenda_word import write_agenda
from tasks.brief.writers.decisions_workbook import REGISTER_FILE, write_register
from tasks.brief.writers.html import write_html
from tasks.brief.writers.ledger_workbook import write_ledger
from tasks.brief.writers.pdf import find_soffice, write_pdf
from tasks.brief.writers.tables_workbook import write_tables
from tasks.brief.writers.word import write_word
from tasks.errors import RetryableError
from tasks.model.submission import WrittenFile

WORD_FILE, HTML_FILE, PDF_FILE = "简报.docx", "简报.html", "简报.pdf"
MEETING_FOLDER = "议事材料"
COUNTIES_FILE = "各县情况"


def write_all(brief: Brief, folder: Path, data: Path) -> tuple[WrittenFile, ...]:
    """Write 简报.docx, 简报.html and 措施台账.xlsx into `folder`; their paths come back relative to `data`.

    The same brief gives the same bytes, so a second run changes nothing.
    """
    write_word(brief, folder / WORD_FILE)
    write_html(brief, folder / HTML_FILE, data)
    write_ledger(brief, folder / LEDGER_FILE, data)
    return tuple(_written(folder / name, data) for name in (WORD_FILE, HTML_FILE, LEDGER_FILE))


@dataclass(frozen=True, slots=True)
class Rendered:
    """The files of one issue, their paths relative to data/; `trouble` says why a PDF that was wanted is missing."""

    files: tuple[WrittenFile, ...]
    trouble: str = ""


def write_issue(brief: Brief, folder: Path, data: Path, *, register: bool = False, pdf: bool = False) -> Rendered:
    """Word, HTML, the ledger and the meeting's papers of one issue, in `folder`.

    `register` adds the register of decisions, `pdf` a PDF where LibreOffice is present.
    """
    written = (*write_all(brief, folder, data), *write_meeting(brief, folder, data, register=register))
    if not pdf:
        return Rendered(written)
    try:
        made = write_pdf_beside(folder, data)
    except RetryableError as error:
        # An approved issue is sent on its day without the PDF; the same command run again makes it.
        return Rendered(written, str(error))
    if made is None:
        return Rendered(written, "本机没有 LibreOffice，未生成 PDF；Word 文件不受影响")
    return Rendered((*written, made))


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
        if not (own / REGISTER_FILE).exists():
            write_register(brief, own / REGISTER_FILE)
        written.append(_written(own / REGISTER_FILE, data))
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
