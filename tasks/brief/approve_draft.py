"""What approval settles on a draft: the number and day of the issue and the 按语.

Belongs here: putting them into the value. Does not belong here: asking for them (flows), freezing (store).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from tasks.brief.brief_document import Brief, Paragraph, Run, text_paragraph

_HEAD = "按语："


def approved_draft(brief: Brief, issue_no: int, note: str = "", on: dt.date | None = None) -> Brief:
    """The draft as approved: numbered `issue_no`, dated `on` (the day of issue), the 按语 (if any) first, a paragraph a line.

    An issue keeps its draft's day where `on` is of another year than its number. Nothing else changes.
    Approving again with another 按语 takes the first one's place.
    """
    body = brief.blocks[brief.note_lines :]
    lines = [line.strip() for line in note.splitlines() if line.strip()]
    paragraphs = [_paragraph(line, first=position == 0) for position, line in enumerate(lines)]
    date = on if on and on.year == brief.year else brief.date
    return replace(brief, issue_no=issue_no, date=date, blocks=(*paragraphs, *body), note_lines=len(paragraphs))


def _paragraph(line: str, first: bool) -> Paragraph:
    words = line.removeprefix(_HEAD).removeprefix("按语:")
    return Paragraph((Run(_HEAD, strong=True), Run(words))) if first else text_paragraph(words)
