"""Counties: their counts sum to the prefecture's, and what ranks one before another."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.model.county_tally import CountyLine, CountyTally
from tasks.rollup.rank_counties import ranked

NOW = dt.datetime(2023, 11, 8, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
COUNTS = st.integers(min_value=0, max_value=40)


def line(
    name: str, expected: int = 10, on_time: int = 8, received: int = 9, red: int = 1, green: int = 9
) -> CountyLine:
    return CountyLine(f"{name}-2023", name, CountyTally(expected, received, on_time, green=green, red=red))


@given(st.lists(st.tuples(*[COUNTS] * len(fields(CountyTally))), max_size=9))
def test_the_counties_numbers_sum_to_the_prefectures(counts: list[tuple[int, ...]]) -> None:
    lines = [CountyLine(str(number), str(number), CountyTally(*each)) for number, each in enumerate(counts)]
    total = sum((each.tally for each in lines), CountyTally())
    for name in (*(each.name for each in fields(CountyTally)), "measures", "targets"):
        assert getattr(total, name) == sum(getattr(each.tally, name) for each in lines)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (line("甲", on_time=9), line("乙", on_time=8)),
        (line("甲", expected=3, on_time=3, received=3), line("乙", expected=100, on_time=99, received=100)),
        (line("甲", received=10), line("乙", received=9)),
        (line("甲", red=0), line("乙", red=1)),
        (line("甲", red=1, green=99), line("乙", red=1, green=1)),
    ],
    ids=["on time", "a rate, not a count", "received", "red measures", "a share of red, not a count"],
)
def test_what_makes_a_county_rank_before_another(better: CountyLine, worse: CountyLine) -> None:
    placed = ranked([worse, better])
    assert [(each.name, each.rank) for each in placed] == [("甲", 1), ("乙", 2)]


def test_equals_share_a_rank_and_who_owes_nothing_has_none() -> None:
    placed = ranked([line("无事", expected=0, on_time=0, received=0), line("甲"), line("乙"), line("丙", on_time=1)])
    assert [(each.name, each.rank) for each in placed] == [("甲", 1), ("乙", 1), ("丙", 3), ("无事", None)]
