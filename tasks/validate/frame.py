"""Typed lines -> the one frame of rows that the suites look at. Imported only once there is a row to validate.

Belongs here: what each column of the frame holds (`expectations.submission` names them). No judgement.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from config.names import normalise
from config.plan import Target
from expectations.submission import NUMBERS, row_columns
from tasks.validate.lines import Line
from tasks.validate.normalise import folded, plain, text_of
from tasks.validate.register import Register

# Rows are at most 2^20 in any format: file and sheet row fit one integer, which Great Expectations returns ten
# times faster than a two-level index.
_ROWS = 1 << 21
_MANY = 10


def key_of(file: int, row: int) -> int:
    """The index of one row: file in the chunk and sheet row in one integer."""
    return file * _ROWS + row


def file_and_row(key: int) -> tuple[int, int]:
    """The inverse of `key_of`."""
    return divmod(key, _ROWS)


def row_frame(
    lines: Sequence[Line], received: Mapping[int, dt.date], register: Register, others: Mapping[int, str]
) -> pd.DataFrame:
    """One line of the frame a row. `received` is the day each file arrived, `others` what other units say by index."""
    cells = [
        _cells(line, received[line.file], register) | {"others": others.get(place)} for place, line in enumerate(lines)
    ]
    texts = row_columns()
    columns: dict[str, Any] = {name: pd.Series([cell.get(name) for cell in cells], dtype="object") for name in texts}
    columns |= {name: pd.Series([cell.get(name) for cell in cells], dtype="float64") for name in NUMBERS}
    frame = pd.DataFrame(columns)
    frame.index = pd.Index([key_of(line.file, line.row.number) for line in lines], dtype="int64")
    return frame


def _cells(line: Line, received: dt.date, register: Register) -> dict[str, Any]:
    """The frame's cells of one line, None where nothing is said."""
    target = line.target
    said: dict[str, Any] = {
        "file": line.file,
        "measure": line.key[0],
        "metric": line.key[1],
        "aside": line.aside,
        "owner": register.reporter(line.key[0]) or None,
        "status": line.status or line.status_given or None,
        "status_text": line.status_given or None,
        "cumulative_text": line.cumulative.text or None,
        "cumulative_fault": line.cumulative.fault,
        "cumulative_wanted": line.cumulative.expected or (target.unit if target else None),
        "figure_due": "是" if line.wants_figure else None,
        "expected_text": line.expected.text or None,
        "expected_fault": line.expected.fault,
        "days_ahead": (line.expected.first - received).days if line.expected.first else None,
        "metric_text": line.metric_given or "（空）",
        "metric_fault": line.faults.get("metric"),
        "metric_wanted": "、".join(each.metric for each in _targets(line, register)),
        "measure_text_fault": line.faults.get("measure_text"),
        "text_of": _text_of(line, register),
        "unit_text": (line.unit_given or None) if target else None,
        "unit_wanted": target.unit if target else None,
    }
    return said | _prose(line, register) | _against_target(line, received) | _against_last(line)


def _text_of(line: Line, register: Register) -> str | None:
    """The number of the measure whose text stands in the row, where that is another one."""
    if line.faults.get("measure_text") != "V410":
        return None
    return register.texts.get(normalise(text_of(line.row.values.get("measure_text"))))


def _targets(line: Line, register: Register) -> tuple[Target, ...]:
    measure = register.measures.get(line.key[0])
    return measure.targets if measure else ()


def _prose(line: Line, register: Register) -> dict[str, Any]:
    texts = line.texts
    progress = folded(texts["progress"]) or None
    same = line.last is not None and progress is not None and folded(line.last.progress) == progress
    said = "\n".join(texts[field] for field in ("progress", "problems", "coordination", "next_steps", "highlights"))
    return {
        "progress": progress,
        "problems": None if register.layout.is_blank(texts["problems"]) else folded(texts["problems"]),
        "coordination": texts["coordination"] or None,
        "coordination_unit": texts["coordination_unit"] or None,
        "narrative": said if any(char.isdigit() for char in said) else None,
        "progress_repeated": progress if same else None,
    }


def _against_target(line: Line, received: dt.date) -> dict[str, Any]:
    """The figure beside its target. Only the unit that owes the figure is held to it."""
    target, sound, given = line.target, _sound(line), line.target_given
    if target is None:
        return {"cumulative": sound}
    shortfall = _SHORT[target.operator](sound, target) if sound is not None and line.wants_figure else None
    ratio = sound / target.value if _grows(target) and sound is not None and target.value > 0 else None
    return {
        "cumulative": sound,
        "target": target.value,
        "target_given": given.value,
        "target_text": given.text or None,
        "target_wanted": f"{plain(target.value)}{target.unit}",
        "target_due": target.due.isoformat() if target.due else None,
        "shortfall": shortfall,
        "shortfall_when_due": shortfall if target.due and target.due < received and not target.soft else None,
        "ratio": ratio,
        # Four brands where one was asked for is good work, not a slip of the unit.
        "ratio_of_many": ratio if target.value >= _MANY else None,
    }


def _sound(line: Line) -> float | None:
    return line.cumulative.value if line.cumulative.fault is None else None


def _grows(target: Target) -> bool:
    """Whether more is better and there is no upper end, so that a share of the target means something."""
    return target.operator in (">=", "=")


# How far a figure is from its target, 0 or less when it is reached. "->" does not say from which side.
_SHORT: Mapping[str, Callable[[float, Target], float | None]] = {
    ">=": lambda value, target: target.value - value,
    "=": lambda value, target: target.value - value,
    "range": lambda value, target: target.value - value,
    "<=": lambda value, target: value - target.value,
    "->": lambda value, target: None,
}


def _against_last(line: Line) -> dict[str, Any]:
    last = line.last.cumulative if line.last else None
    if last is None:
        return {"previous_text": line.previous_given.text or None}
    value, target = _sound(line), line.target
    falls = target is not None and target.operator in ("<=", "->")
    return {
        "previous": last,
        "previous_given": line.previous_given.value,
        "previous_text": line.previous_given.text or None,
        "previous_wanted": plain(last),
        "previous_floor": None if falls else last,
        "times_previous": value / last if value and last > 0 and value > 0 else None,
    }
