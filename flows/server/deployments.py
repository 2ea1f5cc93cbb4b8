"""The deployments of every plan in hand: prefect.yaml as it is for one, and the scheduled ones again for each other.

Belongs here: that one rule. One deployment a plan, so that no plan's failure, pause or running pass ever touches
another's, and a brief can wait for its own coordinator. When and how each runs is written in prefect.yaml alone.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from config.paths import PROJECT
from config.settings_file import load_settings
from tasks.storage.atomic_write import write_atomically

# The tag of a deployment that serves all plans at once.
_WHOLE = "全系统"


def read_prefect_yaml() -> dict[str, Any]:
    """prefect.yaml as it stands."""
    import yaml

    return cast(dict[str, Any], yaml.safe_load((PROJECT / "prefect.yaml").read_text(encoding="utf-8")))


def deploy_options(data: Path) -> list[str]:
    """What `prefect deploy --all` must be told beyond that: nothing for one plan, else the file written for all."""
    settings = load_settings()
    if len(settings.plans) < 2:
        return []
    path = data / "prefect" / "deployments.yaml"
    # JSON is YAML.
    content = json.dumps(
        deployments_of_plans(read_prefect_yaml(), settings.plans_in_hand), ensure_ascii=False, indent=1
    )
    write_atomically(path, content.encode())
    return ["--prefect-file", str(path)]


def deployments_of_plans(written: dict[str, Any], plans: Sequence[str]) -> dict[str, Any]:
    """prefect.yaml with every scheduled deployment once a plan; those of the first plan keep their names.

    A deployment without a schedule is started by hand and asks for the plan in its form: it stays one. So does one
    that serves the whole installation, as its tag says.
    """
    deployments = []
    for deployment in written["deployments"]:
        if not deployment.get("schedules") or _WHOLE in deployment.get("tags", ()):
            deployments.append(deployment)
        else:
            deployments += [_of_plan(deployment, plan, plans[0]) for plan in plans]
    return {**{key: value for key, value in written.items() if key != "definitions"}, "deployments": deployments}


def is_stale_deployment(name: str, tags: Sequence[str], written: dict[str, Any], plans: Sequence[str]) -> bool:
    """Whether a deployment was made by `of_plans` for a plan that is no longer in hand: `收集报送 plan`, with its tag."""
    ours = {deployment["name"] for deployment in written["deployments"]}
    title, _, plan = name.partition(" ")
    return title in ours and plan in tags and plan not in plans[1:]


def _of_plan(deployment: dict[str, Any], plan: str, own: str) -> dict[str, Any]:
    made = copy.deepcopy(deployment)
    made["parameters"] = {**made.get("parameters", {}), "plan": plan}
    made["tags"] = [*made.get("tags", []), plan]
    if plan != own:
        made["name"] = f"{made['name']} {plan}"
        made["description"] = f"{made.get('description', '')}（方案 {plan}）"
    return made
