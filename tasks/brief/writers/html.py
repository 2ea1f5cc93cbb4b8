"""The brief as one self-contained HTML file, for screens, phones and print.

Belongs here: rendering a `Brief` with the office's template.
Does not belong here: the page's design (config/templates/brief.html.j2), the sentences (`parts`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from config.paths import TEMPLATES
from tasks.brief.brief_document import Block, Brief, FigureSource, block_kind
from tasks.brief.cited_originals import relative_link
from tasks.brief.words.prose import joined, long_date
from tasks.storage.atomic_write import write_atomically


@dataclass(frozen=True, slots=True)
class _NumberedBlock:
    """A block with its kind and its position in the brief, which the template uses as the anchor."""

    kind: str
    value: Block
    place: int


def write_html(brief: Brief, path: Path, data: Path | None = None, templates: Path = TEMPLATES) -> None:
    """Write `brief` to `path` as UTF-8 HTML without external resources; the same brief gives the same bytes.

    Sources link to the copies of originals under `data`, relative to the page's folder: the links work on disk and on a
    server that serves the folder. Everything is escaped, so units' text cannot become markup.
    """
    environment = Environment(
        loader=FileSystemLoader(templates), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )
    page = environment.get_template("brief.html.j2").render(
        brief=brief,
        blocks=[_NumberedBlock(block_kind(block), block, place) for place, block in enumerate(brief.blocks)],
        sources=[_source(source) for source in brief.sources],
        links=[quote(relative_link(source, data, path.parent)) for source in brief.sources],
        day=long_date(brief.date),
        lists=[(mark, joined(names)) for mark, names in brief.distribution],
    )
    write_atomically(path, page.encode())


def _source(source: FigureSource) -> str:
    return f"来源：{source.unit} 第{source.version}版 {source.sheet}!{source.cell}（报送编号{source.submission}）"
