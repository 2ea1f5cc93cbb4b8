"""The year's summary, from its frozen months: targets met and missed, the history of each, units' records."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from config.calendar import Period
from tasks.brief.annual_history import build_annual_history, light_of, missing_months
from tasks.brief.background import BriefBackground
from tasks.brief.brief_document import Annex, Brief, Heading, Paragraph, Table
from tasks.brief.compose_annual import compose_annual
from tasks.brief.render import write_brief_files
from tasks.brief.source_list import SourceList
from tests.factories import ZONE
from tests.golden import november, story

YEAR = Period.parse("2023")
NOW = dt.datetime(2023, 12, 29, 9, 0, tzinfo=ZONE)


def months() -> tuple[Brief, ...]:
    return (november.first_issue(), november.brief())


@cache
def summary() -> Brief:
    return of_year(replace(november.background(), past=(), issues=months()))


def of_year(background: BriefBackground) -> Brief:
    return compose_annual(YEAR, background, (), story.context(NOW), 3)


def text() -> str:
    return "\n".join("".join(run.text for run in b.runs) for b in summary().blocks if isinstance(b, Paragraph))


def table(caption: str) -> list[list[str]]:
    (found,) = [b for b in summary().blocks if isinstance(b, Table) and caption in b.caption]
    return [[run.text for run in row] for row in found.rows]


def test_the_parts_come_in_order() -> None:
    heads = [b.text for b in summary().blocks if isinstance(b, Heading) and b.level == 1]
    assert [head.split("、")[1][:4] for head in heads] == [
        "总体情况",
        "量化指标",
        "各项措施",
        "亮点做法",
        "协调事项",
        "各单位报",
        "数据更正",
    ]
    assert summary().title == "2023年示例县促消费工作总结"


def test_every_target_is_met_missed_not_yet_due_or_without_figures() -> None:
    outcome = {row[1]: row[-1] for row in table("全年量化指标完成情况表")}
    assert len(outcome) == 12
    assert outcome["招聘活动"] == outcome["审批时限"] == "完成"
    assert outcome["公租房"] == outcome["新能源公务用车占比"] == "未完成"
    assert outcome["景区充电桩覆盖率"] == "不评定"
    counts = [paragraph for paragraph in text().splitlines() if "（三）目标完成" in paragraph]
    assert "12项量化指标中，完成4项" in counts[0]


def test_a_year_in_which_nobody_reported_anything_is_written_too(tmp_path: Path) -> None:
    silent = tuple(
        replace(row, cumulative=None, share_pct=None, progress="", highlights="", source=None, light="无")
        for row in november.first_issue().ledger
    )
    month = replace(november.first_issue(), ledger=silent, sources=())
    made = of_year(BriefBackground(issues=(month,)))
    assert made.sources == ()
    assert len(write_brief_files(made, tmp_path, tmp_path)) == 3


def test_only_figures_carry_a_source_and_a_missed_target_stands_out() -> None:
    (found,) = [b for b in summary().blocks if isinstance(b, Table) and "全年量化指标完成情况表" in b.caption]
    assert all(row[-1].source is None for row in found.rows)
    assert {row[-1].text for row in found.rows if row[-1].strong} == {"未完成"}


def test_a_missed_target_is_explained_in_the_units_own_words() -> None:
    assert "1. 县住建局（第3项）“公租房”、“老旧小区改造”：“项目用地手续办理周期较长。”" in text()
    assert "未说明原因的：县商工局（第1项）" in text()
    # How far it came is in the table, and nowhere else.
    assert "87.1" not in text()


def test_the_months_of_each_figure_stand_side_by_side_as_corrected() -> None:
    assert ["3", "公租房（套）", "81.2", "87.1"] in table("逐月累计表")


def test_a_figure_missing_in_the_last_month_is_that_of_the_last_month_that_had_it() -> None:
    last = november.brief()
    ledger = tuple(replace(r, cumulative=None, share_pct=None) if r.metric == "公租房" else r for r in last.ledger)
    issues = (november.first_issue(), replace(last, ledger=ledger))
    history = build_annual_history(YEAR, BriefBackground(issues=issues), story.plan(), SourceList())
    (row,) = [row for row in history.targets() if row.metric == "公租房"]
    assert (row.cumulative, history.period_of_figure(row), history.outcome(row)) == (81.2, "2023-10", "未完成")
    assert history.figures(row) == {"2023-10": 81.2, "2023-11": None}


def test_each_measure_shows_its_lights_over_the_months() -> None:
    assert "1. 开展第1批惠民促消费行动，由牵头单位统筹推进（县商工局）。10月至11月红灯。" in text()


def test_a_highlight_of_two_months_appears_once() -> None:
    assert text().count("发放消费券50万元") == 2
    assert "1. 县商工局（第1项，10月）：" in text()


def test_matters_and_records_are_counted() -> None:
    assert "全年协调事项2项、议定事项2项，已销号1项，办理中3项（超期1项）。" in text()
    assert "全年2家单位应报4件次，按时2件次，按时率50%；一次合格1件次，合格率25%" in text()
    assert [b.title for b in summary().blocks if isinstance(b, Annex)] == ["2023年单位报送情况记录表", "措施台账"]


def test_its_figures_keep_their_sources() -> None:
    row = next(row for row in summary().ledger if row.metric == "公租房")
    assert row.source is not None
    assert summary().sources[row.source].unit == "县住建局"


def test_a_year_of_one_month_and_no_scores_is_a_summary_too() -> None:
    one = of_year(BriefBackground(issues=months()[:1]))
    assert "逐月" not in "".join(b.caption for b in one.blocks if isinstance(b, Table))


@pytest.mark.parametrize(("today", "missing"), [(29, []), (30, ["2023-11"]), (31, ["2023-11"])])
def test_a_month_that_is_over_without_a_frozen_issue_is_pointed_out(today: int, missing: list[str]) -> None:
    day = dt.date(2023, 11, 30) + dt.timedelta(days=today - 30)
    assert missing_months(YEAR, ["2023-10"], ["2023-10", "2023-11", "2024-01"], day) == missing


def test_a_light_that_is_missing_counts_only_where_there_is_no_other() -> None:
    row = story.brief().ledger[0]
    lights = [replace(row, measure="9", light=light) for light in ("无", "绿", "黄")]
    assert [light_of(lights[:n], "9") for n in (1, 2, 3)] == ["无", "绿", "黄"]


def test_the_year_goes_by_corrected_figures_and_says_so() -> None:
    """October was corrected in November's issue; November itself is corrected after it, and no issue has said so yet."""
    corrected = [
        replace(f, cumulative=110.0, share=1.0, light="绿") if f.metric == "公租房" else f
        for f in november.rollup().figures
    ]
    past = (november.october(), replace(november.rollup(), figures=tuple(corrected)))
    made = of_year(BriefBackground(past=past, issues=months()))
    words = "\n".join("".join(run.text for run in b.runs) for b in made.blocks if isinstance(b, Paragraph))
    assert (
        "第1期（2023年10月）、第2期（2023年11月）印发后，有关单位更正2处、补报1处，本总结均采用更正后的数据。" in words
    )
    assert "其中1处此前各期尚未刊登，在此一并更正。" in words
    (targets,) = [b for b in made.blocks if isinstance(b, Table) and "全年量化指标完成情况表" in b.caption]
    (row,) = [[run.text for run in row] for row in targets.rows if row[1].text == "公租房"]
    assert row[3:] == ["110套", "110", "100%", "完成"]
    assert [(c.period, c.metric, c.before, c.after) for c in made.corrections] == [
        ("2023-10", "公租房", "79.2套", "81.2套"),
        ("2023-10", "医保凭证激活率", "—", "60%"),
        ("2023-11", "公租房", "87.1套", "110套"),
    ]
