"""Typed rows -> the data frame that the suites check. Imported only when there is a row to validate.

Belongs here: the content of each column that `expectations.submission_suite` names, one column at a time. Numeric columns
are in `target_figures`, the values that a finding quotes in `quoted_cells`. No checks.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence

import pandas as pd

from config.workbook import WorkbookLayout
from expectations.rule_meta import CODES
from expectations.submission_suite import NUMBERS, PRESENCE, TEXTS, WHEN, YES, When
from tasks.personal_numbers import find_personal_numbers
from tasks.validate.cell_text import folded_text, is_sentence
from tasks.validate.target_figures import figures_of, numbers
from tasks.validate.typed_rows import TypedRow

# A sheet has at most 2^20 rows in any format, so file and sheet row fit one integer. Great Expectations returns that ten
# times faster than a two-level index.
_ROWS = 1 << 21
_NARRATED = ("progress", "problems", "coordination", "next_steps", "highlights")


def row_key(file: int, row: int) -> int:
    """The index of one row: file in the chunk and sheet row in one integer."""
    return file * _ROWS + row


def file_and_row(key: int) -> tuple[int, int]:
    """The inverse of `row_key`."""
    return divmod(key, _ROWS)


def row_frame(rows: Sequence[TypedRow], received: Mapping[int, dt.date], layout: WorkbookLayout) -> pd.DataFrame:
    """The frame, one row per typed row. `received` is the day each file arrived."""
    columns = {**_texts(rows), **_presence(rows, layout), **figures_of(rows, received)}
    wanted = {name: columns[name] for name in (*TEXTS, *PRESENCE, *NUMBERS)}
    frame = pd.DataFrame(wanted | {name: _when(columns, when) for name, when in WHEN.items()})
    frame.index = pd.Index([row_key(row.file, row.raw.number) for row in rows], dtype="int64")
    return frame


def _when(columns: Mapping[str, pd.Series], when: When) -> pd.Series:
    return columns[when.column].where(columns[when.by] == when.value, when.otherwise)


def _texts(rows: Sequence[TypedRow]) -> dict[str, pd.Series]:
    texts = {
        "status": [row.status or row.status_given or None for row in rows],
        "progress": [_short_text(row.texts["progress"]) for row in rows],
        "problems": [_short_text(row.texts["problems"]) for row in rows],
        "personal_numbers": [_with_personal_numbers(row.texts) for row in rows],
        "faults": [_faults(row) for row in rows],
    }
    return {name: pd.Series(values, dtype="object") for name, values in texts.items()}


def _short_text(text: str) -> str | None:
    return None if not text or is_sentence(text) else folded_text(text)


def _with_personal_numbers(texts: Mapping[str, str]) -> str | None:
    """The narratives of a row that hold a personal number."""
    return "；".join([texts[field] for field in _NARRATED if find_personal_numbers(texts[field])]) or None


def _faults(row: TypedRow) -> str | None:
    """The codes of the faults found while typing the row, joined by `CODES`; None if there is none."""
    prefilled, figure, day, aside = row.prefilled, row.cumulative.fault, row.expected.fault, row.aside
    if not (figure or day or aside or prefilled.unit_given or prefilled.faults or row.last):
        return None
    codes = (
        figure,
        day,
        None if aside is None else _ASIDE[aside],
        "V405" if prefilled.unit_given and prefilled.target else None,
        prefilled.faults.get("measure_text"),
        prefilled.faults.get("metric"),
        "V303" if row.last is not None and _is_copy(row.texts["progress"], row.last.progress) else None,
    )
    return CODES.join(filter(None, codes)) or None


_ASIDE = {"unknown": "V401", "foreign": "V402"}


def _is_copy(text: str, before: str) -> bool:
    return bool(text) and folded_text(text) == folded_text(before)


def _presence(rows: Sequence[TypedRow], layout: WorkbookLayout) -> dict[str, pd.Series]:
    """Which cells are filled, and which rows owe a figure: `YES`, else NaN."""
    # Each distinct text once: in many rows it is "无".
    problems = {text: not layout.is_blank(text) for text in {row.texts["problems"] for row in rows}}
    presence = {
        "figure_due": [YES if row.wants_figure else math.nan for row in rows],
        "cumulative_filled": [YES if row.cumulative.text else math.nan for row in rows],
        "status_filled": [YES if row.status_given else math.nan for row in rows],
        "progress_filled": [YES if row.texts["progress"] else math.nan for row in rows],
        "problems_filled": [YES if problems[row.texts["problems"]] else math.nan for row in rows],
        "coordination_filled": [YES if row.texts["coordination"] else math.nan for row in rows],
        "coordination_unit_filled": [YES if row.texts["coordination_unit"] else math.nan for row in rows],
    }
    return {name: numbers(values) for name, values in presence.items()}
