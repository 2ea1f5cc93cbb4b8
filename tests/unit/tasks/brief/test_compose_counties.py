"""The prefecture's issue: its sentences and tables."""

from __future__ import annotations

import datetime as dt

from config.calendar import Period
from config.settings_file import load_settings
from tasks.brief.brief_document import Table
from tasks.brief.compose_counties import compose_counties
from tasks.brief.writers.markdown import to_markdown
from tasks.model.county_tally import CountyLine, CountyTally, UnreadablePlan
from tasks.rollup.rank_counties import ranked
from tests.factories import ZONE

NOW = dt.datetime(2023, 11, 8, 9, tzinfo=ZONE)


def line(name: str, expected: int = 10, on_time: int = 8, received: int = 9, red: int = 1) -> CountyLine:
    return CountyLine(f"{name}-2023", name, CountyTally(expected, received, on_time, green=9, red=red))


def test_the_issue_names_counties_below_the_overall_rate_and_unreadable_plans() -> None:
    lines = ranked([line("甲县"), line("乙市", on_time=2, red=4)])
    unreadable = [UnreadablePlan("bing-2023", "units.csv 第3行：name 为空\n其他")]
    office = load_settings(env={}).prefecture
    issue = compose_counties(Period.parse("2023-10"), lines, unreadable, office, NOW)
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


def test_a_quarters_issue_has_the_quarters_number_and_no_duties_give_no_rate() -> None:
    office = load_settings(env={}).prefecture
    nothing = [line("甲县", expected=0, on_time=0, received=0, red=0)]
    issue = compose_counties(Period.parse("2023-Q4"), ranked(nothing), (), office, NOW)
    assert issue.issue_no == 4
    assert "按时率0%" not in to_markdown(issue)
