"""The suite for submitted rows, and the suite for submissions as a whole.

Belongs here: what is required of one row by itself and against the plan, and of one file. Across months: `month.py`.
Does not belong here: reading values and filling frames (`tasks/validate`); the words of a finding (`catalogue.toml`).

A row's frame is indexed by one integer a row and holds normalised values, None where nothing is said; columns
ending in `_fault` hold the code of what reading the value found.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from expectations.marks import library, marked

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

NUMBER_FAULTS = ("V102", "V103", "V104", "V105", "V106", "V107", "V108", "V109", "V110", "V111")
DAY_FAULTS = ("V115", "V116")
_REFERENCES = ("同上", "同前", "同左", "见上", "附后", "略", "已报", "详?见附[件表]", "详?见报告", "详?见材料")
REPLACED_BY_REFERENCE = rf"^[（(]?(?:{'|'.join(_REFERENCES)})[)）]?[。.]?$"
PERSONAL = r"(?<!\d)(?:\d{17}[\dXx]|\d{16,19}|1[3-9]\d{9})(?!\d)"
"""Citizens' identity cards, bank cards and mobile numbers."""


def row_columns() -> tuple[str, ...]:
    """The columns of the frame of rows that hold text or codes; see `NUMBERS` for the others."""
    return (
        *("cumulative_text", "cumulative_fault", "cumulative_wanted", "figure_due", "status", "status_text"),
        *("progress", "problems", "coordination", "coordination_unit", "narrative", "progress_repeated"),
        *("expected_text", "expected_fault", "aside", "owner", "measure", "metric", "metric_text", "metric_wanted"),
        *("metric_fault", "measure_text_fault", "text_of", "unit_text", "unit_wanted", "target_text", "target_wanted"),
        *("target_due", "previous_text", "previous_wanted", "others"),
    )


NUMBERS = (
    *("file", "cumulative", "shortfall", "shortfall_when_due", "ratio", "ratio_of_many", "days_ahead"),
    *("target", "target_given", "previous", "previous_given", "previous_floor", "times_previous"),
)
"""The columns of the frame of rows that hold numbers, NaN where there is none."""


def row_expectations(statuses: tuple[str, ...]) -> Iterator[Expectation]:
    """Every expectation on one row by itself and against the plan. `statuses` are the words of 进展状态."""
    yield from _required()
    yield from _values(statuses)
    yield from _across()
    yield from _plan()


def file_expectations() -> Iterator[Expectation]:
    """Every expectation on one submission as a whole: one line of the frame is one file."""
    e = library()
    yield e.ExpectColumnValuesToBeNull(column="no_duty", **marked("V411", value="period", expected="unit"))
    yield e.ExpectColumnValuesToBeNull(column="untouched", **marked("V305"))
    yield e.ExpectColumnValuesToBeNull(column="repeated", **marked("V304"))
    yield e.ExpectColumnValuesToBeNull(column="only_extension", **marked("V121", value="extend_to"))
    yield e.ExpectColumnValuesToBeNull(column="missing", **marked("V403"))
    yield e.ExpectColumnValuesToBeNull(column="nil_unknown", **marked("V120", "nil", value="nil_unknown"))
    yield e.ExpectColumnValuesToBeNull(column="nil_conflict", **marked("V209", "nil"))
    yield e.ExpectColumnValuesToBeNull(column="extend_fault", **marked("V118", "extend_to", value="extend_fault"))
    yield e.ExpectColumnValuesToBeNull(column="extend_unfounded", **marked("V119", "extend_reason"))


def _when(column: str) -> Any:
    from great_expectations.expectations.row_conditions import Column

    return Column(column)


def _required() -> Iterator[Expectation]:
    e = library()
    yield e.ExpectColumnValuesToNotBeNull(
        column="cumulative_text",
        row_condition=_when("figure_due").is_not_null(),
        **marked("V101", "cumulative", expected="=本期累计"),
    )
    yield e.ExpectColumnValuesToNotBeNull(column="status_text", **marked("V101", "status", expected="=进展状态"))
    yield e.ExpectColumnValuesToNotBeNull(column="progress", **marked("V101", "progress", expected="=进展情况"))


def _values(statuses: tuple[str, ...]) -> Iterator[Expectation]:
    e = library()
    for code in NUMBER_FAULTS:
        mark = marked(code, "cumulative", value="cumulative_text", expected="cumulative_wanted")
        yield e.ExpectColumnValuesToNotBeInSet(column="cumulative_fault", value_set=[code], **mark)
    for code in DAY_FAULTS:
        mark = marked(code, "expected", value="expected_text")
        yield e.ExpectColumnValuesToNotBeInSet(column="expected_fault", value_set=[code], **mark)
    yield e.ExpectColumnValuesToBeInSet(
        column="status",
        value_set=list(statuses),
        **marked("V112", "status", value="status_text", expected="=" + "、".join(statuses)),
    )
    yield e.ExpectColumnValuesToBeBetween(
        column="cumulative", min_value=0, **marked("V114", "cumulative", value="cumulative_text")
    )
    for field in ("progress", "problems"):
        yield e.ExpectColumnValuesToNotMatchRegex(
            column=field, regex=REPLACED_BY_REFERENCE, **marked("V113", field, value=field)
        )
    yield e.ExpectColumnValuesToNotMatchRegex(column="narrative", regex=PERSONAL, **marked("V117", "narrative"))


def _across() -> Iterator[Expectation]:
    e = library()
    yield e.ExpectColumnValuesToBeBetween(
        column="shortfall",
        max_value=0,
        row_condition=_when("status") == "已完成",
        **marked("V201", "cumulative", "status", value="cumulative_text", expected="target_wanted"),
    )
    yield e.ExpectColumnValuesToNotBeNull(
        column="problems", row_condition=_when("status") == "进展滞后", **marked("V202", "problems", "status")
    )
    yield e.ExpectColumnValuesToBeBetween(
        column="days_ahead",
        max_value=0,
        row_condition=_when("status") == "已完成",
        **marked("V203", "expected", "status", value="expected_text"),
    )
    yield e.ExpectColumnValuesToNotBeNull(
        column="coordination_unit",
        row_condition=_when("coordination").is_not_null(),
        **marked("V204", "coordination_unit"),
    )
    yield e.ExpectColumnValuesToBeBetween(
        column="shortfall_when_due",
        max_value=0,
        row_condition=_when("status") == "正常推进",
        **marked("V205", "status", expected="target_due"),
    )
    said = {"value": "cumulative_text", "expected": "target_wanted"}
    yield e.ExpectColumnValuesToBeBetween(column="ratio", max_value=1, **marked("V206", "cumulative", **said))
    yield e.ExpectColumnValuesToBeBetween(column="ratio_of_many", max_value=3, **marked("V207", "cumulative", **said))
    yield e.ExpectColumnValuesToBeBetween(
        column="cumulative",
        max_value=0,
        row_condition=_when("status") == "未启动",
        **marked("V208", "status", "cumulative", value="cumulative_text"),
    )


def _plan() -> Iterator[Expectation]:
    e = library()
    yield e.ExpectColumnValuesToNotBeInSet(column="aside", value_set=["unknown"], **marked("V401", "measure_no"))
    yield e.ExpectColumnValuesToNotBeInSet(
        column="aside", value_set=["foreign"], **marked("V402", "measure_no", expected="owner")
    )
    yield e.ExpectCompoundColumnsToBeUnique(
        column_list=["file", "measure", "metric"],
        row_condition=_when("aside").is_null(),
        **marked("V404", "measure_no", expected="metric"),
    )
    yield e.ExpectColumnValuesToBeNull(
        column="unit_text", **marked("V405", "metric_unit", value="unit_text", expected="unit_wanted")
    )
    yield e.ExpectColumnPairValuesToBeEqual(
        column_A="target_given",
        column_B="target",
        ignore_row_if="either_value_is_missing",
        **marked("V406", "target", value="target_text", expected="target_wanted"),
    )
    for code in ("V407", "V410"):
        mark = marked(code, "measure_text", expected="text_of")
        yield e.ExpectColumnValuesToNotBeInSet(column="measure_text_fault", value_set=[code], **mark)
    for code in ("V408", "V409"):
        mark = marked(code, "metric", value="metric_text", expected="metric_wanted")
        yield e.ExpectColumnValuesToNotBeInSet(column="metric_fault", value_set=[code], **mark)
