"""The drop-downs of the forms in the UI: plans, periods, units and counties as the configuration has them.

Belongs here: turning the configuration into choices, and putting them into a form's schema. They are renewed by every
`lianxi up`. The flows check what they are given all the same: a form is only one of the ways in.
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
    """The values of each parameter that is chosen rather than typed, in the order of the configuration."""
    plans = [load_plan(path.stem, settings.config) for path in sorted((settings.config / "plans").glob("*.toml"))]
    # The plan in hand first: it is what a form is nearly always about.
    plans.sort(key=lambda plan: plan.id != settings.plan)
    counties = sorted({plan.county for plan in plans})
    units = [unit.name for each in counties for unit in load_county(each, settings.config).units if unit.kind == "unit"]
    periods = dict.fromkeys(period for plan in plans for period in periods_asked(plan, settings))
    years = dict.fromkeys(period[:4] for period in periods)
    return {
        "plan": [plan.id for plan in plans],
        "period": list(periods),
        "year": list(years),
        "unit": list(dict.fromkeys(units)),
        "approval": list(APPROVALS),
        "county": sorted(folder.parent.name for folder in (settings.config / "counties").glob("*/county.toml")),
    }


def periods_asked(plan: Plan, settings: Settings) -> Iterator[str]:
    """Every month, quarter and year in which the plan asks anybody for anything."""
    dated = [rule.due.year for rule in plan.duties if rule.due is not None]
    first = plan.document.issued_on.year if plan.document.issued_on else min(dated, default=0)
    for year in range(first, max(dated, default=first) + 1):
        names = [f"{year}-{month:02}" for month in range(1, 13)]
        names += [f"{year}-Q{quarter}" for quarter in range(1, 5)] + [str(year)]
        yield from (name for name in names if any(rules_due(plan, Period.parse(name), settings.duties)))


def with_choices(schema: Mapping[str, Any], offered: Choices, leave: Sequence[str] = ()) -> dict[str, Any]:
    """A form's schema in which each parameter of `offered`, but those in `leave`, is chosen from a list.

    A parameter that may be left out stays so; one that the flow works out by itself when empty is simply not sent.
    """
    found = copy.deepcopy(dict(schema))
    for name, field in found.get("properties", {}).items():
        field.pop("default", None) if field.get("default", "") is None else None
        kept = {key: field[key] for key in ("title", "description", "position", "default") if key in field}
        if name in offered and offered[name] and name not in leave:
            found["properties"][name] = {**kept, "type": "string", "enum": list(offered[name])}
        elif plain := _without_null(field):
            found["properties"][name] = {**kept, **plain}
    return found


def _without_null(field: Mapping[str, Any]) -> dict[str, Any] | None:
    """The one type of a field that may also be null; None where it is no such field."""
    types = [each for each in field.get("anyOf", ()) if each != {"type": "null"}]
    return dict(types[0]) if len(types) == 1 and len(types) < len(field["anyOf"]) else None
