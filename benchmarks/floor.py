"""The floor: what any intake in Python must pay, in the barest script there is.

Read the bytes, sha256, calamine, one Great Expectations run over all rows, bulk insert. No identity, no repair, no
cell addresses, no verdicts, no versions, nothing kept, and it would not survive one hostile file.

There are two readings of "one Great Expectations run", and both are measured. The plain one holds ten expectations of
the plainest kind against the columns as read: less than the project does by three quarters, and the figure that
`ratio_to_floor` is about. The other (`judge` is given) holds the project's own suite against the same rows in one run,
for the rules are what the project exists for; the frame it looks at was made before the clock started, so that none of
the typing, which any script would need to apply those rules, is counted (`ratio_to_floor_same_rules`).
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
    """Take every workbook of a share into a database; returns the rows. `judge` instead of the ten plain rules."""
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
    """One Great Expectations run over these rows; returns how many expectations were missed."""
    import pandas as pd

    frame = pd.DataFrame(rows, columns=["sha256", *COLUMNS], dtype="object").replace("", None)
    frame["figure"] = pd.to_numeric(frame["cumulative"], errors="coerce")
    return run(frame)


def run(frame: Any) -> int:
    """Hold a frame against `expectations`; returns how many were missed."""
    batch = batches().get_batch(batch_parameters={"dataframe": frame})
    result = batch.validate(suite(), result_format={"result_format": "COMPLETE"})
    return sum(not each.success for each in result.results)


@cache
def suite() -> Any:
    """Put together once, as anybody would before a loop over files."""
    from great_expectations import ExpectationSuite

    return ExpectationSuite(name="floor", expectations=expectations())


def expectations() -> list[Any]:
    """Ten expectations of the plainest kind on the columns as read."""
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
    """A batch definition that takes any frame."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return (
        context.data_sources.add_pandas("floor").add_dataframe_asset("rows").add_batch_definition_whole_dataframe("all")
    )
