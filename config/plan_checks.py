"""Checks within a plan and against its county: numbers are unique, units are known, targets have a unit of measure.

Belongs here: the cross checks of a plan; they also serve for a draft. The types are in `plan`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from config.calendar import Period
from config.config_errors import ConfigFault
from config.toml_file import KeyPath, LineOf
from config.validation_errors import closest_name

if TYPE_CHECKING:
    from config.county import County
    from config.plan import DutyRule, Measure, Plan, Target


WHO_WORDS = ("measure_units", "reporting_units")


def plan_faults(plan: Plan, county: County | None, line_of: LineOf = lambda key_path: None) -> list[ConfigFault]:
    """Every fault of a plan; empty when it can come into force. `county` None: unit names are not checked."""
    faults = [
        *_duplicate_faults("小节", [section.no for section in plan.sections], "sections", line_of),
        *_duplicate_faults("措施序号", [measure.no for measure in plan.measures], "measures", line_of),
        *_duplicate_faults("报送任务", [duty.id for duty in plan.duties], "duties", line_of),
    ]
    if not plan.measures:
        faults.append(ConfigFault(None, "没有一项措施", "请至少写一段 [[measure]]"))
    sections = {section.no for section in plan.sections}
    for index, measure in enumerate(plan.measures):
        faults += _measure_faults(measure, sections, ("measures", index), line_of)
    numbers = {measure.no for measure in plan.measures}
    for index, duty in enumerate(plan.duties):
        faults += _duty_faults(duty, numbers, ("duties", index), line_of)
    if county is not None:
        faults += _unit_faults(plan, county, line_of)
    return faults


def _duplicate_faults(what: str, numbers: Sequence[str], table: str, line_of: LineOf) -> Iterator[ConfigFault]:
    first: dict[str, int] = {}
    for index, number in enumerate(numbers):
        before = first.setdefault(number, index)
        if before != index:
            where = line_of((table, before))
            there = f"第{where}行" if where else f"第{before + 1}段"
            yield ConfigFault(
                line_of((table, index)), f"{what}“{number}”重复（已见于{there}）", "请改成不同的编号，或删去一处"
            )


def _measure_faults(measure: Measure, sections: set[str], key_path: KeyPath, line_of: LineOf) -> Iterator[ConfigFault]:
    called = f"措施 {measure.no}"
    if measure.section not in sections:
        yield ConfigFault(
            line_of((*key_path, "section")), f"{called} 的小节“{measure.section}”不存在", "请改成某段 [[section]] 的 no"
        )
    if not measure.text.strip():
        yield ConfigFault(line_of((*key_path, "text")), f"{called} 没有措施内容", "请填写 text")
    if measure.reporting_unit is None:
        yield ConfigFault(line_of(key_path), f"{called} 没有任何单位", "请填写 lead 或 responsible")
    named = [*measure.lead, *measure.responsible]
    for unit in sorted({unit for unit in named if named.count(unit) > 1}):
        yield ConfigFault(
            line_of((*key_path, "responsible")),
            f"{called} 里“{unit}”写了不止一次",
            "每个单位只写一次，牵头的不再列入责任",
        )
    for index, target in enumerate(measure.targets):
        yield from _target_faults(target, called, line_of((*key_path, "targets", index)))


def _target_faults(target: Target, called: str, line: int | None) -> Iterator[ConfigFault]:
    figure = f"{called} 的指标“{target.metric}”"
    if not target.metric.strip():
        yield ConfigFault(line, f"{called} 有一个指标没有名称", "请填写 metric")
    if not target.unit.strip():
        yield ConfigFault(line, f"{figure}没有计量单位", '请填写 unit，如 "%"、"套"、"万元"')
    if target.operator == "range":
        if target.value_max is None or target.value_max < target.value:
            yield ConfigFault(line, f"{figure}是区间，却没有可用的上限", "请填写不小于 value 的 value_max")
    elif target.value_max is not None:
        yield ConfigFault(
            line, f"{figure}写了 value_max，关系却不是区间", '请把 operator 改成 "range"，或删去 value_max'
        )


def _duty_faults(duty: DutyRule, numbers: set[str], key_path: KeyPath, line_of: LineOf) -> Iterator[ConfigFault]:
    line = line_of(key_path)
    if duty.every_month == (duty.due is not None):
        what = "既写了日期又写了每月" if duty.every_month else "没有日期"
        yield ConfigFault(line, f"报送任务“{duty.id}”{what}", "一次性的写 due，每月的写 every_month = true，只写一种")
    if not duty.who:
        yield ConfigFault(line, f"报送任务“{duty.id}”没有写由谁报", f"请填写 who：{'、'.join(WHO_WORDS)} 或单位名称")
    if duty.measure is not None and duty.measure not in numbers:
        what = f"报送任务“{duty.id}”所属的措施“{duty.measure}”不存在"
        yield ConfigFault(line_of((*key_path, "measure")), what, "请改成某段 [[measure]] 的 no")
    if duty.period is not None:
        try:
            Period.parse(duty.period)
        except ValueError as error:
            yield ConfigFault(line_of((*key_path, "period")), f"报送任务“{duty.id}”的期间不可用", f"{error}")


def _unit_faults(plan: Plan, county: County, line_of: LineOf) -> Iterator[ConfigFault]:
    for key_path, name in _named_units(plan):
        unit = county.resolve(name)
        if unit is None:
            near = closest_name(name, [known.name for known in county.units])
            yield ConfigFault(
                line_of(key_path), f"单位“{name}”不在单位名册里{near}", "请改正名称，或先在 units.csv 里补上"
            )
        elif unit.name != name:
            yield ConfigFault(line_of(key_path), f"单位“{name}”不是规范名称", f"请写成“{unit.name}”")


def _named_units(plan: Plan) -> Iterator[tuple[KeyPath, str]]:
    for index, name in enumerate(plan.members):
        yield ("members", index), name
    for number, measure in enumerate(plan.measures):
        for role in ("lead", "responsible"):
            for index, name in enumerate(getattr(measure, role)):
                yield ("measures", number, role, index), name
    for number, duty in enumerate(plan.duties):
        for index, name in enumerate(duty.who):
            if name not in WHO_WORDS:
                yield ("duties", number, "who", index), name
