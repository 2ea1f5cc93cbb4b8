"""Which version a file becomes and which counts, as a table."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tasks.model.submission import Verdict
from tasks.store.versioning import Arrival, KnownVersions, decide_versions


@pytest.mark.parametrize(
    ("story", "ends"),
    [
        # each step: state decided, content, day received -> each outcome: version, state now, superseded by version
        ([("accepted", "a", 1)], [(1, "accepted", 0)]),
        ([("returned", "a", 1), ("accepted", "b", 2)], [(1, "returned", 0), (2, "accepted", 0)]),
        ([("accepted", "a", 1), ("accepted", "b", 2)], [(1, "superseded", 2), (2, "accepted", 0)]),
        ([("accepted", "a", 1), ("returned", "b", 2)], [(1, "accepted", 0), (2, "returned", 0)]),
        ([("accepted", "a", 1), ("queried", "b", 2)], [(1, "accepted", 0), (2, "queried", 0)]),
        ([("accepted", "a", 1), ("refused", "b", 2)], [(1, "accepted", 0), (2, "refused", 0)]),
        # received in one pass: the later of the two counts
        ([("accepted", "a", 1), ("accepted", "b", 1)], [(1, "superseded", 2), (2, "accepted", 0)]),
        # recorded late: what was received earlier never displaces what was received later
        ([("accepted", "b", 2), ("accepted", "a", 1)], [(1, "accepted", 0), (2, "superseded", 1)]),
        (
            [("accepted", "a", 1), ("returned", "b", 2), ("accepted", "c", 3), ("accepted", "d", 4)],
            [(1, "superseded", 3), (2, "returned", 0), (3, "superseded", 4), (4, "accepted", 0)],
        ),
    ],
)
def test_a_better_version_counts_only_once_it_is_accepted(
    verdict: Callable[..., Verdict], story: list[tuple[str, str, int]], ends: list[tuple[int, str, int]]
) -> None:
    arrivals = [
        Arrival(number, 0, verdict(state, content=content, path=f"县商工局/上报/{content}.xlsx", day=day))
        for number, (state, content, day) in enumerate(story, start=1)
    ]
    versions = [decision.version for decision in decide_versions(arrivals, KnownVersions())]
    assert ends == [
        (version.number, version.state, version.superseded_by.number if version.superseded_by else 0)
        for version in versions
    ]


@pytest.mark.parametrize(
    ("first", "second", "is_sighting"),
    [
        ("accepted", "accepted", True),
        ("accepted", "returned", True),
        ("accepted", "refused", True),
        ("returned", "returned", True),
        ("queried", "returned", True),
        ("returned", "accepted", False),
        ("refused", "accepted", False),
        ("refused", "returned", False),
    ],
)
def test_the_same_bytes_elsewhere_are_a_version_only_where_they_fare_better(
    verdict: Callable[..., Verdict], first: str, second: str, is_sighting: bool
) -> None:
    before = Arrival(1, 0, verdict(first, content="同", path="公共上报/a.xlsx"))
    after = Arrival(2, 0, verdict(second, content="同", path="县商工局/上报/a.xlsx"))
    one, other = decide_versions([before, after], KnownVersions())
    assert other.is_sighting is is_sighting
    assert (other.version is one.version) is is_sighting


@pytest.mark.parametrize(
    ("changes", "is_sighting"),
    [({}, True), ({"unit": "县住建局"}, False), ({"period": "2023-11"}, False), ({"kind": "annual"}, False)],
)
def test_only_the_same_duty_of_the_same_unit_can_be_a_duplicate(
    verdict: Callable[..., Verdict], changes: dict[str, str], is_sighting: bool
) -> None:
    before = Arrival(1, 0, verdict(content="同", path="公共上报/a.xlsx"))
    after = Arrival(2, 0, verdict(content="同", path="公共上报/b.xlsx", **changes))
    assert decide_versions([before, after], KnownVersions())[1].is_sighting is is_sighting


def test_an_unknown_file_is_told_by_the_folder_it_lies_in(verdict: Callable[..., Verdict]) -> None:
    paths = ["甲局/上报/x", "甲局/上报/y", "乙局/上报/x", "公共上报/x", "公共上报/y"]
    arrivals = [
        Arrival(number, 0, verdict("refused", None, None, None, content="废", path=path))
        for number, path in enumerate(paths)
    ]
    assert [decision.is_sighting for decision in decide_versions(arrivals, KnownVersions())] == [
        False,
        True,
        False,
        False,
        True,
    ]


def test_two_workbooks_in_one_original_are_never_duplicates_of_each_other(verdict: Callable[..., Verdict]) -> None:
    packed = {"content": "zip", "path": "县商工局/上报/打包.zip"}
    decisions = decide_versions(
        [Arrival(1, 0, verdict(**packed)), Arrival(1, 1, verdict("returned", **packed))], KnownVersions()
    )
    assert [(decision.is_sighting, decision.version.number) for decision in decisions] == [(False, 1), (False, 2)]
