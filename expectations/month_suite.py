"""The suite across months: a figure against last month's.

Belongs here: falls, jumps, copies. Does not belong here: a row by itself (`submission.py`), or what other units say,
which depends on who came first (`tasks/validate/cross_unit.py`). The frame is the one of `submission.py`; columns about
last month are None where nothing was accepted before.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from expectations.rule_meta import Mark, load_expectations, marked_expectation, rule_mark

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

JUMP = 2000.0
"""A figure this many times last month's (or this part of it) looks like 元 beside 万元; real months stay far below."""


def month_faults() -> Iterator[Mark]:
    """The rules on copies of last month, of those that the column `faults` names."""
    yield rule_mark("V303", "progress")


def month_expectations() -> Iterator[Expectation]:
    """Every expectation that looks at last month."""
    e = load_expectations()
    said = {"value": "cumulative_text", "expected": "previous_wanted"}
    yield e.ExpectColumnPairValuesAToBeGreaterThanB(
        column_A="cumulative",
        column_B="previous_floor",
        or_equal=True,
        ignore_row_if="either_value_is_missing",
        **marked_expectation("V301", "cumulative", **said),
    )
    yield e.ExpectColumnValuesToBeBetween(
        column="times_previous", min_value=1 / JUMP, max_value=JUMP, **marked_expectation("V302", "cumulative", **said)
    )
    yield e.ExpectColumnPairValuesToBeEqual(
        column_A="previous_given",
        column_B="previous",
        ignore_row_if="either_value_is_missing",
        **marked_expectation("V306", "previous", value="previous_text", expected="previous_wanted"),
    )
