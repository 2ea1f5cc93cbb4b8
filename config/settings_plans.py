"""Several plans in one installation: which are active, and the overrides of one plan in `[for."<plan>"]`.

Belongs here: merging a plan's overrides into the common settings, and the check that no two plans share a folder or a page
name. Does not belong here: the meaning of a setting (`settings`), or a plan's content (`plan`).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from config.config_errors import ConfigFault
from config.toml_file import KeyPath, LineOf, TomlFile

_OVERRIDES = "for"
# The data folder, the database and the time zone belong to the installation and cannot differ between plans.
_MAY_DIFFER = frozenset({"share", "duties", "ladder", "lights", "mail", "limits", "brief"})


def chosen_plan(data: Mapping[str, Any], env_values: Mapping[KeyPath, Any], plan: str | None) -> Any:
    """The plan to load settings for: `plan`, else the environment's, else the file's."""
    return plan or env_values.get(("plan",)) or data.get("plan")


def settings_of_plan(file: TomlFile, plan: Any) -> dict[str, Any]:
    """The file's values for one plan: tables are merged key by key with its overrides, other values are replaced."""
    values = {
        key: dict(value) if isinstance(value, dict) else value for key, value in file.data.items() if key != _OVERRIDES
    }
    for key, value in _overrides(file, plan).items():
        if key == "share":
            # A folder within the common share: see `share_of_plan`.
            continue
        both_tables = isinstance(value, dict) and isinstance(values.get(key), dict)
        values[key] = {**values[key], **value} if both_tables else value
    return values


def key_path_in_file(file: TomlFile, plan: Any, key_path: KeyPath) -> KeyPath:
    """The key path of a setting in the file: within the plan's overrides, or in the common settings."""
    value: Any = _overrides(file, plan)
    for part in key_path[:2]:
        if isinstance(part, int):
            break
        if not isinstance(value, dict) or part not in value:
            return key_path
        value = value[part]
    return (_OVERRIDES, plan, *key_path) if key_path else key_path


def listed_plans(data: Mapping[str, Any]) -> tuple[str, ...]:
    """The listed plans, in order, without duplicates; empty if the value is no list, which the model then reports."""
    plans = data.get("plans")
    return tuple(dict.fromkeys(each for each in plans if isinstance(each, str))) if isinstance(plans, list) else ()


def override_faults(file: TomlFile, plan: Any) -> list[ConfigFault]:
    """A fault for each setting that a plan cannot override."""
    allowed = "、".join(sorted(_MAY_DIFFER))
    return [
        ConfigFault(file.line_of((_OVERRIDES, plan, key)), f"“{key}”不能按方案分别设置", f"这里只能写 {allowed}")
        for key in _overrides(file, plan)
        if key not in _MAY_DIFFER
    ]


def share_of_plan(file: TomlFile, plans: Sequence[str], plan: Any, common: Path) -> Path:
    """The share of one plan: the folder it sets, else <common>/<plan> if plans are listed, else the common share."""
    folder = _overrides(file, plan).get("share")
    if folder is None:
        return common / str(plan) if plans else common
    return common / Path(str(folder)).expanduser()


def plan_clashes(file: TomlFile, plans: Sequence[str], common: Path, line_of: LineOf) -> Iterator[ConfigFault]:
    """A fault for each two plans that would see one another's files, or overwrite one another's pages."""
    shares = {plan: share_of_plan(file, plans, plan, common) for plan in plans}
    for one, other in itertools.combinations(plans, 2):
        inner, outer = sorted((shares[one], shares[other]), key=lambda path: len(path.parts), reverse=True)
        if inner.is_relative_to(outer):
            what = f"方案“{one}”和“{other}”的共享文件夹重叠：{inner}"
            yield ConfigFault(
                line_of((_OVERRIDES, other, "share")), what, f'请在 [{_OVERRIDES}."{other}"] 里给它另写一个 share'
            )
        if _page_key(one) == _page_key(other):
            yield ConfigFault(
                line_of(("plans",)), f"方案编号“{one}”和“{other}”太相近", "请改一个，不要只差大小写或符号"
            )


def _overrides(file: TomlFile, plan: Any) -> Mapping[str, Any]:
    tables = file.data.get(_OVERRIDES)
    table = tables.get(plan) if isinstance(tables, dict) else None
    return table if isinstance(table, dict) else {}


def _page_key(plan: str) -> str:
    """The plan's name in the keys of its Prefect artifacts: lowercase letters, digits, dashes."""
    return re.sub(r"[^a-z0-9]+", "-", plan.lower()).strip("-")


def share_values(share: object) -> dict[str, object]:
    """The settings that a share given as a URL stands for; empty if it is a path.

    `file://` is the folder it names; any other URL becomes `share_url`, and `share` a folder in `data`.
    """
    if not isinstance(share, str) or "://" not in share:
        return {}
    if share.startswith("file://"):
        return {"share": unquote(urlsplit(share).path)}
    return {"share": "share", "share_url": share.rstrip("/")}
