"""Writes a plan as the text of its TOML file, laid out so that an office can read, check and edit it.

Belongs here: layout and quoting. The meaning of the keys is in `plan`, the reader is `plan_file`.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pydantic import BaseModel

from config.kinds import KIND_TITLES
from config.plan import Plan

_WIDTH = 110

_HEADER = """\
# 责任清单：{title}
# 由 {no} 整理，经人工确认后生效。每项措施一段 [[measure]]，改完保存即可；系统读取时会逐项核对，
# 有错会一次说明全部错误所在的行和改法。
# The register of measures. One [[measure]] block per measure; every fault is reported with its line.
#
# 怎样填写 / How to read it:
#   no           措施序号，与文件一致            section      所属小节（[[section]] 的 no）
#   lead         牵头单位；文件没有写的不填       responsible  责任单位（牵头单位以外的）
#   targets      量化指标：metric 指标名，operator 关系，value 数值，unit 计量单位，due 完成日期（不填即当年年底），words 文件原话
#     operator   ">=" 不少于  "<=" 不超过  "=" 等于  "->" 提高（压缩）到  "range" 从 value 到 value_max
#     soft       true 表示文件措辞有弹性（如“基本实现”），只提示，不计入完成率
#   expires      政策到期日，简报会提前提示        deadlines    文件中的时限原话
#   flags        需要人工留意之处                place        在文件中的位置
# 单位名称写规范全称，须在本县 units.csv 中；日期写成 2023-12-31，不加引号。
"""
_DUTY_NOTE = """\
# 报送任务。kind：{kinds}。
# who：measure_units 凡有措施的单位，reporting_units 各措施的报送单位，或直接写单位名称。
# 有 due 的按日期报；every_month = true 的每月报，日子由 settings.toml 定。
"""


def plan_text(plan: Plan) -> str:
    """The text of the plan file, without empty lists and unset values. The same plan gives the same text."""
    blocks = [
        _HEADER.format(title=_one_line(plan.document.title), no=_one_line(plan.document.no)),
        _block("", plan, ("id", "county", "members")),
        _block("[document]", plan.document),
        *(_block("[[section]]", section) for section in plan.sections),
        *(_block("[[measure]]", measure) for measure in plan.measures),
    ]
    if plan.duties:
        blocks += [_duty_note() + _block("[[duty]]", plan.duties[0]), *(_block("[[duty]]", d) for d in plan.duties[1:])]
    return "\n".join(blocks)


def _duty_note() -> str:
    return _DUTY_NOTE.format(kinds="，".join(f"{kind} {title}" for kind, title in KIND_TITLES.items()))


def _one_line(text: str) -> str:
    # A comment ends at the line break: the rest of a title with two lines would become data.
    return "".join(char if char.isprintable() else " " for char in text)


def _block(header: str, model: BaseModel, keys: Iterable[str] | None = None) -> str:
    lines = [header] if header else []
    lines += [f"{key} = {_layout(value, len(key) + 3)}" for key, value in _set_values(model, keys)]
    return "\n".join(lines) + "\n"


def _set_values(model: BaseModel, keys: Iterable[str] | None = None) -> Iterator[tuple[str, object]]:
    """The required values, and those that differ from their default."""
    fields: Mapping[str, object] = {name: field.default for name, field in type(model).model_fields.items()}
    for key in keys or fields:
        value = getattr(model, key)
        if value is not None and value != fields[key]:
            yield key, value


def _layout(value: object, indent: int) -> str:
    """A value on one line; a list of tables, or one too long for a line, with one element per line."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        return _literal(value)
    parts = [_literal(each) for each in value]
    line = f"[{', '.join(parts)}]"
    # A Chinese character takes two columns on the screen.
    if not any(isinstance(each, BaseModel) for each in value) and indent + _columns(line) <= _WIDTH:
        return line
    return "[\n" + "".join(f"  {part},\n" for part in parts) + "]"


def _columns(text: str) -> int:
    return sum(1 if char.isascii() else 2 for char in text)


def _literal(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, BaseModel):
        return "{ " + ", ".join(f"{key} = {_literal(each)}" for key, each in _set_values(value)) + " }"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    return _quoted(str(value))


def _quoted(text: str) -> str:
    # JSON's escapes are valid TOML, except that JSON does not escape DEL, which TOML forbids unescaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
