"""The HTML brief: self-contained, linked to its sources, safe, readable without colour."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from urllib.parse import quote, unquote, urljoin

import pytest
from lxml import html

from tasks.brief.brief_document import Paragraph, Run
from tasks.brief.writers.html import write_html
from tests.golden import november, story


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("html") / "简报.html"
    write_html(story.brief(), path)
    return path.read_text(encoding="utf-8")


def test_the_same_brief_gives_the_same_bytes(page: str, tmp_path: Path) -> None:
    write_html(story.brief(), tmp_path / "again.html")
    assert (tmp_path / "again.html").read_text(encoding="utf-8") == page


def test_nothing_is_fetched_from_elsewhere(page: str) -> None:
    assert not re.search(r"""(src|href)=["'](https?:)?//|@import|url\(""", page)
    assert "<script" not in page


def test_every_link_inside_leads_somewhere(page: str) -> None:
    tree = html.fromstring(page)
    anchors = set(tree.xpath("//@id"))
    targets = [href[1:] for href in tree.xpath("//a/@href") if href.startswith("#")]
    assert targets
    assert set(targets) <= anchors


def test_sources_lead_to_the_originals_from_the_folder_and_over_http(tmp_path: Path) -> None:
    """Relative, and never out of the folder of briefs: so it holds for a draft's folder and for a server's /briefs."""
    original = tmp_path / "briefs/shili-2023/原件/2023-10/县商工局_第2版.xlsx"
    original.parent.mkdir(parents=True)
    original.write_bytes(b"as it came")
    for folder in ("2023-11", "2023-11/送审稿"):
        page = tmp_path / "briefs" / "shili-2023" / folder / "简报.html"
        write_html(november.brief(), page, tmp_path)
        hrefs = set(html.fromstring(page.read_text(encoding="utf-8")).xpath("//section//a[text()='原件']/@href"))
        assert len(hrefs) == 1
        way = hrefs.pop()
        assert (page.parent / unquote(way)).resolve() == original
        served = f"http://desk:4200/briefs/shili-2023/{quote(folder)}/{quote(page.name)}"
        assert unquote(urljoin(served, way)) == f"http://desk:4200/{original.relative_to(tmp_path).as_posix()}"


def test_every_figure_with_a_source_is_linked_to_it(page: str) -> None:
    tree = html.fromstring(page)
    assert len(tree.xpath("//section[@id='sources']//tbody/tr")) == len(story.brief().sources)
    cited = {int(href[2:]) for href in tree.xpath("//a[@class='src']/@href")}
    assert cited <= set(range(1, len(story.brief().sources) + 1))
    assert len(cited) >= 15


def test_lights_are_words_and_bars_are_described(page: str) -> None:
    tree = html.fromstring(page)
    assert all(cell.text_content().strip() for cell in tree.xpath("//*[contains(@class,'light')]"))
    labels = tree.xpath("//*[@role='img']/@aria-label")
    assert labels[0] == "惠民演出：完成率40%，序时进度83%，红灯"


def test_a_phone_and_a_printer_have_rules_of_their_own(page: str) -> None:
    assert 'name="viewport"' in page
    assert "@media print" in page
    assert "@media (max-width" in page


def test_words_that_look_like_markup_are_only_words(tmp_path: Path) -> None:
    hostile = Paragraph((Run("<script>alert(1)</script>{{ 7*7 }}"),))
    write_html(dataclasses.replace(story.brief(), blocks=(hostile,)), tmp_path / "hostile.html")
    text = (tmp_path / "hostile.html").read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}" in text
