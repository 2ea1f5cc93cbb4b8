"""The floor: the least that any intake in Python must cost, as a minimal script.

It reads the bytes, computes the sha256, parses with calamine, validates all rows in one Great Expectations run and
inserts them. It identifies no unit, repairs nothing, keeps no cell addresses, verdicts or versions, and would fail on
the first hostile file.

Two variants of the Great Expectations run are measured. The plain one applies ten simple expectations to the columns
as read, a quarter of what the project checks (`ratio_to_floor`). The other, given as `judge`, applies the project's own
suite to the same rows (`ratio_to_floor_same_rules`); its frame is built before the clock starts, so the conversion of
types, which any script would need for those rules, is not counted.
"""

from __future__ import annotations

import hashlib
import io
import sqlite3
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

FIRST_ROW = 8
COLUMNS = (
    *("measure_no", "measure_text", "role", "metric", "metric_unit", "target", "previous", "cumulative", "status"),
    *("progress", "problems", "coordination", "coordination_unit", "next_steps", "highlights", "expected"),
    "explanation",
)
Rows = list[tuple[Any, ...]]
STATUSES = ["已完成", "正常推进", "进展滞后", "未启动"]


def floor(share: Path, database: Path, judge: Callable[[Rows], object] | None = None) -> int:
    """Read every workbook of a share into a database; returns the number of rows. `judge` replaces the ten rules."""
    rows: Rows = []
    for path in sorted(share.rglob("*.xlsx")):
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        rows += [(digest, *row) for row in read_sheet(content)]
    (judge or plain_rules)(rows)
    connection = sqlite3.connect(database)
    with connection:
        connection.execute(f"CREATE TABLE progress (sha256, {', '.join(COLUMNS)})")
        connection.executemany(f"INSERT INTO progress VALUES ({', '.join('?' * (len(COLUMNS) + 1))})", rows)
    connection.close()
    return len(rows)


def read_sheet(content: bytes) -> list[list[Any]]:
    """The rows of the first sheet below its header."""
    from python_calamine import CalamineWorkbook

    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()[FIRST_ROW:]


def plain_rules(rows: Rows) -> int:
    """Validate these rows in one Great Expectations run; returns how many expectations failed."""
    import pandas as pd

    frame = pd.DataFrame(rows, columns=["sha256", *COLUMNS], dtype="object").replace("", None)
    frame["figure"] = pd.to_numeric(frame["cumulative"], errors="coerce")
    return run(frame)


def run(frame: Any) -> int:
    """Validate a frame against `suite`; returns how many expectations failed."""
    batch = batches().get_batch(batch_parameters={"dataframe": frame})
    result = batch.validate(suite(), result_format={"result_format": "COMPLETE"})
    return sum(not each.success for each in result.results)


@cache
def suite() -> Any:
    """The suite, built once, as any script would before its loop over files."""
    from great_expectations import ExpectationSuite

    return ExpectationSuite(name="floor", expectations=expectations())


def expectations() -> list[Any]:
    """Ten simple expectations on the columns as read."""
    import great_expectations.expectations as e

    return [
        *(e.ExpectColumnValuesToNotBeNull(column=name) for name in ("measure_no", "status", "progress", "next_steps")),
        e.ExpectColumnValuesToBeInSet(column="status", value_set=STATUSES),
        e.ExpectColumnValuesToBeBetween(column="figure", min_value=0),
        e.ExpectColumnValuesToNotMatchRegex(column="progress", regex="^(?:同上|见附件)$"),
        e.ExpectColumnValuesToNotMatchRegex(column="progress", regex=r"(?<!\d)1[3-9]\d{9}(?!\d)"),
        e.ExpectColumnValuesToMatchRegex(column="expected", regex=r"^\d{4}"),
        e.ExpectCompoundColumnsToBeUnique(column_list=["sha256", "measure_no", "metric"]),
    ]


@cache
def batches() -> Any:
    """A batch definition for any frame."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return (
        context.data_sources.add_pandas("floor").add_dataframe_asset("rows").add_batch_definition_whole_dataframe("all")
    )
