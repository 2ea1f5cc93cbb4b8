"""Checks across the units of a county: no name means two units, every group exists and has members.

Belongs here: the cross checks of `units.csv` and `county.toml`. The types are in `county`, the reader in `county_file`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from config.config_errors import ConfigFault
from config.name_matching import normalise, written_forms
from config.toml_file import LineOf
from config.validation_errors import closest_name

if TYPE_CHECKING:
    from config.county import County, Unit


def unit_faults(county: County) -> list[ConfigFault]:
    """Every fault of units.csv that only a comparison of its rows shows."""
    return [
        *_code_faults(county.units),
        *_name_faults(county),
        *_group_faults(county.units),
        *_validity_faults(county.units),
    ]


def county_faults(county: County, line_of: LineOf) -> list[ConfigFault]:
    """Every fault of county.toml that only a comparison with the units shows."""
    faults = []
    convener = county.resolve(county.convener)
    if convener is None or convener.kind == "group":
        near = closest_name(county.convener, [unit.name for unit in county.units if unit.kind == "unit"])
        what = f"召集单位“{county.convener}”不在单位名册里{near}"
        faults.append(ConfigFault(line_of(("convener",)), what, "请改正名称，或在 units.csv 里补上"))
    for index, names in enumerate(county.keep_apart):
        owners: dict[str, str] = {}
        for name in names:
            unit = county.resolve(name)
            other = owners.setdefault(unit.name, name) if unit else name
            if other != name and unit:
                what = f"“{other}”和“{name}”都归到了“{unit.name}”（units.csv 第{unit.line}行）"
                faults.append(
                    ConfigFault(line_of(("keep_apart", index)), what, "两者不是同一单位，请在 units.csv 里分成两行")
                )
    return faults


def _code_faults(units: tuple[Unit, ...]) -> Iterator[ConfigFault]:
    seen: dict[str, Unit] = {}
    for unit in units:
        first = seen.setdefault(unit.code, unit)
        if first is not unit and unit.code:
            yield ConfigFault(
                unit.line, f"编码 {unit.code} 与第{first.line}行“{first.name}”重复", "每个单位用一个不同的编码"
            )


def _name_faults(county: County) -> Iterator[ConfigFault]:
    seen: dict[str, Unit] = {}
    for unit in county.units:
        clashes: dict[int, tuple[str, Unit]] = {}
        for name in (unit.name, *unit.aliases) if unit.name else unit.aliases:
            for form in written_forms(name, county.level, county.prefixes):
                first = seen.setdefault(normalise(form), unit)
                if first is not unit:
                    clashes.setdefault(first.line, (name, first))
        for name, first in clashes.values():
            what = f"“{name}”同时指“{first.name}”（第{first.line}行）和“{unit.name}”"
            yield ConfigFault(unit.line, what, "一个名称或别名只能归一个单位，请删去其中一处")


def _group_faults(units: tuple[Unit, ...]) -> Iterator[ConfigFault]:
    groups = {unit.name: unit for unit in units if unit.kind == "group"}
    for unit in units:
        if unit.group is None:
            continue
        if unit.kind == "group":
            yield ConfigFault(
                unit.line, f"群组“{unit.name}”又属于群组“{unit.group}”", "群组不能套群组，请把 group 留空"
            )
        elif unit.group not in groups:
            what = f"群组“{unit.group}”不存在{closest_name(unit.group, groups)}"
            yield ConfigFault(unit.line, what, "请改正名称，或为它补一行 kind 为 group 的记录")
    for name, group in groups.items():
        if not any(unit.group == name for unit in units):
            yield ConfigFault(group.line, f"群组“{name}”没有成员", f"请在成员单位的 group 列写上“{name}”")


def _validity_faults(units: tuple[Unit, ...]) -> Iterator[ConfigFault]:
    for unit in units:
        if unit.valid_from and unit.valid_to and unit.valid_to < unit.valid_from:
            what = f"“{unit.name}”的 valid_to（{unit.valid_to}）早于 valid_from（{unit.valid_from}）"
            yield ConfigFault(unit.line, what, "请核对启用和停用日期")
