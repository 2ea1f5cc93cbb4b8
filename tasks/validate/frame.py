"""Typed lines -> the one frame of rows that the suites look at. Imported only once there is a row to validate.

Belongs here: what each column of the frame holds (`expectations.submission` names them), made a column at a time.
No judgement; what a finding quotes of a row is `quotes`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from config.plan import Target
from config.workbook import Layout
from expectations.marks import CODES
from expectations.submission import NUMBERS, TEXTS, WHEN, When
from tasks.validate.lines import Line
from tasks.validate.normalise import folded, is_sentence

# Rows are at most 2^20 in any format: file and sheet row fit one integer, which Great Expectations returns ten
# times faster than a two-level index.
_ROWS = 1 << 21
_MANY = 10
# A number of a person or an account has at least so many digits on end: no other text can hold one.
_LONG_NUMBER = re.compile(r"\d{11}")
_NARRATED = ("progress", "problems", "coordination", "next_steps", "highlights")


def key_of(file: int, row: int) -> int:
    """The index of one row: file in the chunk and sheet row in one integer."""
    return file * _ROWS + row


def file_and_row(key: int) -> tuple[int, int]:
    """The inverse of `key_of`."""
    return divmod(key, _ROWS)


def row_frame(lines: Sequence[Line], received: Mapping[int, dt.date], layout: Layout) -> pd.DataFrame:
    """One line of the frame a row. `received` is the day each file arrived."""
    progress = [_progress(line) for line in lines]
    texts = {
        **_given(lines, layout),
        "progress": progress,
        "faults": [_faults(line, text) for line, text in zip(lines, progress, strict=True)],
        "narrative": [_narrative(line) for line in lines],
        "line": [None if line.aside else f"{line.file}|{line.key[0]}|{line.key[1]}" for line in lines],
    }
    numbers = {**_against_target(lines, received), **_against_last(lines)}
    columns: dict[str, Any] = {name: pd.Series(texts[name], dtype="object") for name in TEXTS}
    columns |= {name: pd.Series(numbers[name], dtype="float64") for name in NUMBERS}
    columns |= {name: _when(columns, when) for name, when in WHEN.items()}
    frame = pd.DataFrame(columns)
    frame.index = pd.Index([key_of(line.file, line.row.number) for line in lines], dtype="int64")
    return frame


def _when(columns: Mapping[str, pd.Series], when: When) -> pd.Series:
    by = columns[when.by]
    return columns[when.column].where(by.notna() if when.value is None else by == when.value, when.otherwise)


def _given(lines: Sequence[Line], layout: Layout) -> dict[str, list[Any]]:
    """What the row says and what reading it found, None where nothing is said."""
    return {
        "cumulative_text": [line.cumulative.text or None for line in lines],
        "figure_due": ["是" if line.wants_figure else None for line in lines],
        "status": [line.status or line.status_given or None for line in lines],
        "status_text": [line.status_given or None for line in lines],
        "problems": [_problems(line, layout) for line in lines],
        "coordination": [line.texts["coordination"] or None for line in lines],
        "coordination_unit": [line.texts["coordination_unit"] or None for line in lines],
    }


def _progress(line: Line) -> str | None:
    text = line.texts["progress"]
    # Only a text as short as "同上" is ever looked at for what it says.
    return text if is_sentence(text) else folded(text) or None


def _faults(line: Line, progress: str | None) -> str | None:
    """The codes of what is wrong with a row as it stands, whatever its values are; None if nothing is."""
    asked = line.asked
    codes = (
        line.cumulative.fault,
        line.expected.fault,
        None if line.aside is None else _ASIDE[line.aside],
        "V405" if asked.unit_given and line.target else None,
        asked.faults.get("measure_text"),
        asked.faults.get("metric"),
        "V303" if line.last is not None and progress and folded(line.last.progress) == folded(progress) else None,
    )
    return CODES.join(filter(None, codes)) or None


_ASIDE = {"unknown": "V401", "foreign": "V402"}


def _problems(line: Line, layout: Layout) -> str | None:
    text = line.texts["problems"]
    if is_sentence(text):
        return text
    return None if layout.is_blank(text) else folded(text)


def _narrative(line: Line) -> str | None:
    """All that is told in a row, if a long number stands in it."""
    texts = line.texts
    said = "\n".join([texts[field] for field in _NARRATED])
    return said if _LONG_NUMBER.search(said) else None


def _against_target(lines: Sequence[Line], received: Mapping[int, dt.date]) -> dict[str, list[float | None]]:
    """The figure beside its target. Only the unit that owes the figure is held to it."""
    days = [received[line.file] for line in lines]
    targets = [line.target for line in lines]
    sound = [line.sound for line in lines]
    shortfall = [_shortfall(line) for line in lines]
    ratio = [_ratio(line) for line in lines]
    return {
        "cumulative": sound,
        "shortfall": shortfall,
        "shortfall_when_due": [
            short if target and target.due and target.due < day and not target.soft else None
            for short, target, day in zip(shortfall, targets, days, strict=True)
        ],
        "ratio": ratio,
        # Four brands where one was asked for is good work, not a slip of the unit.
        "ratio_of_many": [
            each if target and target.value >= _MANY else None for each, target in zip(ratio, targets, strict=True)
        ],
        "days_ahead": [
            (line.expected.first - day).days if line.expected.first else None
            for line, day in zip(lines, days, strict=True)
        ],
        "target": [target.value if target else None for target in targets],
        "target_given": [line.target_given.value if line.target else None for line in lines],
    }


def _shortfall(line: Line) -> float | None:
    value, target = line.sound, line.target
    if target is None or value is None or not line.wants_figure:
        return None
    return _SHORT[target.operator](value, target)


def _ratio(line: Line) -> float | None:
    """What share of the target is reached, where more is better and there is no upper end."""
    value, target = line.sound, line.target
    if target is None or value is None or target.operator not in (">=", "=") or target.value <= 0:
        return None
    return value / target.value


# How far a figure is from its target, 0 or less when it is reached. "->" does not say from which side.
_SHORT: Mapping[str, Callable[[float, Target], float | None]] = {
    ">=": lambda value, target: target.value - value,
    "=": lambda value, target: target.value - value,
    "range": lambda value, target: target.value - value,
    "<=": lambda value, target: value - target.value,
    "->": lambda value, target: None,
}


def _against_last(lines: Sequence[Line]) -> dict[str, list[float | None]]:
    lasts = [line.last.cumulative if line.last else None for line in lines]
    pairs = list(zip(lines, lasts, strict=True))
    return {
        "previous": lasts,
        "previous_given": [None if last is None else line.previous_given.value for line, last in pairs],
        "previous_floor": [None if line.target and line.target.operator in _FALLS else last for line, last in pairs],
        "times_previous": [_times(line.sound, last) for line, last in pairs],
    }


_FALLS = ("<=", "->")


def _times(value: float | None, last: float | None) -> float | None:
    return value / last if value and last and last > 0 and value > 0 else None
