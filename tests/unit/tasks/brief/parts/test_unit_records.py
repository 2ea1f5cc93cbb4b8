"""单位报送情况记录表 as an attachment."""

from __future__ import annotations

from pathlib import Path

from tasks.brief.brief_document import Annex
from tasks.brief.writers.html import write_html
from tests.golden import november


def test_units_records_are_an_attachment_with_exemptions_in_words(tmp_path: Path) -> None:
    titles = [block.title for block in november.brief().blocks if isinstance(block, Annex)]
    assert titles[-1] == "2023年第四季度单位报送情况记录表"
    write_html(november.brief(), tmp_path / "brief.html")
    page = (tmp_path / "brief.html").read_text(encoding="utf-8")
    assert "豁免：县商工局2023年11月月度报送经批准延期至11月24日。" in page
