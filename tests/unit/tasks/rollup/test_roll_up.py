"""A measure's rows, supporting text, change from last month, policies about to expire."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.plan import Expiry
from tasks.model.progress import MeasureProgress, RollUp, TargetProgress
from tasks.model.submission import ProgressRow, Standing
from tasks.rollup.roll_up import roll_up
from tests import factories
from tests.factories import HOUSING, NOW, ZONE

AFTER = dt.datetime(2023, 11, 1, 9, tzinfo=ZONE)


def standing(unit: str = HOUSING, name: str = "按时", version: int = 2) -> Standing:
    return Standing(factories.duty(unit), name, 0, NOW, NOW, None, 7, version)  # type: ignore[arg-type]


def rolled(
    *rows: ProgressRow, previous: tuple[ProgressRow, ...] = (), standings: tuple[Standing, ...] = (), **plan: Any
) -> RollUp:
    stand = standings or (standing(),)
    context = factories.context(plan=factories.plan(**plan), now=AFTER)
    return roll_up(context, "2023-10", stand, rows, previous)


def figure_of(rollup: RollUp, metric: str = "公租房套数") -> TargetProgress:
    return next(item for item in rollup.figures if item.metric == metric)


def measure_of(rollup: RollUp, no: str = "3") -> MeasureProgress:
    return next(item for item in rollup.measures if item.no == no)


def test_a_figure_carries_its_share_light_change_and_source() -> None:
    before = factories.progress_row(period="2023-09", cumulative=80.0)
    item = figure_of(rolled(factories.progress_row(), previous=(before,)))
    assert (item.cumulative, item.change, item.light) == (85.0, 5.0, "绿")
    assert item.share == pytest.approx(85 / 110)
    assert (item.unit, item.submission_id, item.version, item.cell) == (HOUSING, 7, 2, "H8")


def test_responsible_units_support_the_leads_figure_and_never_double_it() -> None:
    town = factories.progress_row(unit="青禾镇人民政府", role="责任", cumulative=85.0, progress="已组织宣传。")
    rollup = rolled(factories.progress_row(), town)
    assert figure_of(rollup).cumulative == 85.0
    assert measure_of(rollup).supporting == ("青禾镇人民政府：已组织宣传。",)


def test_a_responsible_units_different_figure_is_mentioned() -> None:
    other = factories.progress_row(unit="县财政局", role="责任", cumulative=12345678.5)
    rollup = rolled(factories.progress_row(), other)
    assert measure_of(rollup).supporting == (
        "县财政局报“公租房套数”累计12345678.5套，与县住建局所报85套不一致",
        "县财政局：已开工建设。",
    )
    assert figure_of(rollup).cumulative == 85.0


def test_a_responsible_units_figure_beside_none_of_the_leads_is_kept_and_not_counted() -> None:
    other = factories.progress_row(unit="县财政局", role="责任", cumulative=90.0, progress="无")
    rollup = rolled(factories.progress_row(cumulative=None), other)
    assert measure_of(rollup).supporting == ("县财政局报“公租房套数”累计90套",)
    assert figure_of(rollup).cumulative is None


def test_nothing_beside_words_is_left_out_and_a_unit_asked_is_named_once() -> None:
    first = factories.progress_row(problems="无", coordination_unit="县财政局、县自然资源局")
    second = factories.progress_row(metric="改造户数", problems="用地未批。", coordination_unit="县财政局")
    measure = measure_of(rolled(first, second))
    assert (measure.problems, measure.coordination_unit) == ("用地未批。", "县财政局、县自然资源局")


def test_a_responsible_unit_alone_does_not_report_a_measure() -> None:
    rollup = rolled(factories.progress_row(unit="县财政局", role="责任"))
    assert figure_of(rollup).cumulative is None
    assert measure_of(rollup).reported is False


def test_a_measure_without_a_lead_is_reported_by_its_first_responsible_unit() -> None:
    row = factories.progress_row("5", "", unit="县文旅局", cumulative=None, role="责任")
    progress = measure_of(rolled(row, standings=(standing("县文旅局"),)), "5")
    assert (progress.unit, progress.reported, progress.version) == ("县文旅局", True, 2)


def test_a_lead_named_by_an_alias_is_found_by_its_name() -> None:
    plan = {
        "measures": (
            factories.measure(
                "3", section="二", lead=("住建局",), targets=(factories.target("公租房套数", value=110, unit="套"),)
            ),
        )
    }
    assert figure_of(rolled(factories.progress_row(), **plan)).cumulative == 85.0


def test_a_nil_report_leaves_last_months_figure_in_force() -> None:
    before = factories.progress_row(period="2023-09", cumulative=80.0)
    rollup = rolled(previous=(before,), standings=(standing(name="零报告"),))
    item = figure_of(rollup)
    assert (item.cumulative, item.change, item.submission_id) == (80.0, 0.0, None)
    assert measure_of(rollup).reported is True


def test_a_missing_report_leaves_no_figure_and_no_light() -> None:
    before = factories.progress_row(period="2023-09", cumulative=80.0)
    item = figure_of(rolled(previous=(before,), standings=(standing(name="未报"),)))
    assert (item.cumulative, item.share, item.change, item.light) == (None, None, None, "无")


@pytest.mark.parametrize("figure", [float("nan"), float("inf"), None])
def test_what_is_no_number_is_no_figure(figure: float | None) -> None:
    assert figure_of(rolled(factories.progress_row(cumulative=figure))).cumulative is None


def test_change_is_exact_in_decimals() -> None:
    before = factories.progress_row(period="2023-09", cumulative=0.1)
    assert figure_of(rolled(factories.progress_row(cumulative=0.3), previous=(before,))).change == 0.2


def test_a_soft_figure_is_shown_but_not_judged() -> None:
    soft = factories.target("公租房套数", value=110, unit="套", soft=True)
    plan = {"measures": (factories.measure("3", section="二", lead=(HOUSING,), targets=(soft,)),)}
    rollup = rolled(factories.progress_row(cumulative=1.0), **plan)
    assert (figure_of(rollup).light, figure_of(rollup).cumulative) == ("无", 1.0)
    assert measure_of(rollup).light == "绿"


def test_a_measure_takes_the_worst_light_of_its_figures() -> None:
    rows = (
        factories.progress_row(),
        factories.progress_row(metric="改造户数", metric_unit="户", cumulative=10.0, cell="H9"),
    )
    assert measure_of(rolled(*rows)).light == "红"


def test_one_text_repeated_for_every_metric_appears_once() -> None:
    rows = (factories.progress_row(), factories.progress_row(metric="改造户数", progress="已开工建设。"))
    assert measure_of(rolled(*rows)).progress == "已开工建设。"


def test_two_texts_are_joined_with_a_stop_between() -> None:
    rows = (factories.progress_row(progress="甲完成"), factories.progress_row(metric="改造户数", progress="乙完成。"))
    assert measure_of(rolled(*rows)).progress == "甲完成；乙完成。"


@pytest.mark.parametrize(
    ("on", "first", "named"),
    [
        (dt.date(2023, 12, 30), False, True),
        (dt.date(2023, 12, 31), False, False),
        (dt.date(2023, 10, 31), False, True),
        (dt.date(2023, 10, 1), False, True),
        (dt.date(2023, 9, 30), False, False),
        (dt.date(2023, 6, 30), True, True),
    ],
)
def test_policies_are_named_sixty_days_ahead_and_once_after_their_end(on: dt.date, first: bool, named: bool) -> None:
    plan = {"measures": (factories.measure("1", expires=(Expiry(on=on, words="政策"),)),)}
    before = () if first else (factories.progress_row(period="2023-09"),)
    assert bool(rolled(previous=before, **plan).expiring) is named


def test_an_unknown_period_is_refused() -> None:
    with pytest.raises(ValueError, match="期间"):
        roll_up(factories.context(), "十月", (), (), ())


@given(
    figures=st.lists(st.one_of(st.none(), st.floats(0, 10_000)), min_size=4, max_size=4),
    statuses=st.lists(st.sampled_from(["已完成", "正常推进", "进展滞后", "未启动", ""]), min_size=6, max_size=6),
)
def test_every_measure_and_target_is_counted_once_whatever_is_reported(
    figures: list[float | None], statuses: list[str]
) -> None:
    plan = factories.plan()
    targets = [(m, t) for m in plan.measures for t in m.targets]
    rows = [
        factories.progress_row(m.no, t.metric, unit=m.reporting_unit, cumulative=figure)
        for (m, t), figure in zip(targets, figures, strict=True)
    ]
    rows += [
        factories.progress_row(m.no, "", unit=m.reporting_unit, cumulative=None, status=status)
        for m, status in zip(plan.measures, statuses, strict=True)
    ]
    rollup = rolled(*rows)
    assert [m.no for m in rollup.measures] == [m.no for m in plan.measures]
    assert [(f.measure, f.metric) for f in rollup.figures] == [(m.no, t.metric) for m, t in targets]
    assert sum(sum(m.light == light for m in rollup.measures) for light in ("绿", "黄", "红", "无")) == len(
        plan.measures
    )
