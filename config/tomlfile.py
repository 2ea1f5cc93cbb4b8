"""Reads a TOML file together with the line each of its keys stands on, so that a fault can name its line.

Belongs here: text -> values and line numbers. What a value must be is said by the model of each file; how a
model's complaints become faults is `checking`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from config.config_errors import ConfigError, ConfigFault

Place = tuple[str | int, ...]

_QUOTED = re.compile(r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*', re.DOTALL)
_HEADER = re.compile(r"^\s*(\[\[?)(.+?)\]\]?\s*$")
_KEY = re.compile(r"""^\s*((?:[\w-]+|_+)(?:\s*\.\s*(?:[\w-]+|_+))*)\s*=(.*)$""")
_PART = re.compile(r'"((?:\\.|[^"\\])*)"|\'([^\']*)\'|([\w-]+)')


@dataclass(frozen=True)
class TomlFile:
    """One file as read: its values, its text, and for each place in it the 1-based line."""

    path: Path
    data: dict[str, Any]
    text: str

    @cached_property
    def lines(self) -> Mapping[Place, int]:
        """The line of each place. Counted only when a fault is told: that costs more than reading the file does."""
        return index_lines(self.text)

    def line_of(self, place: Place) -> int | None:
        """The line of a place, or of the nearest table around it; None where the file says nothing of it."""
        for length in range(len(place), 0, -1):
            if (line := self.lines.get(place[:length])) is not None:
                return line
        return None


def read_toml(path: Path) -> TomlFile:
    """Read one TOML file. Raises ConfigError for a file that is absent, not UTF-8 or not TOML."""
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
    found = re.search(r"\(at line (\d+), column (\d+)\)", message)
    line = int(found[1]) if found else None
    where = f"（第{found[2]}个字符附近）" if found else ""
    reason = message.split(" (at ")[0]
    remedy = "文字要用英文双引号括起，同一项不能写两次，列表各项用英文逗号隔开"
    return ConfigFault(line, f"写法不符合 TOML 格式{where}：{reason}", remedy)


def index_lines(text: str) -> dict[Place, int]:
    """The line of every table, key and array element of a TOML text that parses.

    A place is a path such as `("measure", 3, "targets", 0)`; array tables and array elements count from 0.
    """
    return _Indexer().run(text)


class _Indexer:
    """Walks the lines once. Quoted text is blanked first, so brackets and # inside it cannot mislead."""

    def __init__(self) -> None:
        self.lines: dict[Place, int] = {}
        self.counts: dict[Place, int] = {}
        self.table: Place = ()
        self.key: Place = ()
        self.depth = 0
        self.element = 0
        self.expecting = False

    def run(self, text: str) -> dict[Place, int]:
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
        place: Place = ()
        parts = _parts(name)
        for part in parts[:-1]:
            place += (part,)
            if place in self.counts:
                place += (self.counts[place] - 1,)
        place += (parts[-1],)
        if is_array:
            self.lines.setdefault(place, number)
            self.counts[place] = self.counts.get(place, 0) + 1
            place += (self.counts[place] - 1,)
        self.lines[place] = number
        self.table = place

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
