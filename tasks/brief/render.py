"""All files of one issue, side by side in one folder.

Belongs here: the files' names and which writer writes which.
Does not belong here: the writers (word, html, excel), when an issue is frozen (flows, store).
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from tasks.brief.attachments import LEDGER_FILE
from tasks.brief.excel import write_ledger
from tasks.brief.html import write_html
from tasks.brief.value import Brief
from tasks.brief.word import write_word
from tasks.shapes import Written

WORD_FILE, HTML_FILE, PDF_FILE = "简报.docx", "简报.html", "简报.pdf"


def write_all(brief: Brief, folder: Path, data: Path) -> tuple[Written, ...]:
    """Write 简报.docx, 简报.html and 措施台账.xlsx into `folder`; their paths come back relative to `data`.

    The same brief gives the same bytes, so a second run changes nothing.
    """
    writers = ((WORD_FILE, write_word), (HTML_FILE, write_html), (LEDGER_FILE, write_ledger))
    written = []
    for name, write in writers:
        path = folder / name
        write(brief, path)
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        written.append(Written(path.relative_to(data).as_posix(), sha256))
    return tuple(written)
