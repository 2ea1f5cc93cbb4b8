"""What every expectation carries besides its test: the code of its rule, and how to say what it found.

Belongs here: the `meta` and severity of an expectation. The tests themselves are in the suites.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from typing import Any

from expectations.catalogue import CATALOGUE
from expectations.rule import SEVERITIES, Severity

# Great Expectations knows three severities; the catalogue's four are told apart by the code in `meta`.
_LEVELS: dict[Severity, str] = {"refuse": "critical", "return": "critical", "query": "warning", "hint": "info"}


def marked(code: str, *fields: str, value: str = "", expected: str = "") -> dict[str, Any]:
    """Keyword arguments `meta` and `severity` of an expectation.

    `fields` are the columns of the workbook whose cells a finding marks; `value` and `expected` name the frame's
    columns that hold what was read and what is wanted, or are words when they begin with `=`.
    Raises KeyError for a code the catalogue does not have.
    """
    return {"meta": _mark(code, fields, value, expected), "severity": _level([code])}


def marked_by(column: str, rules: Mapping[str, str], *fields: str, value: str = "", **expected: str) -> dict[str, Any]:
    """As `marked`, for an expectation that holds several rules at once: the missed row's cell in `column` says which.

    `rules` maps such a cell to its code; `expected` may differ by code. One expectation costs the same time for ten
    rules as for one, and a cell has one fault at most. Its severity is that of the gravest.
    """
    marks = {cell: _mark(code, fields, value, expected.get(code, "")) for cell, code in rules.items()}
    return {"meta": {"by": column, "rules": marks}, "severity": _level(rules.values())}


def rules_of(meta: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """The marks an expectation's `meta` holds: one, or as many as it has rules."""
    return tuple(meta["rules"].values()) if "rules" in meta else (meta,)


def _mark(code: str, fields: Iterable[str], value: str, expected: str) -> dict[str, Any]:
    return {"code": code, "fields": list(fields), "value": value, "expected": expected}


def _level(codes: Iterable[str]) -> str:
    return _LEVELS[min((CATALOGUE[code].severity for code in codes), key=SEVERITIES.index)]


def library() -> Any:
    """Great Expectations' own expectations. Imported here, late: the import takes seconds and most passes need none."""
    with warnings.catch_warnings():
        # It imports a module of the standard library that is deprecated: nothing the office could act on.
        warnings.simplefilter("ignore", DeprecationWarning)
        import great_expectations.expectations as expectations
    return expectations
