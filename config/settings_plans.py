"""Several plans in one installation: which are in force, and what `[for."<plan>"]` sets otherwise for one of them.

Belongs here: laying one plan's own settings over the common ones, and that no two plans share a folder or a key.
Does not belong here: what a setting means (`settings`), or any plan's register (`plan`).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from config.config_errors import ConfigFault
from config.tomlfile import Place, TomlFile

OWN = "for"
# Where everything is kept, and the clock, are the installation's; the rest may differ from plan to plan.
_MAY_DIFFER = frozenset({"share", "duties", "ladder", "lights", "mail", "limits", "brief"})


def chosen_plan(data: Mapping[str, Any], given: Mapping[Place, Any], plan: str | None) -> Any:
    """The plan in hand: the one asked for, else the environment's, else the file's."""
    return plan or given.get(("plan",)) or data.get("plan")


def settings_of_plan(file: TomlFile, plan: Any) -> dict[str, Any]:
    """The file's values as they hold for one plan: tables are laid over table by table, everything else replaced."""
    values = {key: dict(value) if isinstance(value, dict) else value for key, value in file.data.items() if key != OWN}
    for key, value in _own(file, plan).items():
        if key == "share":
            # A folder within the common one: `share_of`.
            continue
        both_tables = isinstance(value, dict) and isinstance(values.get(key), dict)
        values[key] = {**values[key], **value} if both_tables else value
    return values


def place_in_file(file: TomlFile, plan: Any, place: Place) -> Place:
    """Where in the file the setting at `place` stands for this plan."""
    value: Any = _own(file, plan)
    for part in place[:2]:
        if isinstance(part, int):
            break
        if not isinstance(value, dict) or part not in value:
            return place
        value = value[part]
    return (OWN, plan, *place) if place else place


def listed_plans(data: Mapping[str, Any]) -> tuple[str, ...]:
    """The plans in the file's list, in order, each once; what is no list of names is left for the model to refuse."""
    plans = data.get("plans")
    return tuple(dict.fromkeys(each for each in plans if isinstance(each, str))) if isinstance(plans, list) else ()


def own_faults(file: TomlFile, plan: Any) -> list[ConfigFault]:
    """What one plan's own settings may not hold."""
    allowed = "、".join(sorted(_MAY_DIFFER))
    return [
        ConfigFault(file.line_of((OWN, plan, key)), f"“{key}”不能按方案分别设置", f"这里只能写 {allowed}")
        for key in _own(file, plan)
        if key not in _MAY_DIFFER
    ]


def share_of(file: TomlFile, plans: Sequence[str], plan: Any, common: Path) -> Path:
    """The share of one plan: the common one where only one plan is in hand, else a folder of its own in it."""
    own = _own(file, plan).get("share")
    if own is None:
        return common / str(plan) if plans else common
    return common / Path(str(own)).expanduser()


def shared_faults(
    file: TomlFile, plans: Sequence[str], common: Path, line_of: Callable[[Place], int | None]
) -> Iterator[ConfigFault]:
    """Plans that would see one another's files, or write over one another's pages."""
    shares = {plan: share_of(file, plans, plan, common) for plan in plans}
    for one, other in itertools.combinations(plans, 2):
        inner, outer = sorted((shares[one], shares[other]), key=lambda path: len(path.parts), reverse=True)
        if inner.is_relative_to(outer):
            what = f"方案“{one}”和“{other}”的共享文件夹重叠：{inner}"
            yield ConfigFault(line_of((OWN, other, "share")), what, f'请在 [{OWN}."{other}"] 里给它另写一个 share')
        if _key(one) == _key(other):
            yield ConfigFault(
                line_of(("plans",)), f"方案编号“{one}”和“{other}”太相近", "请改一个，不要只差大小写或符号"
            )


def _own(file: TomlFile, plan: Any) -> Mapping[str, Any]:
    tables = file.data.get(OWN)
    own = tables.get(plan) if isinstance(tables, dict) else None
    return own if isinstance(own, dict) else {}


def _key(plan: str) -> str:
    """As the pages in the Prefect UI are called: lowercase letters, digits, dashes."""
    return re.sub(r"[^a-z0-9]+", "-", plan.lower()).strip("-")


def share_named(written: object) -> dict[str, object]:
    """A share by URL, as it is set; one of `file://` is the folder it names, one of another kind leaves `share` home."""
    if not isinstance(written, str) or "://" not in written:
        return {}
    if written.startswith("file://"):
        return {"share": unquote(urlsplit(written).path)}
    return {"share": "share", "share_url": written.rstrip("/")}
