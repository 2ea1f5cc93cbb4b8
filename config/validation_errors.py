"""Turns pydantic's validation errors into faults that a person can act on: line, what is wrong, what to do.

Belongs here: the translation that every reader uses, and the wording of values and names in messages. Does not belong
here: the rules themselves, which are in the models.
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
from config.toml_file import KeyPath, LineOf

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


class InvalidValueError(ValueError):
    """Raised by a model's validator: what is wrong, and what to do about it (both in Chinese)."""

    def __init__(self, what: str, remedy: str) -> None:
        self.what, self.remedy = what, remedy
        super().__init__(f"{what}。{remedy}")


def field_title(key_path: KeyPath) -> str:
    """A key path for people, who count from one: `("measure", 3, "text")` is measure[4].text."""
    text = ""
    for part in key_path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")


def check_model(
    model: type[Model],
    data: Mapping[str, Any],
    line_of: LineOf,
    title_of: Callable[[KeyPath], str] = field_title,
) -> tuple[Model | None, list[ConfigFault]]:
    """Build `model` from `data`: (the model, no faults) or (None, every fault with its line).

    `title_of` gives the name of a key path in the file that the person edits.
    """
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        return None, [_fault(each, line_of, title_of) for each in error.errors()]


def checked_id(value: str, what: str, folder: Path) -> str:
    """`value` if it is a safe name for one file or folder directly below `folder`. Raises ConfigError otherwise."""
    if _ID.fullmatch(value):
        return value
    raise ConfigError(
        folder,
        [ConfigFault(None, f"{what}“{printable(value)}”不能用", "只能用字母、数字、短横和下划线，不超过80个字符")],
    )


def closest_name(name: str, names: Collection[str]) -> str:
    """The suggestion “，是否应为“…””, or "". For a person to read; no decision uses it."""
    near = difflib.get_close_matches(name, list(names), n=1, cutoff=0.6)
    return f"，是否应为“{near[0]}”" if near else ""


def _fault(error: ErrorDetails, line_of: LineOf, title_of: Callable[[KeyPath], str]) -> ConfigFault:
    key_path: KeyPath = tuple(error["loc"])
    line, title = line_of(key_path), title_of(key_path)
    context = error.get("ctx", {})
    cause = context.get("error")
    if isinstance(cause, InvalidValueError):
        return ConfigFault(line, cause.what, cause.remedy)
    kind = error["type"]
    if kind == "missing":
        return ConfigFault(line, f"缺少“{title}”", _REMEDIES[kind])
    if kind == "extra_forbidden":
        return ConfigFault(line, f"不认识的项“{title}”", "请改正名称或删去")
    what = f"“{title}”的值 {_quoted(error['input'])} 不可用"
    if kind in ("literal_error", "enum"):
        return ConfigFault(line, what, f"只能是 {context['expected'].replace(' or ', '、').replace(', ', '、')}")
    if bounds := _bounds(context):
        return ConfigFault(line, what, bounds)
    return ConfigFault(line, what, _REMEDIES.get(kind, error["msg"]))


def printable(text: str, longest: int = 60) -> str:
    """Text from outside, safe to print in a message: control characters escaped, at most `longest` characters."""
    text = text if text.isprintable() else ascii(text)[1:-1]
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _quoted(value: object) -> str:
    return f"“{printable(value)}”" if isinstance(value, str) else printable(str(value))


def _bounds(context: Mapping[str, Any]) -> str:
    words = {"ge": "不小于", "gt": "大于", "le": "不大于", "lt": "小于"}
    parts = [f"{word} {context[key]}" for key, word in words.items() if key in context]
    return f"须{'、'.join(parts)}" if parts else ""
