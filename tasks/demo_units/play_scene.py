"""Play one scene: the clerk opens the workbook that was issued or returned, fills it and saves it in 上报/.

Belongs here: which file is opened, what is typed, where it is saved, and its time. Does not belong here: the order of
scenes.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from config.workbook import WorkbookLayout
from tasks.demo_units.clerk import fill_roster, fill_workbook, save_as_csv, set_modified_time
from tasks.demo_units.issued_form import identity_of
from tasks.demo_units.story import FIGURES, Scene, Story, without_figures
from tasks.demo_units.typed_answers import Answers, Fields
from tasks.errors import InputError
from tasks.model.submission import Contact
from tasks.model.words import KIND_TITLES

ISSUED, RETURNED, SUBMITTED = "发放", "退回", "上报"


def play_scene(scene: Scene, story: Story, share: Path, layout: WorkbookLayout) -> Path:
    """Play one scene and return the file it saved in <unit>/上报/.

    The file's time of change is the scene's. Playing a scene again gives the same bytes and the same time. Raises
    InputError when the unit has no form of that kind and period.
    """
    form = find_form(scene, story, share, layout)
    submitted = share / scene.unit / SUBMITTED / (scene.name or usual_name(scene, story))
    if scene.action == "roster":
        fill_roster(form, people_in(story, scene), submitted, _filled_by(story, scene), layout)
    elif scene.action == "csv":
        with TemporaryDirectory() as folder:
            filled = Path(folder) / form.name
            fill_workbook(form, answers_of(story, scene), filled, layout)
            save_as_csv(filled, submitted, layout=layout)
    else:
        fill_workbook(form, answers_of(story, scene), submitted, layout)
    set_modified_time(submitted, scene.at)
    return submitted


def find_form(scene: Scene, story: Story, share: Path, layout: WorkbookLayout) -> Path:
    """The workbook the clerk opens: the issued one, or for a correction the newest returned one.

    Found by its hidden signed sheet, not by its name. Raises InputError when there is none.
    """
    folder = share / scene.unit / (RETURNED if scene.action == "correct" else ISSUED)
    wanted = {"plan": story.plan, "kind": scene.kind}
    if scene.kind == "progress":
        wanted["period"] = story.period
    paths = sorted(folder.glob("[!~.]*.xlsx"))
    forms = [path for path in paths if wanted.items() <= identity_of(path, layout).items()]
    if not forms:
        table = f"{wanted.get('period', '')}{layout.sheet(scene.kind).name}"
        raise InputError(f"{scene.unit}的“{folder.name}”文件夹里没有可填的{table}（{scene.kind}）")
    return max(forms, key=lambda path: path.stat().st_mtime_ns)


def usual_name(scene: Scene, story: Story) -> str:
    """The name a clerk gives the file: unit, month and kind."""
    month = dt.date.fromisoformat(f"{story.period}-01").month
    title = f"{month}月报表" if scene.kind == "progress" else KIND_TITLES[scene.kind]
    return f"{scene.unit}{title}.{'csv' if scene.action == 'csv' else 'xlsx'}"


def answers_of(story: Story, scene: Scene) -> Answers:
    """What the clerk types: the story's answers with the scene's changes; for a nil report only 是 for 零报告.

    The story has answers for the monthly report only; for other kinds the scene's changes are all.
    """
    if scene.action == "nil":
        return Answers(heading={**_filled_by(story, scene), "nil": "是", **scene.heading})
    monthly = story.reporters.get(scene.unit, ()) if scene.kind == "progress" else ()
    measures: dict[str, Fields] = {no: story.measures[no] for no in monthly}
    figures: dict[str, Fields] = {no: story.figures[no] for no in monthly if no in story.figures}
    for no, change in scene.changes.items():
        measures[no] = {**measures.get(no, {}), **without_figures(change)}
        if FIGURES in change:
            figures[no] = {**figures.get(no, {}), **change[FIGURES]}
    return Answers({**_filled_by(story, scene), **scene.heading}, measures, figures)


def people_in(story: Story, scene: Scene) -> tuple[Contact, ...]:
    """The people the clerk enters in a roster scene, with the scene's mistakes."""
    return tuple(replace(person, **scene.person) for person in story.people[scene.unit])


def _filled_by(story: Story, scene: Scene) -> dict[str, str | dt.date]:
    """Who filled the form, who approved it, and when."""
    leader, clerk = story.people[scene.unit]
    return {
        "filler": clerk.name,
        "phone": clerk.phone,
        "approver": leader.name,
        "filled_on": scene.at.date(),
    }
