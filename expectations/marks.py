"""What every expectation carries besides its test: the code of its rule, and how to say what it found.

Belongs here: the `meta` and severity of an expectation. The tests themselves are in the suites.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable, Mapping
from functools import cache
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
    return {"meta": _meta(_mark(code, fields, value, expected)), "severity": _level([code])}


def marked_by(column: str, rules: Mapping[str, str], *fields: str, value: str = "", **expected: str) -> dict[str, Any]:
    """As `marked`, for an expectation that holds several rules at once: the missed row's cell in `column` says which.

    `rules` maps such a cell to its code; `expected` may differ by code. One expectation costs the same time for ten
    rules as for one, and a cell has one fault at most. Its severity is that of the gravest.
    """
    marks = {cell: _mark(code, fields, value, expected.get(code, "")) for cell, code in rules.items()}
    return {"meta": _meta({"by": column, "rules": marks}), "severity": _level(rules.values())}


def mark_of(meta: Mapping[str, str]) -> Mapping[str, Any]:
    """What an expectation's `meta` says: one rule's mark, or `by` a column several `rules`, one for each of its cells."""
    return _read(meta["mark"])


def rules_of(meta: Mapping[str, str]) -> tuple[Mapping[str, Any], ...]:
    """The marks an expectation's `meta` holds: one, or as many as it has rules."""
    mark = mark_of(meta)
    return tuple(mark["rules"].values()) if "rules" in mark else (mark,)


def _meta(mark: Mapping[str, Any]) -> dict[str, str]:
    # As one text: Great Expectations walks through all of `meta` a hundred times for every expectation in every run.
    return {"mark": json.dumps(mark, ensure_ascii=False)}


@cache
def _read(mark: str) -> Mapping[str, Any]:
    read: Mapping[str, Any] = json.loads(mark)
    return read


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
