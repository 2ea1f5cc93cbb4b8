"""docs/letters.md matches the current templates, and its pictures exist."""

from __future__ import annotations

import re

from docs.letters import PAGE, markdown, samples


def test_the_page_of_letters_is_current_and_its_pictures_are_there() -> None:
    text, kinds = PAGE.read_text(encoding="utf-8"), samples()
    assert text == markdown(kinds), "运行 make pictures 更新 docs/letters.md"
    shown = re.findall(r'src="([^"]+)"', text)
    assert len(shown) == len(kinds) + 2
    for each in shown:
        assert (PAGE.parent / each).stat().st_size < 100_000
    assert not re.search(r"@(?!unit\.invalid)", text)
