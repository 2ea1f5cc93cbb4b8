"""Every scene of October 2023, played in a share with the workbooks that the office issues."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from config.calendar import Period
from config.county import County
from config.county_file import load_county
from config.plan import Plan
from config.plan_file import load_plan
from config.workbook import WorkbookLayout
from tasks.demo_units.issued_form import Form, identity_of, open_form
from tasks.demo_units.play_scene import answers_of, find_form, people_in, play_scene, usual_name
from tasks.demo_units.story import Scene, Story, load_story
from tasks.errors import InputError
from tasks.issue.build_workbook import build_workbook
from tasks.issue.duties_due import duties_of
from tasks.model.submission import Duty
from tests import factories

# One worker, so that the share and the played story are made once.
pytestmark = pytest.mark.xdist_group("test_play")


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan("yanqi-2023")


@pytest.fixture(scope="module")
def county(plan: Plan) -> County:
    return load_county(plan.county)


@pytest.fixture(scope="module")
def story(plan: Plan, county: County) -> Story:
    return load_story(plan, county)


@pytest.fixture(scope="module")
def duties(plan: Plan, county: County) -> tuple[Duty, ...]:
    periods = (Period.parse(text) for text in ("2023-09", "2023-10"))
    context = factories.context(plan=plan, county=county)
    return tuple(duty for period in periods for duty in duties_of(context, period))


@pytest.fixture(scope="module")
def issued(
    tmp_path_factory: pytest.TempPathFactory,
    plan: Plan,
    county: County,
    duties: tuple[Duty, ...],
    layout: WorkbookLayout,
) -> Path:
    """A share with every workbook of September and October in 发放/, none of them answered."""
    share = tmp_path_factory.mktemp("share")
    context = factories.context(plan=plan, county=county, layout=layout)
    for duty in duties:
        path = share / duty.unit / "发放" / f"{duty.period}-{duty.kind}.xlsx"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(build_workbook(duty, context))
    return share


@pytest.fixture(scope="module")
def played(issued: Path, story: Story, layout: WorkbookLayout) -> list[tuple[Scene, Path]]:
    """The whole story played once. The returned file that is corrected is the unit's own first file."""
    files: list[tuple[Scene, Path]] = []
    for scene in story.scenes:
        if scene.action == "correct":
            first = next(path for earlier, path in files if earlier.unit == scene.unit and earlier.kind == scene.kind)
            returned = issued / scene.unit / "退回" / first.name
            returned.parent.mkdir(exist_ok=True)
            shutil.copy(first, returned)
        files.append((scene, play_scene(scene, story, issued, layout)))
    return files


def monthly(form: Form) -> Iterator[tuple[int, str, str]]:
    """(row, measure, metric) of every row of a table."""
    return ((row, form.text(row, "measure_no"), form.text(row, "metric")) for row in form.rows())


def test_the_story_has_every_roster_and_report_that_is_due_except_for_two_silent_units(
    story: Story, duties: tuple[Duty, ...]
) -> None:
    due = {(duty.unit, duty.kind) for duty in duties}
    submitted = {(scene.unit, scene.kind) for scene in story.scenes}
    assert due - submitted == {(unit, "progress") for unit in story.silent}
    assert submitted <= due


def test_every_file_is_in_the_units_own_folder_with_the_time_of_its_scene(
    played: list[tuple[Scene, Path]], issued: Path
) -> None:
    for scene, path in played:
        assert path.parent == issued / scene.unit / "上报"
        assert path.stat().st_mtime_ns == int(scene.at.timestamp()) * 10**9
    assert len({path for _, path in played}) == len(played)


def test_a_filled_report_contains_exactly_the_answers_of_the_story(
    played: list[tuple[Scene, Path]], story: Story, layout: WorkbookLayout
) -> None:
    for scene, path in played:
        if scene.action not in ("fill", "correct"):
            continue
        answers, form = answers_of(story, scene), open_form(path, layout)
        for row, measure, metric in monthly(form):
            for name, value in answers.measures[measure].items():
                shown = f"{value:%Y-%m-%d}" if isinstance(value, dt.date) else str(value)
                assert form.text(row, name).removesuffix(" 00:00:00") == shown, (scene.unit, measure, name)
            wanted = answers.figures.get(measure, {}).get(metric, "")
            if form.text(row, "metric_unit") == "%":
                assert float(form.text(row, "cumulative")) * 100 == pytest.approx(wanted), (scene.unit, measure, metric)
            else:
                assert form.text(row, "cumulative") == str(wanted), (scene.unit, measure, metric)


def test_every_workbook_keeps_its_signature(played: list[tuple[Scene, Path]], layout: WorkbookLayout) -> None:
    for scene, path in played:
        if path.suffix == ".xlsx":
            identity = identity_of(path, layout)
            assert (identity["unit"], identity["kind"]) == (scene.unit, scene.kind)
            assert identity["signature"]


def test_a_nil_report_leaves_the_table_empty(played: list[tuple[Scene, Path]], layout: WorkbookLayout) -> None:
    form = open_form(next(path for scene, path in played if scene.action == "nil"), layout)
    assert form.headings["nil"].value == "是"
    assert [form.text(row, "progress") for row in form.rows()] == [""]


def test_the_csv_is_gbk_and_contains_the_answers(played: list[tuple[Scene, Path]], story: Story) -> None:
    scene, path = next((scene, path) for scene, path in played if scene.action == "csv")
    text = path.read_bytes().decode("gb18030")
    assert str(story.measures["48"]["progress"]) in text
    assert scene.unit in text


def test_a_roster_contains_the_people_of_the_unit(
    played: list[tuple[Scene, Path]], story: Story, layout: WorkbookLayout
) -> None:
    for scene, path in played[:3]:
        form = open_form(path, layout)
        rows = {form.text(row, "role"): form.text(row, "mail") for row in form.rows()}
        assert rows == {person.role: person.mail for person in people_in(story, scene)}


def test_playing_a_scene_again_changes_nothing(
    played: list[tuple[Scene, Path]], story: Story, issued: Path, layout: WorkbookLayout
) -> None:
    for scene, path in played[-8:]:
        before = (path.read_bytes(), path.stat().st_mtime_ns)
        assert play_scene(scene, story, issued, layout) == path
        assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_a_unit_without_a_form_is_an_input_error(story: Story, tmp_path: Path, layout: WorkbookLayout) -> None:
    with pytest.raises(InputError, match="发放"):
        find_form(story.scenes[0], story, tmp_path, layout)
    with pytest.raises(InputError, match="退回"):
        find_form(replace(story.scenes[0], action="correct"), story, tmp_path, layout)


@pytest.mark.parametrize(
    ("action", "kind", "name"),
    [
        ("fill", "progress", "县住建局10月报表.xlsx"),
        ("csv", "progress", "县住建局10月报表.csv"),
        ("roster", "roster", "县住建局联系人名单.xlsx"),
        ("fill", "deliverable", "县住建局专项报送.xlsx"),
    ],
)
def test_a_clerk_names_the_file_by_unit_and_month(story: Story, action: str, kind: str, name: str) -> None:
    scene = replace(story.scenes[0], unit="县住建局", action=action, kind=kind)  # type: ignore[arg-type]
    assert usual_name(scene, story) == name
