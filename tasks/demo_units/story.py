"""The story of a month: who submits what and when, read from a file such as `october-2023.toml`.

Belongs here: the story's values and their reader, which reports every fault of the file at once. Does not belong here:
what a clerk types in a scene (`play_scene`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from config.config_errors import ConfigError, ConfigFault
from config.county import County
from config.plan import Plan
from config.toml_file import KeyPath, TomlFile, read_toml
from tasks.demo_units.invented_people import people_of
from tasks.demo_units.typed_answers import Fields
from tasks.model.submission import Contact
from tasks.model.words import Kind

Action = Literal["fill", "correct", "csv", "nil", "roster"]

OCTOBER_2023 = Path(__file__).with_name("october-2023.toml")
FIGURES = "figures"


@dataclass(frozen=True, slots=True)
class Scene:
    """One action of one unit at one instant (aware).

    `changes`: measure number -> field -> value where this file differs from the story's answers (`figures` inside it:
    metric -> value). `heading` does so for the cells above the table, `person` for both people of a roster. `name` is
    the file's name; empty for the usual one.
    """

    at: dt.datetime
    unit: str
    action: Action
    kind: Kind = "progress"
    changes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    heading: Fields = field(default_factory=dict)
    person: Mapping[str, str] = field(default_factory=dict)
    name: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """A month under one plan: its scenes in order of time, and the answers for each measure.

    `reporters`: unit -> the measures it reports on, in the plan's order. `measures`: number -> field -> value;
    `figures`: number -> metric -> 本期累计. `people`: unit -> its invented contacts, for every unit with a measure.
    """

    plan: str
    period: str
    scenes: tuple[Scene, ...]
    reporters: Mapping[str, tuple[str, ...]]
    measures: Mapping[str, Fields]
    figures: Mapping[str, Fields]
    people: Mapping[str, tuple[Contact, ...]]

    @property
    def silent(self) -> tuple[str, ...]:
        """The reporting units that never submit the month's report, in the plan's order."""
        submitted = {scene.unit for scene in self.scenes if scene.kind == "progress"}
        return tuple(unit for unit in self.reporters if unit not in submitted)

    def between(self, after: dt.datetime | None, until: dt.datetime) -> tuple[Scene, ...]:
        """The scenes later than `after` (None: from the start) and not later than `until`, in order of time."""
        return tuple(scene for scene in self.scenes if (after is None or after < scene.at) and scene.at <= until)


def load_story(plan: Plan, county: County, path: Path | None = None) -> Story:
    """Read a story (None: October 2023) and check it against its plan and county.

    Raises ConfigError with every fault: an unknown measure, metric, unit or action, a story for another plan.
    """
    file = read_toml(path or OCTOBER_2023)
    faults = list(_faults(file, plan, county))
    if faults:
        raise ConfigError(file.path, faults)
    measures: Mapping[str, Mapping[str, Any]] = file.data["measures"]
    people = {unit: people_of(county, unit, plan.id) for unit in _units_of(plan, county, file.data["roster"]["at"])}
    scenes = (*_rosters(file.data["roster"], people), *(Scene(**each) for each in file.data["scenes"]))
    return Story(
        plan=plan.id,
        period=file.data["period"],
        scenes=tuple(sorted(scenes, key=lambda scene: scene.at)),
        reporters=_reporters(plan),
        measures={no: without_figures(each) for no, each in measures.items()},
        figures={no: each[FIGURES] for no, each in measures.items() if FIGURES in each},
        people=people,
    )


def without_figures(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a measure without its figures, which belong to single rows."""
    return {name: value for name, value in values.items() if name != FIGURES}


def _reporters(plan: Plan) -> dict[str, tuple[str, ...]]:
    reporters: dict[str, tuple[str, ...]] = {}
    for measure in plan.measures:
        unit = measure.reporting_unit
        if unit is not None:
            reporters[unit] = (*reporters.get(unit, ()), measure.no)
    return reporters


def _units_of(plan: Plan, county: County, at: dt.datetime) -> list[str]:
    """Every unit with a measure on that day, groups replaced by their members, in the plan's order."""
    names: dict[str, None] = {}
    for measure in plan.measures:
        for name in (*measure.lead, *measure.responsible):
            unit = county.resolve(name)
            if unit is not None:
                units = county.members(unit.name, at.date()) if unit.kind == "group" else (unit,)
                names |= dict.fromkeys(each.name for each in units if each.is_valid_on(at.date()))
    return list(names)


def _rosters(prologue: Mapping[str, Any], people: Mapping[str, tuple[Contact, ...]]) -> Iterator[Scene]:
    """Every unit submits its roster, one after the other; some with mistakes given in the story."""
    changes: Mapping[str, Mapping[str, str]] = prologue.get("changes", {})
    for place, unit in enumerate(unit for unit in people if unit not in prologue.get("without", ())):
        at = prologue["at"] + dt.timedelta(minutes=place * prologue["step_minutes"])
        yield Scene(at, unit, "roster", "roster", person=changes.get(unit, {}))


def _faults(file: TomlFile, plan: Plan, county: County) -> Iterator[ConfigFault]:
    if file.data["plan"] != plan.id:
        what = f"剧本写的方案是“{file.data['plan']}”，现用的是“{plan.id}”"
        yield ConfigFault(file.line_of(("plan",)), what, "请换用同一方案的剧本")
    yield from _measure_faults(file, file.data["measures"], ("measures",), plan)
    for place, scene in enumerate(file.data["scenes"]):
        line = file.line_of(("scenes", place))
        if scene["action"] not in get_args(Action):
            yield ConfigFault(line, f"不认识的动作“{scene['action']}”", f"只能是 {'、'.join(get_args(Action))}")
        if county.resolve(scene["unit"]) is None:
            yield ConfigFault(line, f"单位清单中没有“{scene['unit']}”", "请改正单位名称，或补入 units.csv")
        yield from _measure_faults(file, scene.get("changes", {}), ("scenes", place, "changes"), plan)


def _measure_faults(
    file: TomlFile, measures: Mapping[str, Mapping[str, Any]], place: KeyPath, plan: Plan
) -> Iterator[ConfigFault]:
    metrics = {measure.no: {target.metric for target in measure.targets} for measure in plan.measures}
    for no, values in measures.items():
        if no not in metrics:
            yield ConfigFault(file.line_of((*place, no)), f"方案中没有措施{no}", "请改正措施序号")
        for metric in values.get(FIGURES, {}):
            if metric not in metrics.get(no, ()):
                line = file.line_of((*place, no, FIGURES, metric))
                yield ConfigFault(line, f"措施{no}没有指标“{metric}”", "请照方案中的指标名称填写")
