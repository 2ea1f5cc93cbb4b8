"""The deployments of all active plans: prefect.yaml as it is for one plan, its scheduled ones repeated for each other.

Each plan has its own deployments, so that a failure, a pause or a running pass of one plan never affects another, and a
brief can wait for its own coordinator. Does not belong here: schedules and options, which only prefect.yaml sets.
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

POOL = "lianxi"
# Tag of a deployment that serves all plans at once.
_ALL_PLANS = "全系统"


def read_prefect_yaml() -> dict[str, Any]:
    """The content of prefect.yaml."""
    import yaml

    return cast(dict[str, Any], yaml.safe_load((PROJECT / "prefect.yaml").read_text(encoding="utf-8")))


def deploy_options(data: Path) -> list[str]:
    """Further options of `prefect deploy --all`: none for one plan; for several, a file written here for all of them."""
    settings = load_settings()
    if len(settings.plans) < 2:
        return []
    path = data / "prefect" / "deployments.yaml"
    # JSON is YAML.
    content = json.dumps(deployments_of_plans(read_prefect_yaml(), settings.active_plans), ensure_ascii=False, indent=1)
    write_atomically(path, content.encode())
    return ["--prefect-file", str(path)]


def deployments_of_plans(written: dict[str, Any], plans: Sequence[str]) -> dict[str, Any]:
    """prefect.yaml with each scheduled deployment once per plan; those of the first plan keep their names.

    Two kinds are not repeated: deployments without a schedule, whose form asks for the plan, and those tagged as
    serving all plans.
    """
    deployments = []
    for deployment in written["deployments"]:
        if not deployment.get("schedules") or _ALL_PLANS in deployment.get("tags", ()):
            deployments.append(deployment)
        else:
            deployments += [_for_plan(deployment, plan, plans[0]) for plan in plans]
    return {**{key: value for key, value in written.items() if key != "definitions"}, "deployments": deployments}


def is_stale_deployment(name: str, tags: Sequence[str], written: dict[str, Any], plans: Sequence[str]) -> bool:
    """Whether `deployments_of_plans` made this deployment (`收集报送 plan`, tagged) for a plan no longer active."""
    known = {deployment["name"] for deployment in written["deployments"]}
    title, _, plan = name.partition(" ")
    return title in known and plan in tags and plan not in plans[1:]


def _for_plan(deployment: dict[str, Any], plan: str, first_plan: str) -> dict[str, Any]:
    copied = copy.deepcopy(deployment)
    copied["parameters"] = {**copied.get("parameters", {}), "plan": plan}
    copied["tags"] = [*copied.get("tags", []), plan]
    if plan != first_plan:
        copied["name"] = f"{copied['name']} {plan}"
        copied["description"] = f"{copied.get('description', '')}（方案 {plan}）"
    return copied
