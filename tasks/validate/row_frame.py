"""Typed lines -> the one frame of rows that the suites look at. Imported only once there is a row to validate.

Belongs here: what each column of the frame holds (`expectations.submission_suite` names them), made a column at a time. Its
figures are `figures`. No judgement; what a finding quotes of a row is `quotes`.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence

import pandas as pd

from config.workbook import WorkbookLayout
from expectations.rule_meta import CODES
from expectations.submission_suite import NUMBERS, SAID, TEXTS, WHEN, YES, When
from tasks.personal_numbers import find_personal_numbers
from tasks.validate.cell_text import folded_text, is_sentence
from tasks.validate.target_figures import figures_of, numbers
from tasks.validate.typed_rows import TypedRow

# Rows are at most 2^20 in any format: file and sheet row fit one integer, which Great Expectations returns ten
# times faster than a two-level index.
_ROWS = 1 << 21
_NARRATED = ("progress", "problems", "coordination", "next_steps", "highlights")


def row_key(file: int, row: int) -> int:
    """The index of one row: file in the chunk and sheet row in one integer."""
    return file * _ROWS + row


def file_and_row(key: int) -> tuple[int, int]:
    """The inverse of `key_of`."""
    return divmod(key, _ROWS)


def row_frame(lines: Sequence[TypedRow], received: Mapping[int, dt.date], layout: WorkbookLayout) -> pd.DataFrame:
    """One line of the frame a row. `received` is the day each file arrived."""
    columns = {**_texts(lines), **_said(lines, layout), **figures_of(lines, received)}
    wanted = {name: columns[name] for name in (*TEXTS, *SAID, *NUMBERS)}
    frame = pd.DataFrame(wanted | {name: _when(columns, when) for name, when in WHEN.items()})
    frame.index = pd.Index([row_key(line.file, line.row.number) for line in lines], dtype="int64")
    return frame


def _when(columns: Mapping[str, pd.Series], when: When) -> pd.Series:
    return columns[when.column].where(columns[when.by] == when.value, when.otherwise)


def _texts(lines: Sequence[TypedRow]) -> dict[str, pd.Series]:
    texts = {
        "status": [line.status or line.status_given or None for line in lines],
        "progress": [_word(line.texts["progress"]) for line in lines],
        "problems": [_word(line.texts["problems"]) for line in lines],
        "personal_numbers": [_with_personal_numbers(line.texts) for line in lines],
        "faults": [_faults(line) for line in lines],
    }
    return {name: pd.Series(values, dtype="object") for name, values in texts.items()}


def _word(text: str) -> str | None:
    return None if not text or is_sentence(text) else folded_text(text)


def _with_personal_numbers(texts: Mapping[str, str]) -> str | None:
    """The narratives of a row that hold a personal number."""
    return "；".join([texts[field] for field in _NARRATED if find_personal_numbers(texts[field])]) or None


def _faults(line: TypedRow) -> str | None:
    """The codes of what is wrong with a row as it stands, whatever its values are; None if nothing is."""
    asked, figure, day, aside = line.asked, line.cumulative.fault, line.expected.fault, line.aside
    if not (figure or day or aside or asked.unit_given or asked.faults or line.last):
        return None
    codes = (
        figure,
        day,
        None if aside is None else _ASIDE[aside],
        "V405" if asked.unit_given and asked.target else None,
        asked.faults.get("measure_text"),
        asked.faults.get("metric"),
        "V303" if line.last is not None and _is_copy(line.texts["progress"], line.last.progress) else None,
    )
    return CODES.join(filter(None, codes)) or None


_ASIDE = {"unknown": "V401", "foreign": "V402"}


def _is_copy(text: str, before: str) -> bool:
    return bool(text) and folded_text(text) == folded_text(before)


def _said(lines: Sequence[TypedRow], layout: WorkbookLayout) -> dict[str, pd.Series]:
    """What a row says anything of, and whether it owes a figure: `YES` where it does."""
    # Many rows say the same of their problems: that there are none.
    problems = {text: not layout.is_blank(text) for text in {line.texts["problems"] for line in lines}}
    said = {
        "figure_due": [YES if line.wants_figure else math.nan for line in lines],
        "cumulative_said": [YES if line.cumulative.text else math.nan for line in lines],
        "status_said": [YES if line.status_given else math.nan for line in lines],
        "progress_said": [YES if line.texts["progress"] else math.nan for line in lines],
        "problems_said": [YES if problems[line.texts["problems"]] else math.nan for line in lines],
        "coordination_said": [YES if line.texts["coordination"] else math.nan for line in lines],
        "coordination_unit_said": [YES if line.texts["coordination_unit"] else math.nan for line in lines],
    }
    return {name: numbers(values) for name, values in said.items()}
