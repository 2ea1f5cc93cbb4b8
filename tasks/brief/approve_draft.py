"""Apply an approval to a draft: the issue's number, its date and the 按语.

Does not belong here: asking the approver (`flows`), freezing the issue (`tasks.store`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from tasks.brief.brief_document import Brief, Paragraph, Run, text_paragraph

_HEAD = "按语："


def approved_draft(brief: Brief, issue_no: int, note: str = "", on: dt.date | None = None) -> Brief:
    """The approved issue: numbered `issue_no`, dated `on`, and headed by the 按语 (`note`), one paragraph per line.

    Issue numbers run within a year, so the draft's date stays where `on` falls in another year than the number.
    Nothing else changes. Approving again replaces an earlier 按语.
    """
    body = brief.blocks[brief.note_lines :]
    lines = [line.strip() for line in note.splitlines() if line.strip()]
    paragraphs = [_paragraph(line, first=position == 0) for position, line in enumerate(lines)]
    date = on if on and on.year == brief.year else brief.date
    return replace(brief, issue_no=issue_no, date=date, blocks=(*paragraphs, *body), note_lines=len(paragraphs))


def _paragraph(line: str, first: bool) -> Paragraph:
    words = line.removeprefix(_HEAD).removeprefix("按语:")
    return Paragraph((Run(_HEAD, strong=True), Run(words))) if first else text_paragraph(words)
