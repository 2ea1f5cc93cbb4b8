"""The suite across months: a figure compared with last month's.

Belongs here: decreases, jumps, copies. Does not belong here: rules on a single row (`submission_suite`), and comparisons with
other units, which depend on the order of arrival (`tasks/validate/cross_unit`). The frame is that of `submission_suite`;
columns about last month are None if nothing was accepted before.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from expectations.rule_meta import Mark, load_expectations, marked_expectation, rule_mark

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

JUMP = 2000.0
"""A figure this many times last month's, or this fraction of it, suggests 元 in place of 万元; real changes are smaller."""


def month_faults() -> Iterator[Mark]:
    """The rules on copies of last month whose codes are in the column `faults`."""
    yield rule_mark("V303", "progress")


def month_expectations() -> Iterator[Expectation]:
    """Every expectation that compares with last month."""
    e = load_expectations()
    quotes = {"value": "cumulative_text", "expected": "previous_wanted"}
    yield e.ExpectColumnPairValuesAToBeGreaterThanB(
        column_A="cumulative",
        column_B="previous_floor",
        or_equal=True,
        ignore_row_if="either_value_is_missing",
        **marked_expectation("V301", "cumulative", **quotes),
    )
    yield e.ExpectColumnValuesToBeBetween(
        column="times_previous",
        min_value=1 / JUMP,
        max_value=JUMP,
        **marked_expectation("V302", "cumulative", **quotes),
    )
    yield e.ExpectColumnPairValuesToBeEqual(
        column_A="previous_given",
        column_B="previous",
        ignore_row_if="either_value_is_missing",
        **marked_expectation("V306", "previous", value="previous_text", expected="previous_wanted"),
    )
