"""The figures of many lines, each beside its target and last month's: whole columns at once.

Belongs here: the arithmetic between a figure and what it is held against. No judgement: that is `expectations`.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence

import pandas as pd

from config.plan import Target
from tasks.validate.typed_rows import TypedRow

_MANY = 10
# Which way a figure has to go to reach its target. "->" does not say from which side.
_WAYS: Mapping[str, float] = {">=": 1.0, "=": 1.0, "range": 1.0, "<=": -1.0}
_OPEN_ABOVE, _FALLS = (">=", "="), ("<=", "->")
_KNOWN = ("value", "way", "whole", "due", "falls")


def numbers(values: Sequence[float | None]) -> pd.Series:
    """A column of numbers, NaN where there is none."""
    return pd.Series(values, dtype="float64")


def figures_of(lines: Sequence[TypedRow], received: Mapping[int, dt.date]) -> dict[str, pd.Series]:
    """The columns of `expectations.submission_suite` that hold numbers, and those they are taken from. NaN where there is none.

    `received` is the day each file arrived.
    """
    # Rows ask about the same few things: what is known of each is laid out once, and taken by its place.
    targets = {line.asked.key: line.asked.target for line in lines}
    places = {key: place for place, key in enumerate(targets)}
    asked = [places[line.asked.key] for line in lines]
    known = pd.DataFrame([_known(target) for target in targets.values()], columns=_KNOWN, dtype="float64")
    target = known.take(asked).reset_index(drop=True)
    once = numbers([line.file * len(places) + place for line, place in zip(lines, asked, strict=True)])
    figure = numbers([line.sound for line in lines])
    return {
        "line": once.mask(pd.Series([line.aside is not None for line in lines])),
        "cumulative": figure,
        **_against_target(lines, figure, target, received),
        **_against_last(lines, figure, target),
    }


def _known(target: Target | None) -> dict[str, float]:
    """What a figure is held against; `whole` is the target where more is better and there is no upper end."""
    if target is None:
        return {}
    open_above = target.operator in _OPEN_ABOVE and target.value > 0
    return {
        "value": target.value,
        "way": _WAYS.get(target.operator, math.nan),
        "whole": target.value if open_above else math.nan,
        "due": target.due.toordinal() if target.due and not target.soft else math.nan,
        "falls": target.operator in _FALLS,
    }


def _against_target(
    lines: Sequence[TypedRow], figure: pd.Series, target: pd.DataFrame, received: Mapping[int, dt.date]
) -> dict[str, pd.Series]:
    """Only the unit that owes a figure is held to its target."""
    days = {file: day.toordinal() for file, day in received.items()}
    day = numbers([days[line.file] for line in lines])
    expected = numbers([line.expected.first.toordinal() if line.expected.first else None for line in lines])
    shortfall = ((target["value"] - figure) * target["way"]).where(pd.Series([line.wants_figure for line in lines]))
    ratio = figure / target["whole"]
    return {
        # 0 or less when the target is reached.
        "shortfall": shortfall,
        "shortfall_when_due": shortfall.where(target["due"] < day),
        "ratio": ratio,
        # Four brands where one was asked for is good work, not a slip of the unit.
        "ratio_of_many": ratio.where(target["value"] >= _MANY),
        "days_ahead": expected - day,
        "target": target["value"],
        "target_given": numbers([line.target_given.value for line in lines]).where(target["value"].notna()),
    }


def _against_last(lines: Sequence[TypedRow], figure: pd.Series, target: pd.DataFrame) -> dict[str, pd.Series]:
    last = numbers([line.last.cumulative if line.last else None for line in lines])
    return {
        "previous": last,
        "previous_given": numbers([line.previous_given.value for line in lines]).where(last.notna()),
        "previous_floor": last.mask(target["falls"] == 1),
        "times_previous": figure.where(figure > 0) / last.where(last > 0),
    }
