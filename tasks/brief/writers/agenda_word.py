"""The joint meeting's agenda as a Word file on the brief's template, with the table of matters to decide.

Does not belong here: the agenda's points (`parts.agenda`), the brief (`word`).
"""

from __future__ import annotations

from pathlib import Path

from tasks.brief.brief_document import Brief, Heading
from tasks.brief.writers.build_template import TEMPLATE
from tasks.brief.writers.office_template import open_template, save_document
from tasks.brief.writers.word import add_block, add_text, set_properties


def write_agenda(brief: Brief, path: Path, template: Path = TEMPLATE) -> None:
    """Write `brief.agenda` to `path`, each titled part on a new page; the same brief gives the same bytes."""
    document = open_template(template)
    for position, block in enumerate(brief.agenda):
        if isinstance(block, Heading) and block.level == 0:
            title = add_text(document, block.text, "简报标题")
            title.paragraph_format.page_break_before = position > 0
        else:
            add_block(document, block)
    set_properties(document, brief)
    save_document(document, path)
