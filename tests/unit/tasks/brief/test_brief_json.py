"""The brief as JSON: what is frozen comes back as it was."""

from __future__ import annotations

import json

import pytest

from tasks.brief.brief_json import from_json, to_json
from tests.golden import november, story


def test_the_same_brief_gives_the_same_text() -> None:
    assert to_json(from_json(to_json(story.brief()))) == to_json(story.brief())


@pytest.mark.parametrize("text", ["{}", "[]", '{"blocks": 3}', "not json", '{"blocks": [{"kind": "song"}]}'])
def test_what_is_no_brief_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"cannot be read|Expecting|3"):
        from_json(text)


def test_a_brief_survives_json_whole() -> None:
    assert from_json(to_json(november.brief())) == november.brief()


def test_an_issue_frozen_before_there_were_matters_is_still_read() -> None:
    data = json.loads(to_json(story.brief()))
    for field in ("checks", "corrections", "matters", "agenda", "note_lines"):
        del data[field]
    for row in data["ledger"]:
        del row["past"]
    assert from_json(json.dumps(data)).blocks == story.brief().blocks
