"""Reads a TOML file and finds the line of each key, so that a fault can name its line.

Belongs here: text -> values and line numbers. Does not belong here: what a value must be (the model of each file), and
turning validation errors into faults (`validation_errors`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from config.config_errors import ConfigError, ConfigFault

KeyPath = tuple[str | int, ...]
"""Keys and positions (from 0) that lead to a value: `("measure", 3, "targets", 0)`."""
LineOf = Callable[[KeyPath], int | None]

_QUOTED = re.compile(r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*', re.DOTALL)
_HEADER = re.compile(r"^\s*(\[\[?)(.+?)\]\]?\s*$")
_KEY = re.compile(r"""^\s*((?:[\w-]+|_+)(?:\s*\.\s*(?:[\w-]+|_+))*)\s*=(.*)$""")
_PART = re.compile(r'"((?:\\.|[^"\\])*)"|\'([^\']*)\'|([\w-]+)')


@dataclass(frozen=True)
class TomlFile:
    """One file as read: its values, its text, and the line of each key path, counted from 1."""

    path: Path
    data: dict[str, Any]
    text: str

    @cached_property
    def lines(self) -> Mapping[KeyPath, int]:
        """The line of each key path. Computed only for a fault: it costs more than reading the file."""
        return index_lines(self.text)

    def line_of(self, key_path: KeyPath) -> int | None:
        """The line of a key path, or of the nearest table around it; None if the file contains neither."""
        for length in range(len(key_path), 0, -1):
            if (line := self.lines.get(key_path[:length])) is not None:
                return line
        return None


def read_toml(path: Path) -> TomlFile:
    """Read one TOML file. Raises ConfigError for a file that is missing, not UTF-8 or not TOML."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(path, [ConfigFault(None, "文件不存在", "请检查文件名和所在文件夹")]) from None
    except UnicodeDecodeError:
        raise ConfigError(path, [ConfigFault(None, "文件不是 UTF-8 编码", "请用记事本另存为 UTF-8 编码")]) from None
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(path, [_syntax_fault(str(error))]) from None
    return TomlFile(path, data, text)


def _syntax_fault(message: str) -> ConfigFault:
    position = re.search(r"\(at line (\d+), column (\d+)\)", message)
    line = int(position[1]) if position else None
    where = f"（第{position[2]}个字符附近）" if position else ""
    reason = message.split(" (at ")[0]
    remedy = "文字要用英文双引号括起，同一项不能写两次，列表各项用英文逗号隔开"
    return ConfigFault(line, f"写法不符合 TOML 格式{where}：{reason}", remedy)


def index_lines(text: str) -> dict[KeyPath, int]:
    """The line of every table, key and array element of a valid TOML text."""
    return _Indexer().run(text)


class _Indexer:
    """Goes through the lines once. Quoted text is blanked first: brackets and # inside it are not syntax."""

    def __init__(self) -> None:
        self.lines: dict[KeyPath, int] = {}
        self.counts: dict[KeyPath, int] = {}
        self.table: KeyPath = ()
        self.key: KeyPath = ()
        self.depth = 0
        self.element = 0
        self.expecting = False

    def run(self, text: str) -> dict[KeyPath, int]:
        blanked = _QUOTED.sub(_blank, text)
        for number, (raw, line) in enumerate(zip(text.split("\n"), blanked.split("\n"), strict=True), start=1):
            if self.depth:
                self._value(line, number)
            elif header := _HEADER.match(line):
                self._header(raw[header.start(2) : header.end(2)], header[1] == "[[", number)
            elif pair := _KEY.match(line):
                self.key = self.table + _parts(raw[pair.start(1) : pair.end(1)])
                self.lines.setdefault(self.key, number)
                self.element, self.expecting = 0, False
                self._value(pair[2], number)
        return self.lines

    def _header(self, name: str, is_array: bool, number: int) -> None:
        key_path: KeyPath = ()
        parts = _parts(name)
        for part in parts[:-1]:
            key_path += (part,)
            if key_path in self.counts:
                key_path += (self.counts[key_path] - 1,)
        key_path += (parts[-1],)
        if is_array:
            self.lines.setdefault(key_path, number)
            self.counts[key_path] = self.counts.get(key_path, 0) + 1
            key_path += (self.counts[key_path] - 1,)
        self.lines[key_path] = number
        self.table = key_path

    def _value(self, line: str, number: int) -> None:
        for char in line:
            if char.isspace():
                continue
            if self.depth == 1 and self.expecting and char not in ",]}":
                self.lines.setdefault((*self.key, self.element), number)
                self.element, self.expecting = self.element + 1, False
            if char in "[{":
                self.depth += 1
                self.expecting = self.depth == 1
            elif char in "]}":
                self.depth -= 1
            elif char == "," and self.depth == 1:
                self.expecting = True


def _blank(match: re.Match[str]) -> str:
    filler = " " if match[0].startswith("#") else "_"
    return re.sub(r"[^\n]", filler, match[0])


def _parts(name: str) -> tuple[str, ...]:
    return tuple(double or single or bare for double, single, bare in _PART.findall(name))
