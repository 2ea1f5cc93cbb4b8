"""送审核对: each point a coordinator should look at, and none without a reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tasks.brief.background import BriefBackground
from tasks.brief.draft_checks import draft_checks
from tasks.model.progress import TargetProgress
from tests.golden import november, story


def points(rollup: object = None, **changes: object) -> tuple[str, ...]:
    made = replace(story.rollup(), **changes)  # type: ignore[arg-type]
    return draft_checks(made, story.county(), story.settings(), BriefBackground(), (), ())


def test_units_missing_and_open_queries_are_named_with_their_reason() -> None:
    found = points()
    assert "未报2家：县卫健委、县供销社" in found
    assert "县民政局待更正：本期累计小于上期累计" in found
    assert "县医保局待说明：本期累计小于上期累计" in found


def test_a_responsible_units_other_figure_is_shown() -> None:
    assert any(
        p.startswith("第3项数据不一致：县财政局报“公租房”累计66套，与县住建局所报79.2套不一致") for p in points()
    )


def moved(change: float, target: float = 100.0, operator: str = ">=") -> list[str]:
    figure = replace(story.rollup().figures[0], change=change, target=target, operator=operator)
    return [p for p in points(figures=(figure,)) if "较上月" in p]


@pytest.mark.parametrize(("change", "shown"), [(49.9, 0), (50.0, 0), (50.1, 1), (0.0, 0), (-0.1, 1), (-50.1, 1)])
def test_a_figure_that_moved_by_more_than_the_set_share_of_its_target_or_went_back_is_shown(
    change: float, shown: int
) -> None:
    assert len(moved(change)) == shown


def test_a_figure_to_be_lowered_may_fall() -> None:
    assert moved(-1.0, operator="<=") == []


def test_a_target_of_nothing_is_no_base_of_a_share() -> None:
    assert moved(3.0, target=0.0) == []


def test_a_unit_of_the_register_nobody_confirmed_is_shown() -> None:
    units = [replace_unit(unit) for unit in story.county().units]
    county = story.county().model_copy(update={"units": tuple(units)})
    found = draft_checks(story.rollup(), county, story.settings(), BriefBackground(), (), ())
    assert "单位名册中待确认的成员1家：县商工局" in found


def replace_unit(unit: object) -> object:
    return replace(unit, confirmed=unit.name != "县商工局")  # type: ignore[attr-defined]


def test_corrections_overdue_matters_and_an_unreadable_register_are_shown() -> None:
    found = november.brief().checks
    for words in (
        "往期简报有2处更正",
        "会议事项超期未销号：议2023-10-1",
        "会议事项未写明责任单位：议2023-10-2",
        "第6行",
    ):
        assert any(words in point for point in found)


def test_a_clean_month_has_no_points() -> None:
    quiet: tuple[TargetProgress, ...] = ()
    assert points(figures=quiet, standings=(), measures=()) == ()
