"""Text rules that stages share: titles within titles."""

from __future__ import annotations

import pytest

from tasks.text import in_title_marks


@pytest.mark.parametrize(
    ("title", "quoted"),
    [
        ("甲方案", "《甲方案》"),
        ("关于印发《甲方案》的通知", "《关于印发〈甲方案〉的通知》"),
        ("关于印发〈甲方案〉的通知", "《关于印发〈甲方案〉的通知》"),
        ("转发《关于印发《甲条例》的通知》《乙》的函", "《转发〈关于印发《甲条例》的通知〉〈乙〉的函》"),
        ("甲方案》", "《甲方案〉》"),
        ("《甲方案", "《〈甲方案》"),
    ],
)
def test_marks_alternate_from_the_outside_in_and_the_outer_pair_always_closes(title: str, quoted: str) -> None:
    assert in_title_marks(title) == quoted
