"""The suite for submitted rows, and the suite for submissions as a whole.

Belongs here: the rules on one row, on one row against the plan, and on one file. Rules across months are in `month_suite`.
Does not belong here: reading values and filling frames (`tasks/validate`); the words of a finding (`catalogue.toml`).

A frame has one integer per row as index and normalised values, None for an empty cell. Its column `faults` has the codes of
faults that were found while the frame was filled, joined by `rule_meta.CODES`. A rule with a condition checks a column made
for it (`WHEN`): an expectation with a row condition costs more than twice as much.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from expectations.month_suite import month_faults
from expectations.rule_meta import Mark, load_expectations, marked_by, marked_expectation, rule_mark

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

NUMBER_FAULTS = ("V102", "V103", "V104", "V105", "V106", "V107", "V108", "V109", "V110", "V111")
DAY_FAULTS = ("V115", "V116")
_REFERENCES = ("同上", "同前", "同左", "见上", "附后", "略", "已报", "详?见附[件表]", "详?见报告", "详?见材料")
REPLACED_BY_REFERENCE = rf"^[（(]?(?:{'|'.join(_REFERENCES)})[)）]?[。.]?$"


TEXTS = ("status", "progress", "problems", "personal_numbers", "faults")
"""The text columns of the frame of rows, None for an empty value.

`progress` and `problems` have only texts short enough to be a `REPLACED_BY_REFERENCE`; `personal_numbers`
has the texts of a row in which `tasks.personal_numbers` finds a number.
"""

PRESENCE = ("status_filled", "progress_filled")
"""The columns that tell whether a cell is filled: `YES` or NaN. Numbers are faster to check than text."""

YES = 1.0

NUMBERS = (
    *("cumulative", "ratio", "ratio_of_many", "duplicate_key"),
    *("target", "target_given", "previous", "previous_given", "previous_floor", "times_previous"),
)
"""The numeric columns of the frame of rows, NaN for an empty value.

`duplicate_key` identifies (file, measure, metric), which may occur once.
"""


@dataclass(frozen=True, slots=True)
class When:
    """The values of `column` where column `by` equals `value`, elsewhere `otherwise`, which passes the check."""

    column: str
    by: str
    value: object
    otherwise: float = math.nan


WHEN: Mapping[str, When] = {
    "figure_when_due": When("cumulative_filled", "figure_due", YES, YES),
    "problems_when_behind": When("problems_filled", "status", "进展滞后", YES),
    "unit_to_coordinate": When("coordination_unit_filled", "coordination_filled", YES, YES),
    "shortfall_when_done": When("shortfall", "status", "已完成"),
    "days_ahead_when_done": When("days_ahead", "status", "已完成"),
    "shortfall_past_due": When("shortfall_when_due", "status", "正常推进"),
    "cumulative_before_start": When("cumulative", "status", "未启动"),
}
"""Conditional columns. The columns they are made from need not be in the frame."""


def row_expectations(statuses: tuple[str, ...]) -> Iterator[Expectation]:
    """Every expectation on one row, alone and against the plan. `statuses` are the words of 进展状态."""
    yield from _required()
    yield from _values(statuses)
    yield from _across()
    yield from _plan()


def file_expectations() -> Iterator[Expectation]:
    """The expectation on one submission as a whole: one row of the frame is one file."""
    yield load_expectations().ExpectColumnValuesToBeNull(column="faults", **marked_by("faults", _file_faults()))


def _file_faults() -> Iterator[Mark]:
    yield rule_mark("V411", value="period", expected="unit")
    yield rule_mark("V305")
    yield rule_mark("V304")
    yield rule_mark("V121", value="extend_to")
    yield rule_mark("V403")
    yield rule_mark("V120", "nil", value="nil_unknown")
    yield rule_mark("V209", "nil")
    yield rule_mark("V118", "extend_to", value="extend_fault")
    yield rule_mark("V119", "extend_reason")


def _required() -> Iterator[Expectation]:
    e = load_expectations()
    figure = marked_expectation("V101", "cumulative", expected="=本期累计")
    yield e.ExpectColumnValuesToNotBeNull(column="figure_when_due", **figure)
    yield e.ExpectColumnValuesToNotBeNull(
        column="status_filled", **marked_expectation("V101", "status", expected="=进展状态")
    )
    yield e.ExpectColumnValuesToNotBeNull(
        column="progress_filled", **marked_expectation("V101", "progress", expected="=进展情况")
    )


def _values(statuses: tuple[str, ...]) -> Iterator[Expectation]:
    e = load_expectations()
    yield _no_reference("progress")
    yield e.ExpectColumnValuesToBeInSet(
        column="status",
        value_set=list(statuses),
        **marked_expectation("V112", "status", value="status_text", expected="=" + "、".join(statuses)),
    )
    yield e.ExpectColumnValuesToBeBetween(
        column="cumulative", min_value=0, **marked_expectation("V114", "cumulative", value="cumulative_text")
    )
    early = marked_expectation("V208", "status", "cumulative", value="cumulative_text")
    yield e.ExpectColumnValuesToBeBetween(column="cumulative_before_start", max_value=0, **early)
    yield _no_reference("problems")
    yield e.ExpectColumnValuesToBeNull(column="personal_numbers", **marked_expectation("V117", "personal_numbers"))


def _no_reference(field: str) -> Expectation:
    expectation: Expectation = load_expectations().ExpectColumnValuesToNotMatchRegex(
        column=field, regex=REPLACED_BY_REFERENCE, **marked_expectation("V113", field, value=field)
    )
    return expectation


def _across() -> Iterator[Expectation]:
    e = load_expectations()
    quotes = {"value": "cumulative_text", "expected": "target_wanted"}
    done = marked_expectation("V201", "cumulative", "status", **quotes)
    yield e.ExpectColumnValuesToBeBetween(column="shortfall_when_done", max_value=0, **done)
    yield e.ExpectColumnValuesToNotBeNull(
        column="problems_when_behind", **marked_expectation("V202", "problems", "status")
    )
    ahead = marked_expectation("V203", "expected", "status", value="expected_text")
    yield e.ExpectColumnValuesToBeBetween(column="days_ahead_when_done", max_value=0, **ahead)
    yield e.ExpectColumnValuesToNotBeNull(
        column="unit_to_coordinate", **marked_expectation("V204", "coordination_unit")
    )
    late = marked_expectation("V205", "status", expected="target_due")
    yield e.ExpectColumnValuesToBeBetween(column="shortfall_past_due", max_value=0, **late)
    yield e.ExpectColumnValuesToBeBetween(
        column="ratio", max_value=1, **marked_expectation("V206", "cumulative", **quotes)
    )
    yield e.ExpectColumnValuesToBeBetween(
        column="ratio_of_many", max_value=3, **marked_expectation("V207", "cumulative", **quotes)
    )


def _plan() -> Iterator[Expectation]:
    e = load_expectations()
    yield e.ExpectColumnValuesToBeNull(column="faults", **marked_by("faults", _row_faults()))
    yield e.ExpectColumnValuesToBeUnique(
        column="duplicate_key", **marked_expectation("V404", "measure_no", expected="metric")
    )
    yield e.ExpectColumnPairValuesToBeEqual(
        column_A="target_given",
        column_B="target",
        ignore_row_if="either_value_is_missing",
        **marked_expectation("V406", "target", value="target_text", expected="target_wanted"),
    )


def _row_faults() -> Iterator[Mark]:
    """The rules whose faults are found while a row is typed: values, the plan's texts, copies of last month."""
    yield from (
        rule_mark(code, "cumulative", value="cumulative_text", expected="cumulative_wanted") for code in NUMBER_FAULTS
    )
    yield from (rule_mark(code, "expected", value="expected_text") for code in DAY_FAULTS)
    yield rule_mark("V401", "measure_no")
    yield rule_mark("V402", "measure_no", expected="owner")
    yield rule_mark("V405", "metric_unit", value="unit_text", expected="unit_wanted")
    yield from (rule_mark(code, "measure_text", expected="text_of") for code in ("V407", "V410"))
    yield from (rule_mark(code, "metric", value="metric_text", expected="metric_wanted") for code in ("V408", "V409"))
    yield from month_faults()
