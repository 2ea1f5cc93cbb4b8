"""Counties side by side: the parts make the whole, the ranking is fair, and the issue says all of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.calendar import Period
from config.settings_file import load_settings
from tasks.brief.brief_document import Table
from tasks.brief.compose_counties import compose_counties
from tasks.brief.writers.markdown import to_markdown
from tasks.model.county_tally import CountyLine, CountyTally, UnreadablePlan
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


def test_the_issue_names_who_is_below_the_whole_and_who_could_not_be_read() -> None:
    lines = ranked([line("甲县"), line("乙市", on_time=2, red=4)])
    untold = [UnreadablePlan("bing-2023", "units.csv 第3行：name 为空\n其他")]
    office = load_settings(env={}).prefecture
    issue = compose_counties(Period.parse("2023-10"), lines, untold, office, NOW)
    text = to_markdown(issue)
    assert (
        "截至10月31日，2个县（市）月度报送应报20家，已报18家，其中按时10家，按时率50%。按时率低于总体的有乙市（20%）。"
        in text
    )
    assert "红灯措施在甲县1项、乙市4项。" in text
    assert "未计入以上各数：bing-2023。" in text
    assert "units.csv" not in text
    assert (issue.year, issue.issue_no) == (2023, 10)
    tables = [block for block in issue.blocks if isinstance(block, Table)]
    assert [[row[1].text for row in tables[0].rows], [row[0].text for row in tables[1].rows]] == [
        ["甲县", "乙市", "合计"],
        ["甲县", "乙市", "合计"],
    ]
    assert all(len(row) == len(table.columns) for table in tables for row in table.rows)
    assert all(sum(column.width_mm for column in table.columns) <= 156 for table in tables)


def test_a_quarter_is_numbered_by_quarters_and_a_prefecture_without_duties_divides_by_nothing() -> None:
    office = load_settings(env={}).prefecture
    nothing = [line("甲县", expected=0, on_time=0, received=0, red=0, green=0)]
    issue = compose_counties(Period.parse("2023-Q4"), ranked(nothing), (), office, NOW)
    assert issue.issue_no == 4
    assert "按时率0%" not in to_markdown(issue)
