"""Common alternatives: pandas + openpyxl + one Great Expectations run per file, and frictionless per file.

Both follow their manuals, check the same ten rules as the floor, and insert the rows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks import floor

SAMPLE = 30
"""Files measured of each: the cost per file is constant, and thousands of files would take an hour."""


def openpyxl_and_gx(paths: Iterable[Path], database: Path) -> int:
    """Read each file by pandas with openpyxl and validate it in its own run; returns the number of rows."""
    import pandas as pd

    count = 0
    with sqlite3.connect(database) as connection:
        for path in paths:
            frame = pd.read_excel(path, engine="openpyxl", header=None, skiprows=floor.FIRST_ROW)
            frame.columns = pd.Index(floor.COLUMNS)
            frame.insert(0, "sha256", path.name)
            frame["figure"] = pd.to_numeric(frame["cumulative"], errors="coerce")
            floor.run(frame)
            frame.to_sql("usual", connection, if_exists="append", index=False)
            count += len(frame)
    return count


def frictionless(paths: Iterable[Path], database: Path) -> int:
    """Read and validate each file by frictionless; returns the number of rows. Raises ImportError if not installed."""
    from frictionless import Dialect, Resource, Schema
    from frictionless.formats import ExcelControl

    count = 0
    schema = Schema.from_descriptor({"fields": [_field(name) for name in floor.COLUMNS]})
    with sqlite3.connect(database) as connection:
        connection.execute(f"CREATE TABLE usual ({', '.join(floor.COLUMNS)})")
        for path in paths:
            dialect = Dialect(header=False, comment_rows=list(range(1, floor.FIRST_ROW + 1)), controls=[ExcelControl()])
            resource = Resource(path=path.name, basepath=str(path.parent), dialect=dialect, schema=schema)
            resource.validate()
            rows = [list(row.to_dict().values()) for row in resource.read_rows()]
            connection.executemany(f"INSERT INTO usual VALUES ({', '.join('?' * len(floor.COLUMNS))})", rows)
            count += len(rows)
    return count


def _field(name: str) -> dict[str, Any]:
    rules: dict[str, dict[str, Any]] = {
        **{field: {"required": True} for field in ("measure_no", "status", "progress", "next_steps")},
        "expected": {"pattern": r"\d{4}.*"},
    }
    rules["status"] = {"required": True, "enum": floor.STATUSES}
    if name == "cumulative":
        return {"name": name, "type": "number", "floatNumber": True, "constraints": {"minimum": 0}}
    return {
        "name": name,
        "type": "any" if name in ("target", "previous") else "string",
        "constraints": rules.get(name, {}),
    }
