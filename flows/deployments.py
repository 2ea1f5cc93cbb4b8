"""The deployments of every plan in hand: prefect.yaml as it is for one, and the scheduled ones again for each other.

Belongs here: that one rule. One deployment a plan, so that no plan's failure, pause or running pass ever touches
another's, and a brief can wait for its own coordinator. When and how each runs is written in prefect.yaml alone.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from config.settings import load_settings
from tasks.files import write_atomically

_PROJECT = Path(__file__).resolve().parent.parent


def options(data: Path) -> list[str]:
    """What `prefect deploy --all` must be told beyond that: nothing for one plan, else the file written for all."""
    settings = load_settings()
    if len(settings.plans) < 2:
        return []
    import yaml

    written = yaml.safe_load((_PROJECT / "prefect.yaml").read_text(encoding="utf-8"))
    path = data / "prefect" / "deployments.yaml"
    # JSON is YAML.
    content = json.dumps(of_plans(written, settings.plan, settings.plans), ensure_ascii=False, indent=1)
    write_atomically(path, content.encode())
    return ["--prefect-file", str(path)]


def of_plans(written: dict[str, Any], own: str, plans: Sequence[str]) -> dict[str, Any]:
    """prefect.yaml with every scheduled deployment once a plan; those of the plan `own` keep their names.

    A deployment without a schedule is started by hand and asks for the plan in its form: it stays one.
    """
    deployments = []
    for deployment in written["deployments"]:
        if not deployment.get("schedules") or "plan" in deployment.get("parameters", {}):
            deployments.append(deployment)
        else:
            deployments += [_of_plan(deployment, plan, own) for plan in dict.fromkeys((own, *plans))]
    return {**{key: value for key, value in written.items() if key != "definitions"}, "deployments": deployments}


def _of_plan(deployment: dict[str, Any], plan: str, own: str) -> dict[str, Any]:
    made = copy.deepcopy(deployment)
    made["parameters"] = {**made.get("parameters", {}), "plan": plan}
    made["tags"] = [*made.get("tags", []), plan]
    if plan != own:
        made["name"] = f"{made['name']} {plan}"
        made["description"] = f"{made.get('description', '')}（方案 {plan}）"
    return made
