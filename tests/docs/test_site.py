"""The documentation site builds without warnings and without network, in both languages."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from config.paths import PROJECT


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-W", "ignore", "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    # A proxy that does not answer: any network access fails.
    nowhere = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9")
    environment = os.environ | nowhere | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_every_page_is_in_the_contents_and_nothing_else_is_in_the_site(site: Path) -> None:
    front = (site / "index.html").read_text("utf-8")
    for page in (PROJECT / "docs").rglob("*.md"):
        place = page.relative_to(PROJECT / "docs").with_suffix(".html")
        assert (site / place).exists()
        assert place.as_posix() in front or place.name == "index.html"
    assert "给协调员" in front
    assert "For makers" in front
    assert list(site.rglob("*.py*")) == []


@pytest.mark.parametrize("page", sorted((PROJECT / "docs").rglob("*.md")), ids=lambda page: page.stem)
def test_every_page_tells_at_least_its_gist_in_either_language(page: Path) -> None:
    prose = re.sub(r"```.*?```|`[^`]*`|<[^>]*>|\]\([^)]*\)", " ", page.read_text("utf-8"), flags=re.DOTALL)
    assert len(re.findall(r"[一-龥]", prose)) >= 100
    assert len(re.findall(r"\b[a-z]{3,}\b", prose)) >= 30


def test_a_reader_without_a_network_misses_nothing(site: Path) -> None:
    for page in site.rglob("*.html"):
        fetched = re.findall(r'(?:src|href)="(https?:[^"]+)"', page.read_text("utf-8"))
        assert [url for url in fetched if not url.startswith("https://squidfunk.github.io")] == [], page


def test_a_chinese_word_is_found_by_the_search(site: Path) -> None:
    index = (site / "search" / "search_index.json").read_text("utf-8")
    assert "\u200b" in index or "\\u200b" in index, "words are set apart for the index"
