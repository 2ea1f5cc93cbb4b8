"""Write a year's holidays into an office's calendar.toml, leaving every comment and every other year as they stand.

Belongs here: text -> text. What a notice says is `holiday_notice`; reading the file is `calendar`.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from config.config_errors import ConfigError, ConfigFault

DaysOfYear = tuple[frozenset[dt.date], frozenset[dt.date]]
"""(days off, weekend days that are worked) of one year."""

_QUOTED = re.compile(r'"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*')
_TABLE = re.compile(r"^\s*\[\s*years\s*\]\s*(?:#.*)?$")
_ANY_TABLE = re.compile(r"^\s*\[")


def calendar_line(year: int, days: DaysOfYear) -> str:
    """The line of one year, runs of days in short."""
    off, worked = (", ".join(f'"{run}"' for run in _runs(each)) for each in days)
    return f"{year} = {{ holidays = [{off}], workdays = [{worked}] }}"


def calendar_with(path: Path, text: str, years: Mapping[int, DaysOfYear]) -> str:
    """The file's text with these years in place of what it says of them now.

    Raises ConfigError, with the line to write by hand, where the file is written in a way that this cannot change.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.replace("\r\n", "\n").split("\n")
    wanted = dict(tomllib.loads("\n".join(lines)).get("years", {}))
    for year, days in sorted(years.items()):
        lines = _with_line(lines, year, calendar_line(year, days))
        wanted |= tomllib.loads(calendar_line(year, days))
    changed = "\n".join(lines)
    try:
        written = tomllib.loads(changed).get("years", {})
    except tomllib.TOMLDecodeError:
        written = None
    if written != wanted:
        told = "；".join(calendar_line(year, days) for year, days in sorted(years.items()))
        fault = ConfigFault(None, "这个文件的写法不能自动修改", f"请在 [years] 下面写上（已有同一年的先删去）：{told}")
        raise ConfigError(path, [fault])
    return changed.replace("\n", newline)


def _with_line(lines: Sequence[str], year: int, line: str) -> list[str]:
    kept, start = list(lines), None
    for place, end, found in _entries(lines):
        if found == year:
            comment = _comment(kept[end - 1])
            kept[place:end] = [f"{line}  {comment}" if comment else line]
            return kept
        if found < year:
            start = end
    if start is None:
        table = next((place for place, each in enumerate(kept) if _TABLE.match(each)), None)
        if table is None:
            kept += ["", "[years]"] if kept and kept[-1] else ["[years]"]
            table = len(kept) - 1
        start = table + 1
    # The file ends with its last line's own end, whatever was there before.
    kept[start:start] = [line] if start < len(kept) else [line, ""]
    return kept


def _entries(lines: Sequence[str]) -> Iterable[tuple[int, int, int]]:
    """(first line, line after the last, year) of each `2027 = …` in [years]."""
    inside, place = False, 0
    while place < len(lines):
        if _ANY_TABLE.match(lines[place]):
            inside = bool(_TABLE.match(lines[place]))
        found = re.match(r"""\s*["']?(\d{4})["']?\s*=""", lines[place]) if inside else None
        end = place + 1
        if found:
            while end < len(lines) and _open_brackets(lines[place:end]):
                end += 1
            yield place, end, int(found[1])
        place = end


def _open_brackets(lines: Sequence[str]) -> bool:
    bare = "\n".join(_QUOTED.sub("", line) for line in lines)
    return sum(bare.count(each) for each in "[{") > sum(bare.count(each) for each in "]}")


def _comment(line: str) -> str:
    bare = re.sub(r'"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'', lambda found: "_" * len(found[0]), line)
    return line[bare.index("#") :] if "#" in bare else ""


def _runs(days: Iterable[dt.date]) -> list[str]:
    """Days as `2027-02-05..2027-02-11`, one alone as itself."""
    runs: list[list[dt.date]] = []
    for day in sorted(days):
        if runs and day - runs[-1][-1] == dt.timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    return [f"{run[0]}..{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs]
