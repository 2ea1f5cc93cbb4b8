"""The brief as JSON: what is frozen comes back as it was."""

from __future__ import annotations

import pytest

from tasks.brief.brief_json import from_json, to_json
from tests.golden import story


def test_a_brief_survives_json_whole() -> None:
    assert from_json(to_json(story.brief())) == story.brief()


def test_the_same_brief_gives_the_same_text() -> None:
    assert to_json(from_json(to_json(story.brief()))) == to_json(story.brief())


@pytest.mark.parametrize("text", ["{}", "[]", '{"blocks": 3}', "not json", '{"blocks": [{"kind": "song"}]}'])
def test_what_is_no_brief_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"cannot be read|Expecting|3"):
        from_json(text)
