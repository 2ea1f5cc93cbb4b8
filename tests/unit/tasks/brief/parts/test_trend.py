"""The table of the year's figures, month by month."""

from __future__ import annotations

from dataclasses import replace

from tasks.brief.brief_document import Table
from tasks.brief.parts.trend import trend_table
from tasks.brief.source_list import SourceList
from tests.golden import november, story


def test_the_figures_of_the_year_stand_side_by_side() -> None:
    september = replace(november.october(), period="2023-09")
    (table,) = trend_table(november.rollup(), (september, november.october()), SourceList())
    assert isinstance(table, Table)
    assert [column.title for column in table.columns] == ["措施", "指标（单位）", "9月", "10月", "11月"]
    assert sum(column.width_mm for column in table.columns) == 156
    row = {r[1].text: [cell.text for cell in r[2:]] for r in table.rows}
    assert row["公租房（套）"] == ["81.2", "81.2", "87.1"]


def test_one_or_two_months_are_no_trend() -> None:
    assert trend_table(story.rollup(), (), SourceList()) == []
    assert trend_table(november.rollup(), (november.october(),), SourceList()) == []
