"""The joint meeting's paper as a Word file, on the brief's template: the agenda, and the table to decide upon.

Belongs here: its form. Does not belong here: its points (agenda), the brief itself (word).
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from tasks.brief.brief_document import Brief, Heading
from tasks.brief.writers.build_template import TEMPLATE
from tasks.brief.writers.office_template import open_template, settle_styles
from tasks.brief.writers.ooxml import write_package
from tasks.brief.writers.word import add_block, add_text, set_properties


def write_agenda(brief: Brief, path: Path, template: Path = TEMPLATE) -> None:
    """Write the meeting's paper of `brief` to `path`, each titled part on a page of its own; same value, same bytes."""
    document = open_template(template)
    for position, block in enumerate(brief.agenda):
        if isinstance(block, Heading) and block.level == 0:
            title = add_text(document, block.text, "简报标题")
            title.paragraph_format.page_break_before = position > 0
        else:
            add_block(document, block)
    set_properties(document, brief)
    settle_styles(document)
    packed = BytesIO()
    document.save(packed)
    write_package(packed, path)
