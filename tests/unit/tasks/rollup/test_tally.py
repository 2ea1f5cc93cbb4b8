"""Counts by unit, section and plan: the parts sum to the whole, whatever is reported."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.model.progress import MeasureProgress, TargetProgress
from tasks.model.words import Light
from tasks.rollup.tally import Parts, tally
from tests.golden import story

LIGHTS: tuple[Light, ...] = ("绿", "黄", "红", "无")
ROLLED = story.rollup()


def measure(no: int, light: Light, unit: str, section: str, reported: bool) -> MeasureProgress:
    return replace(ROLLED.measures[0], no=str(no), light=light, unit=unit, section=section, reported=reported)


def figure(no: int, share: float | None) -> TargetProgress:
    return replace(ROLLED.figures[0], measure=str(no), share=share)


@st.composite
def plans(draw: st.DrawFn) -> list[Parts]:
    """Up to three counties, units and sections of the same names in each."""
    one = st.tuples(st.sampled_from(LIGHTS), st.sampled_from("甲乙丙"), st.sampled_from("一二"), st.booleans())
    shares = st.lists(st.none() | st.floats(0, 2), max_size=3)
    found = []
    for plan in draw(st.lists(st.sampled_from(["和静", "和硕", "博湖"]), unique=True, min_size=1)):
        drawn = draw(st.lists(one, min_size=1, max_size=12))
        measures = [measure(no, *each) for no, each in enumerate(drawn, start=1)]
        figures = [figure(no, share) for no in range(1, len(drawn) + 1) for share in draw(shares)]
        found.append((plan, measures, figures))
    return found


@settings(max_examples=30, deadline=None)
@given(plans())
def test_the_parts_sum_to_the_whole(parts: list[Parts]) -> None:
    (whole,) = tally(parts, [])
    assert whole.measures == sum(len(measures) for _, measures, _ in parts)
    assert whole.figures == sum(len(figures) for _, _, figures in parts)
    assert sum(count for _, count in whole.lights) == whole.measures
    for by in (["plan"], ["section"], ["unit"], ["plan", "unit"], ["plan", "section", "unit"]):
        found = tally(parts, by)
        assert len({one.group for one in found}) == len(found)
        for name in ("measures", "reported", "figures", "done"):
            assert sum(getattr(one, name) for one in found) == getattr(whole, name)
        for light, count in whole.lights:
            assert sum(dict(one.lights)[light] for one in found) == count


def test_several_plans_at_once_are_each_what_they_are_alone() -> None:
    mine = (ROLLED.plan, ROLLED.measures, ROLLED.figures)
    other = ("另一方案", ROLLED.measures[:3], ROLLED.figures[:2])
    both = tally([mine, other], ["plan", "unit"])
    alone = (*tally([mine], ["plan", "unit"]), *tally([other], ["plan", "unit"]))
    assert both == alone


def test_a_unit_is_counted_with_its_lights_and_figures() -> None:
    found = {one.group[0]: one for one in ROLLED.by_unit}
    assert found["县住建局"].measures == 2
    assert dict(found["县住建局"].lights) == {"绿": 0, "黄": 1, "红": 1, "无": 0}
    assert (found["县住建局"].figures, found["县发改委"].done) == (3, 1)
    assert list(found) == list(dict.fromkeys(measure.unit for measure in ROLLED.measures))


def test_a_plan_without_measures_has_no_counts() -> None:
    assert tally([("空", [], [])], ["unit"]) == ()
