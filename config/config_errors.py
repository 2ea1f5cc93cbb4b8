"""Faults of a configuration file, collected and reported together.

A reader does not stop at the first fault: it collects every `ConfigFault` of a file and raises one `ConfigError`, so that
a person corrects the file once.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ConfigFault:
    """One fault in one file: its line, what is wrong and what to do (plain Chinese, read by the office)."""

    line: int | None
    what: str
    remedy: str

    def __str__(self) -> str:
        where = f"第{self.line}行：" if self.line else ""
        return f"{where}{self.what}。{self.remedy}"


class ConfigError(ValueError):
    """A configuration file cannot be used. `faults` holds all of its faults; `path` names the file."""

    def __init__(self, path: Path, faults: list[ConfigFault]) -> None:
        self.path = path
        self.faults = tuple(faults)
        lines = "\n".join(f"  · {fault}" for fault in faults)
        super().__init__(f"配置文件 {path} 有 {len(faults)} 处需要修改：\n{lines}")
