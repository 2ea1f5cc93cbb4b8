"""The suite for submitted rows, and the suite for submissions as a whole.

Belongs here: what is required of one row by itself and against the plan, and of one file. Across months: `month.py`.
Does not belong here: reading values and filling frames (`tasks/validate`); the words of a finding (`catalogue.toml`).

A frame is indexed by one integer a row and holds normalised values, None where nothing is said. Its column `faults`
holds the codes of what was found where there is nothing left to compare (`marks.CODES`). What is required under a
condition stands in a column of its own (`WHEN`): a condition costs an expectation more than the expectation does.
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
"""The columns of the frame of rows that hold text or codes, None where there is none.

`progress` and `problems` hold what is short enough to stand for something else (`REPLACED_BY_REFERENCE`),
`personal_numbers` the texts of a row in which `tasks.personal_numbers` finds one.
"""

SAID = ("status_said", "progress_said")
"""The columns that only tell whether a cell says anything: `YES`, NaN where it does not. All else costs more to look at."""

YES = 1.0

NUMBERS = (
    *("cumulative", "ratio", "ratio_of_many", "line"),
    *("target", "target_given", "previous", "previous_given", "previous_floor", "times_previous"),
)
"""The columns of the frame of rows that hold numbers, NaN where there is none. `line` numbers what is filled in once."""


@dataclass(frozen=True, slots=True)
class When:
    """A column's values where column `by` is `value`; elsewhere `otherwise`, which is no fault."""

    column: str
    by: str
    value: object
    otherwise: float = math.nan


WHEN: Mapping[str, When] = {
    "figure_asked": When("cumulative_said", "figure_due", YES, YES),
    "problems_when_behind": When("problems_said", "status", "进展滞后", YES),
    "unit_to_coordinate": When("coordination_unit_said", "coordination_said", YES, YES),
    "shortfall_when_done": When("shortfall", "status", "已完成"),
    "days_ahead_when_done": When("days_ahead", "status", "已完成"),
    "shortfall_past_due": When("shortfall_when_due", "status", "正常推进"),
    "cumulative_before_start": When("cumulative", "status", "未启动"),
}
"""The columns that hold another one under a condition; what is nobody's business there is no fault. Those that they are
taken from need not stand in the frame."""


def row_expectations(statuses: tuple[str, ...]) -> Iterator[Expectation]:
    """Every expectation on one row by itself and against the plan. `statuses` are the words of 进展状态."""
    yield from _required()
    yield from _values(statuses)
    yield from _across()
    yield from _plan()


def file_expectations() -> Iterator[Expectation]:
    """The expectation on one submission as a whole: one line of the frame is one file."""
    yield load_expectations().ExpectColumnValuesToBeNull(column="faults", **marked_by("faults", _faults_of_files()))


def _faults_of_files() -> Iterator[Mark]:
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
    asked = marked_expectation("V101", "cumulative", expected="=本期累计")
    yield e.ExpectColumnValuesToNotBeNull(column="figure_asked", **asked)
    yield e.ExpectColumnValuesToNotBeNull(
        column="status_said", **marked_expectation("V101", "status", expected="=进展状态")
    )
    yield e.ExpectColumnValuesToNotBeNull(
        column="progress_said", **marked_expectation("V101", "progress", expected="=进展情况")
    )


def _values(statuses: tuple[str, ...]) -> Iterator[Expectation]:
    e = load_expectations()
    yield _told_here("progress")
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
    yield _told_here("problems")
    yield e.ExpectColumnValuesToBeNull(column="personal_numbers", **marked_expectation("V117", "personal_numbers"))


def _told_here(field: str) -> Expectation:
    told: Expectation = load_expectations().ExpectColumnValuesToNotMatchRegex(
        column=field, regex=REPLACED_BY_REFERENCE, **marked_expectation("V113", field, value=field)
    )
    return told


def _across() -> Iterator[Expectation]:
    e = load_expectations()
    said = {"value": "cumulative_text", "expected": "target_wanted"}
    done = marked_expectation("V201", "cumulative", "status", **said)
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
        column="ratio", max_value=1, **marked_expectation("V206", "cumulative", **said)
    )
    yield e.ExpectColumnValuesToBeBetween(
        column="ratio_of_many", max_value=3, **marked_expectation("V207", "cumulative", **said)
    )


def _plan() -> Iterator[Expectation]:
    e = load_expectations()
    yield e.ExpectColumnValuesToBeNull(column="faults", **marked_by("faults", _faults()))
    yield e.ExpectColumnValuesToBeUnique(column="line", **marked_expectation("V404", "measure_no", expected="metric"))
    yield e.ExpectColumnPairValuesToBeEqual(
        column_A="target_given",
        column_B="target",
        ignore_row_if="either_value_is_missing",
        **marked_expectation("V406", "target", value="target_text", expected="target_wanted"),
    )


def _faults() -> Iterator[Mark]:
    """What reading a row found, and holding its words against the plan, and last month."""
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
