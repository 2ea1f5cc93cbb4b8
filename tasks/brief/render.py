"""Write all files of one issue into one folder.

Belongs here: the files' names and which writer writes which.
Does not belong here: the writers (`writers`), when an issue is frozen (`flows`, `tasks.store`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
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
from tasks.errors import RetryableError
from tasks.model.submission import WrittenFile

WORD_FILE, HTML_FILE, PDF_FILE = "简报.docx", "简报.html", "简报.pdf"
MEETING_FOLDER = "议事材料"
COUNTIES_FILE = "各县情况"


def write_brief_files(brief: Brief, folder: Path, data: Path) -> tuple[WrittenFile, ...]:
    """Write 简报.docx, 简报.html and 措施台账.xlsx into `folder`; the returned paths are relative to `data`.

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
    written = (*write_brief_files(brief, folder, data), *write_meeting(brief, folder, data, register=register))
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
    """Write the prefecture's issue (各县情况.docx, .html, .xlsx) into `folder`; the returned paths are relative to `data`."""
    word, page, tables = (folder / f"{COUNTIES_FILE}{ending}" for ending in (".docx", ".html", ".xlsx"))
    write_word(brief, word)
    write_html(brief, page)
    write_tables(brief, tables)
    return tuple(_written(path, data) for path in (word, page, tables))


def write_meeting(brief: Brief, folder: Path, data: Path, *, register: bool) -> tuple[WrittenFile, ...]:
    """Write the agenda and, with `register`, the decisions workbook into `folder`/议事材料; nothing without an agenda.

    A decisions workbook that exists is never overwritten: a person may have filled it in.
    """
    if not brief.agenda:
        return ()
    agenda, decisions = (folder / MEETING_FOLDER / name for name in (AGENDA_FILE, DECISIONS_FILE))
    write_agenda(brief, agenda)
    written = [_written(agenda, data)]
    if register:
        if not decisions.exists():
            write_decisions(brief, decisions)
        written.append(_written(decisions, data))
    return tuple(written)


def write_pdf_beside(folder: Path, data: Path) -> WrittenFile | None:
    """Convert 简报.docx to 简报.pdf; None without LibreOffice. Raises RetryableError when the conversion fails.

    An existing PDF stays: LibreOffice writes different bytes each time, and a frozen issue must not change.
    """
    pdf = folder / PDF_FILE
    if not pdf.exists() and write_pdf(folder / WORD_FILE, pdf, find_soffice()) is None:
        return None
    return _written(pdf, data)


def _written(path: Path, data: Path) -> WrittenFile:
    return WrittenFile(path.relative_to(data).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest())
