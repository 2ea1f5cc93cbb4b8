"""Turns a model's complaints about a file into faults a person can act on: line, what is wrong, what to do.

Belongs here: the translation of pydantic's errors, shared by every reader. What is right is said by the models.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from config.config_errors import ConfigError, ConfigFault
from config.tomlfile import Place

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")

Model = TypeVar("Model", bound=BaseModel)

_REMEDIES: Mapping[str, str] = {
    "missing": "请补上这一项",
    "int_type": "请写整数，不加引号",
    "int_parsing": "请写整数",
    "int_from_float": "请写整数",
    "float_type": "请写数字，不加引号",
    "float_parsing": "请写数字",
    "finite_number": "请写普通数字",
    "bool_type": "请写 true 或 false，不加引号",
    "bool_parsing": "请写 true 或 false",
    "string_type": "请用英文双引号括起",
    "string_too_short": "请填写内容",
    "string_pattern_mismatch": "只能用字母、数字、短横和下划线",
    "tuple_type": '请写成列表，如 ["甲", "乙"]',
    "date_type": "日期请写成 2023-10-20，不加引号",
    "date_parsing": "日期请写成 2023-10-20",
    "date_from_datetime_parsing": "日期请写成 2023-10-20，并检查是否确有这一天",
    "date_from_datetime_inexact": "只写日期，不写时刻，如 2023-10-20",
    "model_type": "请写成一组“名称 = 值”",
    "model_attributes_type": "请写成一组“名称 = 值”",
    "dict_type": "请写成一组“名称 = 值”",
}


class Wrong(ValueError):
    """Raised inside a validator: what is wrong, and what to do about it (both in Chinese)."""

    def __init__(self, what: str, remedy: str) -> None:
        self.what, self.remedy = what, remedy
        super().__init__(f"{what}。{remedy}")


def field_title(place: Place) -> str:
    """`("measure", 3, "text")` as measure[4].text: people count from one."""
    text = ""
    for part in place:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")


def check_model(
    model: type[Model],
    data: Mapping[str, Any],
    line_of: Callable[[Place], int | None],
    named: Callable[[Place], str] = field_title,
) -> tuple[Model | None, list[ConfigFault]]:
    """Build `model` from `data`: (the model, no faults) or (None, every fault with its line).

    `named` gives the name under which the person who reads the fault knows a place.
    """
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        return None, [_fault(each, line_of, named) for each in error.errors()]


def folder_id(value: str, what: str, folder: Path) -> str:
    """`value` if it can name one file or folder of its own below `folder`: it never climbs out. Raises ConfigError."""
    if _ID.fullmatch(value):
        return value
    raise ConfigError(
        folder, [ConfigFault(None, f"{what}“{shown(value)}”不能用", "只能用字母、数字、短横和下划线，不超过80个字符")]
    )


def closest_name(name: str, names: Collection[str]) -> str:
    """“，是否应为“…””, or nothing. A suggestion for a person; never used to decide."""
    near = difflib.get_close_matches(name, list(names), n=1, cutoff=0.6)
    return f"，是否应为“{near[0]}”" if near else ""


def _fault(error: ErrorDetails, line_of: Callable[[Place], int | None], named: Callable[[Place], str]) -> ConfigFault:
    place: Place = tuple(error["loc"])
    line, name = line_of(place), named(place)
    context = error.get("ctx", {})
    cause = context.get("error")
    if isinstance(cause, Wrong):
        return ConfigFault(line, cause.what, cause.remedy)
    kind = error["type"]
    if kind == "missing":
        return ConfigFault(line, f"缺少“{name}”", _REMEDIES[kind])
    if kind == "extra_forbidden":
        return ConfigFault(line, f"不认识的项“{name}”", "请改正名称或删去")
    read = f"“{name}”的值 {_shown(error['input'])} 不可用"
    if kind in ("literal_error", "enum"):
        return ConfigFault(line, read, f"只能是 {context['expected'].replace(' or ', '、').replace(', ', '、')}")
    if bounds := _bounds(context):
        return ConfigFault(line, read, bounds)
    return ConfigFault(line, read, _REMEDIES.get(kind, error["msg"]))


def shown(text: str, longest: int = 60) -> str:
    """What somebody wrote, as a message can show it: printable, and no longer than a line."""
    text = text if text.isprintable() else ascii(text)[1:-1]
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _shown(value: object) -> str:
    return f"“{shown(value)}”" if isinstance(value, str) else shown(str(value))


def _bounds(context: Mapping[str, Any]) -> str:
    words = {"ge": "不小于", "gt": "大于", "le": "不大于", "lt": "小于"}
    parts = [f"{word} {context[key]}" for key, word in words.items() if key in context]
    return f"须{'、'.join(parts)}" if parts else ""
