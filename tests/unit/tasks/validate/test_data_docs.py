"""The Data Docs site: one page per pass, numbers only, and a limited number of pages."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from urllib.parse import quote

from expectations.catalogue import CATALOGUE
from tasks.validate.data_docs import write_docs
from tests.factories import NOW


def test_a_pass_becomes_a_page_of_numbers(tmp_path: Path) -> None:
    folder = tmp_path / "数据 质量"
    folder.mkdir()
    for number in range(70):
        (folder / f"2022-01-01_{number:06}_来件1份_查出0条.html").touch()
    (folder / "不是我们的.html").touch()
    index = write_docs(2, {"V103": 1}, folder, NOW)
    (page,) = folder.glob("2023-10-20*")
    assert page.name == "2023-10-20_100000_来件2份_查出1条.html"
    text = page.read_text(encoding="utf-8")
    assert "V103" in text
    # The page works without a network: nothing is fetched, no script runs, and no English text is left.
    assert not re.search(r"https?:|//|<script|<link|<img|src=", text)
    words = re.sub(r"<style.*?</style>|<[^>]+>", " ", text, flags=re.DOTALL)
    assert not re.search(r"[A-Za-z]{3,}", words)
    assert re.findall(r"(\d)份来件中1份", words) == ["2"]
    assert words.count("2份来件中") == len(CATALOGUE)
    write_docs(1, {}, folder, NOW + dt.timedelta(minutes=10))
    # The index lists the newest passes; files that are no pages stay.
    listed = index.read_text(encoding="utf-8")
    pages = [each.name for each in folder.iterdir() if each.name.startswith("20")]
    assert len(pages) == 60
    assert all(quote(name) in listed for name in pages)
    assert (folder / "不是我们的.html").exists()
