"""Reads a county's two files: `county.toml`, and `units.csv` as Excel or WPS saves it.

Belongs here: text -> values and the faults within one row or key. Checks across units are in `county_checks`, the types
in `county`.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Mapping
from pathlib import Path

from config.config_errors import ConfigError, ConfigFault
from config.county import County, Unit
from config.county_checks import county_faults, unit_faults
from config.name_matching import normalise
from config.paths import CONFIG
from config.toml_file import TomlFile, read_toml
from config.validation_errors import check_model, checked_id

UNIT_COLUMNS = ("code", "name", "kind", "aliases", "group", "valid_from", "valid_to", "status", "note")
UNIT_STATUSES: Mapping[str, bool] = {"已确认": True, "示例待确认": False}
_KINDS = ("unit", "group")


def load_county(county_id: str, root: Path | None = None) -> County:
    """Read one county and its units. `root` holds `counties/` (default: the config folder).

    Raises ConfigError with every fault of county.toml, or else with every fault of units.csv.
    """
    counties = (root or CONFIG) / "counties"
    folder = counties / checked_id(county_id, "县的编号", counties)
    file = read_toml(folder / "county.toml")
    county, faults = check_model(County, {"id": county_id, "units": (), **file.data}, file.line_of)
    faults += [
        ConfigFault(file.line_of((key,)), f"“{key}”不在本文件里写", "请删去：id 即文件夹名，单位写在 units.csv")
        for key in ("id", "units")
        if key in file.data
    ]
    if county is None or faults:
        raise ConfigError(file.path, faults)
    return _with_units(county, file, folder / "units.csv")


def _with_units(county: County, file: TomlFile, path: Path) -> County:
    units, faults = read_units(path)
    county = county.model_copy(update={"units": units})
    faults += unit_faults(county)
    if faults:
        raise ConfigError(path, sorted(faults, key=lambda fault: fault.line or 0))
    if faults := county_faults(county, file.line_of):
        raise ConfigError(file.path, faults)
    return county


def read_units(path: Path) -> tuple[tuple[Unit, ...], list[ConfigFault]]:
    """The rows of a units.csv that can be used, and every fault of the others.

    Raises ConfigError for a file that cannot be read as a table at all (missing, wrong encoding, wrong header).
    """
    reader = csv.reader(io.StringIO(_decoded(path), newline=""))
    header = [normalise(title).lower() for title in next(reader, [])]
    if missing := [column for column in UNIT_COLUMNS if column not in header]:
        remedy = f"第一行须是：{','.join(UNIT_COLUMNS)}"
        raise ConfigError(path, [ConfigFault(1, f"缺少列 {'、'.join(missing)}", remedy)])
    units, faults = [], []
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        row = dict(zip(header, [cell.strip() for cell in cells] + [""] * len(header), strict=False))
        if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
            faults.append(ConfigFault(reader.line_num, "这一行比表头多出内容", "内容里的逗号请改成顿号或分号"))
        unit, row_faults = _unit(row, reader.line_num)
        units.append(unit)
        faults += row_faults
    return tuple(units), faults


def _decoded(path: Path) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise ConfigError(path, [ConfigFault(None, "文件不存在", "请在县的文件夹里放上单位名册 units.csv")]) from None
    # UTF-8 first, and strictly: UTF-8 bytes often decode as GB18030 without an error, into nonsense.
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ConfigError(path, [ConfigFault(None, "文件编码无法识别", "请用表格软件另存为“CSV UTF-8”")])


def _unit(row: Mapping[str, str], line: int) -> tuple[Unit, list[ConfigFault]]:
    faults: list[ConfigFault] = []
    for column in ("code", "name"):
        if not row[column]:
            faults.append(ConfigFault(line, f"{column} 为空", "请填写；单位名称写规范全称，编码每个单位一个"))
    if row["kind"] not in _KINDS:
        faults.append(ConfigFault(line, f"kind“{row['kind']}”不可用", "单位写 unit，群组写 group"))
    if row["status"] not in UNIT_STATUSES:
        faults.append(ConfigFault(line, f"status“{row['status']}”不可用", f"只能写 {'、'.join(UNIT_STATUSES)}"))
    dates = {column: _date(row[column], column, line, faults) for column in ("valid_from", "valid_to")}
    unit = Unit(
        code=row["code"],
        name=row["name"],
        kind="group" if row["kind"] == "group" else "unit",
        aliases=tuple(alias.strip() for alias in row["aliases"].replace("；", ";").split(";") if alias.strip()),
        group=row["group"] or None,
        valid_from=dates["valid_from"],
        valid_to=dates["valid_to"],
        confirmed=UNIT_STATUSES.get(row["status"], False),
        line=line,
        note=row["note"],
    )
    return unit, faults


def _date(text: str, column: str, line: int, faults: list[ConfigFault]) -> dt.date | None:
    # Excel and WPS rewrite 2023-01-05 as 2023/1/5 when they save a CSV.
    parts = text.replace("/", "-").split("-")
    try:
        return dt.date(*(int(part) for part in parts)) if text else None
    except (TypeError, ValueError):
        faults.append(ConfigFault(line, f"{column}“{text}”不是日期", "请写成 2023-10-20，没有就留空"))
        return None
