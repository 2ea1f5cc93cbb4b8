"""The answers a clerk types into a workbook, as one value."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

Value = str | int | float | dt.date
Fields = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Answers:
    """One workbook's answers. Keys are field names of config/workbook.toml; an empty text clears a cell.

    `heading`: field -> value above the table. `measures`: measure number -> field -> value, written into every
    row of that measure. `figures`: measure number -> metric -> 本期累计, in the metric's own unit.
    """

    heading: Fields = field(default_factory=dict)
    measures: Mapping[str, Fields] = field(default_factory=dict)
    figures: Mapping[str, Fields] = field(default_factory=dict)
