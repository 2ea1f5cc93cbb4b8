"""The numeric columns of the row frame: each figure with its target and last month's figure, whole columns at once.

Belongs here: the arithmetic between a figure, its target and the last figure. No checks: those are in `expectations`.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence

import pandas as pd

from config.plan import Target
from tasks.validate.typed_rows import TypedRow

_MANY = 10
# The direction of a target: 1 more is better, -1 less is better. "->" has none: it does not tell the starting side.
_DIRECTIONS: Mapping[str, float] = {">=": 1.0, "=": 1.0, "range": 1.0, "<=": -1.0}
_OPEN_ABOVE, _FALLS = (">=", "="), ("<=", "->")
_TARGET_COLUMNS = ("value", "direction", "whole", "due", "falls")


def numbers(values: Sequence[float | None]) -> pd.Series:
    """A column of numbers, NaN for None."""
    return pd.Series(values, dtype="float64")


def figures_of(rows: Sequence[TypedRow], received: Mapping[int, dt.date]) -> dict[str, pd.Series]:
    """The numeric columns that `expectations.submission_suite` names or derives from (`WHEN`), NaN for a missing value.

    `received` is the day each file arrived.
    """
    # Many rows have the same target: each is made a table row once, and taken by its index.
    targets = {row.prefilled.key: row.prefilled.target for row in rows}
    index_of = {key: index for index, key in enumerate(targets)}
    indices = [index_of[row.prefilled.key] for row in rows]
    distinct = pd.DataFrame([_columns(each) for each in targets.values()], columns=_TARGET_COLUMNS, dtype="float64")
    target = distinct.take(indices).reset_index(drop=True)
    identity = numbers([row.file * len(index_of) + index for row, index in zip(rows, indices, strict=True)])
    figure = numbers([row.sound for row in rows])
    return {
        "duplicate_key": identity.mask(pd.Series([row.aside is not None for row in rows])),
        "cumulative": figure,
        **_against_target(rows, figure, target, received),
        **_against_last(rows, figure, target),
    }


def _columns(target: Target | None) -> dict[str, float]:
    """A target as columns; `whole` is its value if more is better and there is no upper end."""
    if target is None:
        return {}
    open_above = target.operator in _OPEN_ABOVE and target.value > 0
    return {
        "value": target.value,
        "direction": _DIRECTIONS.get(target.operator, math.nan),
        "whole": target.value if open_above else math.nan,
        "due": target.due.toordinal() if target.due and not target.soft else math.nan,
        "falls": target.operator in _FALLS,
    }


def _against_target(
    rows: Sequence[TypedRow], figure: pd.Series, target: pd.DataFrame, received: Mapping[int, dt.date]
) -> dict[str, pd.Series]:
    """Only the unit that owes a figure has a shortfall."""
    days = {file: day.toordinal() for file, day in received.items()}
    day = numbers([days[row.file] for row in rows])
    expected = numbers([row.expected.first.toordinal() if row.expected.first else None for row in rows])
    shortfall = ((target["value"] - figure) * target["direction"]).where(pd.Series([row.wants_figure for row in rows]))
    ratio = figure / target["whole"]
    return {
        # At most 0 when the target is reached.
        "shortfall": shortfall,
        "shortfall_when_due": shortfall.where(target["due"] < day),
        "ratio": ratio,
        # For small targets a multiple is plausible (four brands instead of one), not a wrong unit of measure.
        "ratio_of_many": ratio.where(target["value"] >= _MANY),
        "days_ahead": expected - day,
        "target": target["value"],
        "target_given": numbers([row.target_given.value for row in rows]).where(target["value"].notna()),
    }


def _against_last(rows: Sequence[TypedRow], figure: pd.Series, target: pd.DataFrame) -> dict[str, pd.Series]:
    last = numbers([row.last.cumulative if row.last else None for row in rows])
    return {
        "previous": last,
        "previous_given": numbers([row.previous_given.value for row in rows]).where(last.notna()),
        "previous_floor": last.mask(target["falls"] == 1),
        "times_previous": figure.where(figure > 0) / last.where(last > 0),
    }
