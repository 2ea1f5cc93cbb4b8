"""The drop-downs of the forms in the UI: plans, periods, units and counties of the configuration.

Belongs here: turning the configuration into choices and putting them into a form's schema; every `lianxi up` updates
them. Flows still validate their parameters, because a run can also be started without a form.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from config.calendar import Period
from config.county_file import load_county
from config.plan import Plan
from config.plan_file import load_plan
from config.settings import Settings
from flows.ui.forms import APPROVALS
from tasks.issue.duties_due import rules_due

Choices = Mapping[str, Sequence[str]]


def choices(settings: Settings) -> Choices:
    """Parameter -> the values of its drop-down, in the order of the configuration."""
    plans = [load_plan(path.stem, settings.config) for path in sorted((settings.config / "plans").glob("*.toml"))]
    # The current plan first: a form is nearly always about it.
    plans.sort(key=lambda plan: plan.id != settings.plan)
    counties = sorted({plan.county for plan in plans})
    units = [unit.name for each in counties for unit in load_county(each, settings.config).units if unit.kind == "unit"]
    periods = dict.fromkeys(period for plan in plans for period in periods_with_duties(plan, settings))
    years = dict.fromkeys(period[:4] for period in periods)
    return {
        "plan": [plan.id for plan in plans],
        "period": list(periods),
        "year": list(years),
        "unit": list(dict.fromkeys(units)),
        "approval": list(APPROVALS),
        "county": sorted(folder.parent.name for folder in (settings.config / "counties").glob("*/county.toml")),
    }


def periods_with_duties(plan: Plan, settings: Settings) -> Iterator[str]:
    """All months, quarters and years for which the plan has duties."""
    dated = [rule.due.year for rule in plan.duties if rule.due is not None]
    first = plan.document.issued_on.year if plan.document.issued_on else min(dated, default=0)
    for year in range(first, max(dated, default=first) + 1):
        names = [f"{year}-{month:02}" for month in range(1, 13)]
        names += [f"{year}-Q{quarter}" for quarter in range(1, 5)] + [str(year)]
        yield from (name for name in names if any(rules_due(plan, Period.parse(name), settings.duties)))


def with_choices(schema: Mapping[str, Any], choices: Choices, leave: Sequence[str] = ()) -> dict[str, Any]:
    """A form's schema in which each parameter of `choices`, except those in `leave`, is a drop-down.

    Optional parameters stay optional, without "null" as a value: the form does not send an empty field.
    """
    result = copy.deepcopy(dict(schema))
    for name, field in result.get("properties", {}).items():
        if field.get("default", "") is None:
            del field["default"]
        kept = {key: field[key] for key in ("title", "description", "position", "default") if key in field}
        if choices.get(name) and name not in leave:
            result["properties"][name] = {**kept, "type": "string", "enum": list(choices[name])}
        elif plain := _without_null(field):
            result["properties"][name] = {**kept, **plain}
    return result


def _without_null(field: Mapping[str, Any]) -> dict[str, Any] | None:
    """The other type of a field that is either null or of one type; None for any other field."""
    types = [each for each in field.get("anyOf", ()) if each != {"type": "null"}]
    return dict(types[0]) if len(types) == 1 and len(types) < len(field["anyOf"]) else None
