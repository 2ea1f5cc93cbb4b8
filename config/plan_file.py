"""Reads a plan's TOML file into `Plan`, with every fault, its line and remedy.

Belongs here: file -> values. The checks within a plan and against its county are in `plan_checks`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from config.config_errors import ConfigError, ConfigFault
from config.county import County
from config.county_file import load_county
from config.paths import CONFIG
from config.plan import Plan
from config.plan_checks import plan_faults
from config.toml_file import KeyPath, TomlFile, read_toml
from config.validation_errors import check_model, checked_id, field_title

# The first line of a drafted plan. Confirming the plan writes the file without this line.
DRAFT_MARK = "# 草稿：由 lianxi new 生成，尚未人工核对。核对后运行 lianxi register … --confirm，本行即去掉。\n"

# The file has one [[measure]] block per measure; the model has one list `measures`.
_FILE_KEYS: Mapping[str, str] = {"sections": "section", "measures": "measure", "duties": "duty"}


def load_plan(plan_id: str, root: Path | None = None) -> Plan:
    """Read `<root>/plans/<plan_id>.toml` (default root: the config folder) and check it against its county.

    Raises ConfigError with every fault of the file, each with its line and remedy.
    """
    home = root or CONFIG
    return read_plan(home / "plans" / f"{checked_id(plan_id, '方案编号', home / 'plans')}.toml", home)


def read_plan(path: Path, home: Path) -> Plan:
    """The plan at `path`, checked against its county below `home`. Raises ConfigError with every fault."""
    file = read_toml(path)
    plan, faults = check_model(
        Plan, _model_values(file.data), lambda key_path: file.line_of(_file_key_path(key_path)), _title
    )
    faults += _stray_faults(file)
    if plan is not None:
        if plan.id != path.stem:
            remedy = f'请改成 id = "{path.stem}"，或改文件名'
            faults.append(ConfigFault(file.line_of(("id",)), f"id“{plan.id}”与文件名“{path.stem}”不一致", remedy))
        county = _county(plan, file, home, faults)
        faults += plan_faults(plan, county, lambda key_path: file.line_of(_file_key_path(key_path)))
    if plan is None or faults:
        raise ConfigError(path, sorted(faults, key=lambda fault: fault.line or 0))
    return plan


def is_draft(path: Path) -> bool:
    """Whether the plan file is a draft that nobody has confirmed."""
    return path.read_bytes().startswith(DRAFT_MARK.encode("utf-8"))


def _county(plan: Plan, file: TomlFile, home: Path, faults: list[ConfigFault]) -> County | None:
    if not (home / "counties" / plan.county / "county.toml").is_file():
        remedy = "请改正 county，或先建好 counties 下的文件夹"
        faults.append(ConfigFault(file.line_of(("county",)), f"没有“{plan.county}”这个县的资料", remedy))
        return None
    return load_county(plan.county, home)


def _model_values(data: Mapping[str, Any]) -> dict[str, Any]:
    names = {short: long for long, short in _FILE_KEYS.items()}
    values: dict[str, Any] = {"sections": [], "measures": []}
    values.update({names.get(key, key): value for key, value in data.items() if key not in _FILE_KEYS})
    return values


def _stray_faults(file: TomlFile) -> list[ConfigFault]:
    return [
        ConfigFault(file.line_of((long,)), f"不认识的项“{long}”", f"请写成一段一段的 [[{short}]]")
        for long, short in _FILE_KEYS.items()
        if long in file.data
    ]


def _file_key_path(key_path: KeyPath) -> KeyPath:
    return tuple(_FILE_KEYS.get(part, part) if isinstance(part, str) else part for part in key_path)


def _title(key_path: KeyPath) -> str:
    return field_title(_file_key_path(key_path))
