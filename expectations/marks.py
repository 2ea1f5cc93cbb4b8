"""What every expectation carries besides its test: the code of its rule, and how to say what it found.

Belongs here: the `meta` and severity of an expectation. The tests themselves are in the suites.
"""

from __future__ import annotations

import warnings
from typing import Any

from expectations.catalogue import CATALOGUE
from expectations.rule import Severity

# Great Expectations knows three severities; the catalogue's four are told apart by the code in `meta`.
_LEVELS: dict[Severity, str] = {"refuse": "critical", "return": "critical", "query": "warning", "hint": "info"}


def marked(code: str, *fields: str, value: str = "", expected: str = "") -> dict[str, Any]:
    """Keyword arguments `meta` and `severity` of an expectation.

    `fields` are the columns of the workbook whose cells a finding marks; `value` and `expected` name the frame's
    columns that hold what was read and what is wanted, or are words when they begin with `=`.
    Raises KeyError for a code the catalogue does not have.
    """
    return {
        "meta": {"code": code, "fields": list(fields), "value": value, "expected": expected},
        "severity": _LEVELS[CATALOGUE[code].severity],
    }


def library() -> Any:
    """Great Expectations' own expectations. Imported here, late: the import takes seconds and most passes need none."""
    with warnings.catch_warnings():
        # It imports a module of the standard library that is deprecated: nothing the office could act on.
        warnings.simplefilter("ignore", DeprecationWarning)
        import great_expectations.expectations as expectations
    return expectations
