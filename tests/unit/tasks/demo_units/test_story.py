"""The story of October 2023 fits its plan: every measure and figure has an answer, every unit its scenes."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import pytest

from config.config_errors import ConfigError
from config.county import County
from config.county_file import load_county
from config.plan import Plan
from config.plan_file import load_plan
from config.workbook import WorkbookLayout
from tasks.demo_units.invented_people import people_of
from tasks.demo_units.play_scene import answers_of, people_in
from tasks.demo_units.story import OCTOBER_2023, Story, load_story


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan("yanqi-2023")


@pytest.fixture(scope="module")
def county(plan: Plan) -> County:
    return load_county(plan.county)


@pytest.fixture(scope="module")
def story(plan: Plan, county: County) -> Story:
    return load_story(plan, county)


def october(story: Story) -> list[tuple[str, str]]:
    return [(scene.unit, scene.action) for scene in story.scenes if scene.kind == "progress"]


def test_every_measure_of_the_plan_has_an_answer(story: Story, plan: Plan) -> None:
    assert list(story.measures) == [measure.no for measure in plan.measures]
    assert len(story.measures) == 52


def test_every_target_figure_has_a_value_and_no_figure_is_made_up(story: Story, plan: Plan) -> None:
    wanted = {(measure.no, target.metric) for measure in plan.measures for target in measure.targets}
    answered = {(no, metric) for no, metrics in story.figures.items() for metric in metrics}
    assert answered == wanted
    assert len(answered) == 24


def test_seventeen_units_report_with_the_intended_actions(story: Story) -> None:
    actions = Counter(action for _, action in october(story))
    assert len(story.reporters) == 17
    assert actions == {"fill": 13, "correct": 1, "nil": 1, "csv": 1}
    assert story.silent == ("县总工会", "县市场监督管理局")


def test_one_file_is_late_and_the_corrected_one_is_in_time(story: Story) -> None:
    due = dt.date(2023, 10, 20)
    late = [scene.unit for scene in story.scenes if scene.at.date() > due]
    twice = [unit for unit, count in Counter(unit for unit, _ in october(story)).items() if count > 1]
    assert (late, twice) == (["县金融办"], ["县民政局"])


def test_scenes_are_in_order_of_time_and_can_be_taken_in_steps(story: Story) -> None:
    times = [scene.at for scene in story.scenes]
    assert times == sorted(times)
    assert len(set(times)) == len(times)
    middle = times[len(times) // 2]
    assert story.between(None, middle) + story.between(middle, times[-1]) == story.scenes


def test_answers_are_for_columns_that_a_unit_may_fill(story: Story, layout: WorkbookLayout) -> None:
    editable = {column.field for column in layout.columns("progress") if column.editable}
    assert {name for answer in story.measures.values() for name in answer} <= editable
    assert {answer["status"] for answer in story.measures.values()} == {each.value for each in layout.statuses}


def test_answers_are_consistent(story: Story, county: County) -> None:
    for no, answer in story.measures.items():
        assert str(answer["progress"]).endswith("。"), no
        assert ("coordination" in answer) == ("coordination_unit" in answer), no
        assert answer["status"] != "进展滞后" or answer["problems"] != "无", no
        if "coordination_unit" in answer:
            assert county.resolve(str(answer["coordination_unit"])) is not None, no
        if answer["status"] == "已完成":
            assert answer["expected"] < dt.date(2023, 10, 12), no  # type: ignore[operator]


def test_done_measures_have_reached_their_figures(story: Story, plan: Plan) -> None:
    for measure in plan.measures:
        if story.measures[measure.no]["status"] == "已完成":
            for target in measure.targets:
                value = story.figures[measure.no][target.metric]
                assert isinstance(value, int | float)
                assert value <= target.value if target.operator == "<=" else value >= target.value, target.metric


def test_the_meeting_has_something_to_decide_and_to_praise(story: Story) -> None:
    assert sum("coordination" in answer for answer in story.measures.values()) == 4
    assert sum("highlights" in answer for answer in story.measures.values()) == 6


def test_the_returned_report_has_four_faults_and_the_correction_none(story: Story) -> None:
    scenes = [scene for scene in story.scenes if scene.unit == "县民政局" and scene.kind == "progress"]
    first, second = (answers_of(story, scene) for scene in scenes)
    assert second.measures == {no: story.measures[no] for no in ("39", "40", "41", "42", "43")}
    assert first.measures["39"]["problems"] == ""
    assert first.measures["40"]["status"] == "已完成"
    assert first.figures["40"]["家庭养老床位"] == "约30"
    assert first.measures["43"]["progress"] == ""
    assert first.measures["41"] == second.measures["41"]


def test_a_nil_report_has_no_other_answers(story: Story) -> None:
    answers = next(answers_of(story, scene) for scene in story.scenes if scene.action == "nil")
    assert answers.heading["nil"] == "是"
    assert (answers.measures, answers.figures) == ({}, {})


def test_every_unit_with_a_measure_submits_a_roster_and_one_omits_its_mail(story: Story, plan: Plan) -> None:
    rosters = {scene.unit: people_in(story, scene) for scene in story.scenes if scene.action == "roster"}
    named = {unit for measure in plan.measures for unit in (*measure.lead, *measure.responsible)}
    assert set(rosters) >= {unit for unit in named if not unit.startswith("各") and unit != "县直各单位"}
    assert {"焉耆镇人民政府", "中国工商银行焉耆县支行"} <= set(rosters)
    assert [unit for unit, people in rosters.items() if not all(person.mail for person in people)] == ["县总工会"]


def test_people_are_recognisably_invented_and_distinct(county: County) -> None:
    people = [person for unit in county.units for person in people_of(county, unit.name, "p")]
    assert all("示例" in person.name and person.mail.endswith(".invalid") for person in people)
    assert all(person.phone.startswith("0996-600") and len(person.phone) == 12 for person in people)
    for values in ([p.name for p in people], [p.phone for p in people], [p.mail for p in people]):
        assert len(set(values)) == len(people)


def test_every_fault_of_a_story_is_reported_at_once(tmp_path: Path, plan: Plan, county: County) -> None:
    text = OCTOBER_2023.read_text(encoding="utf-8")
    for old, new in (
        ('plan = "yanqi-2023"', 'plan = "别的方案"'),
        ("[measures.52]", "[measures.99]"),
        ('"本土促消费活动品牌" = 1', '"没有的指标" = 1'),
        ('unit = "县金融办"', 'unit = "没有的单位"'),
        ('action = "csv"', 'action = "传真"'),
    ):
        text = text.replace(old, new, 1)
    path = tmp_path / "故事.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_story(plan, county, path)
    assert len(caught.value.faults) == 5
    assert all(fault.line for fault in caught.value.faults)
