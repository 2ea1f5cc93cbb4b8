"""Findings with the same text become one with many cells; the gravest come first."""

from __future__ import annotations

from tasks.model.finding import make_finding
from tasks.validate.merge_findings import merge_findings


def test_findings_with_the_same_text_become_one_with_every_cell_and_measure() -> None:
    found = [
        make_finding("V101", sheet="月度报送", cells=(f"I{row}",), measure=no, expected="进展状态")
        for row, no in ((8, "3"), (9, "3"), (10, "4"))
    ]
    (joined,) = merge_findings(found)
    assert (joined.cells, joined.measure) == (("I8", "I9", "I10"), "3、4")


def test_different_values_stay_apart() -> None:
    assert len(merge_findings([make_finding("V102", value="甲"), make_finding("V102", value="乙")])) == 2


def test_the_gravest_comes_first_and_equals_keep_their_order() -> None:
    found = merge_findings(
        [
            make_finding("V303"),
            make_finding("V103", value="约"),
            make_finding("V305"),
            make_finding("R002"),
            make_finding("V304"),
        ]
    )
    assert [each.code for each in found] == ["R002", "V305", "V304", "V103", "V303"]
