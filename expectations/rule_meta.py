"""The `meta` and severity of every expectation: the code of its rule, and what a finding marks and quotes.

Belongs here: writing and reading `meta`. The tests themselves are in the suites.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from expectations.catalogue import CATALOGUE
from expectations.deferred_imports import defer_imports
from expectations.rule import SEVERITIES, Severity

# Great Expectations has three severities, the catalogue four; the code in `meta` identifies the rule.
_LEVELS: dict[Severity, str] = {"refuse": "critical", "return": "critical", "query": "warning", "hint": "info"}


Mark = Mapping[str, Any]
"""One rule: `code`, the workbook's `fields` whose cells a finding marks, and the quoted `value` and `expected`."""


def marked_expectation(code: str, *fields: str, value: str = "", expected: str = "") -> dict[str, Any]:
    """Keyword arguments `meta` and `severity` of an expectation.

    `fields` are the columns of the workbook whose cells a finding marks; `value` and `expected` name the quoted values (the
    value read and the value wanted), or are literal text after `=`.
    Raises KeyError for a code that is not in the catalogue.
    """
    return {"meta": _meta(rule_mark(code, *fields, value=value, expected=expected)), "severity": _level([code])}


def rule_mark(code: str, *fields: str, value: str = "", expected: str = "") -> Mark:
    """The mark of one rule; the arguments are those of `marked_expectation`."""
    return {"code": code, "fields": list(fields), "value": value, "expected": expected}


def marked_by(column: str, marks: Iterable[Mark]) -> dict[str, Any]:
    """As `marked_expectation`, for one expectation that stands for several rules.

    In each row that fails, the cell in `column` has the codes of the broken rules, joined by `CODES`. One expectation for
    twenty rules takes the same time as for one. Its severity is the gravest of the rules.
    """
    rules = {each["code"]: each for each in marks}
    return {"meta": _meta({"by": column, "rules": rules}), "severity": _level(rules)}


CODES = "|"
"""The separator between codes in one cell."""


def read_marks(meta: Mapping[str, str]) -> Mapping[str, Any]:
    """The content of an expectation's `meta`: one mark, or `by` (the column of codes) and `rules` (a mark per code)."""
    return _parse(meta["marks"])


def marks_of(meta: Mapping[str, str]) -> tuple[Mark, ...]:
    """The marks of an expectation: one per rule."""
    marks = read_marks(meta)
    return tuple(marks["rules"].values()) if "rules" in marks else (marks,)


def _meta(marks: Mapping[str, Any]) -> dict[str, str]:
    # One string: Great Expectations traverses `meta` a hundred times for every expectation in every run.
    return {"marks": json.dumps(marks, ensure_ascii=False)}


@cache
def _parse(text: str) -> Mapping[str, Any]:
    marks: Mapping[str, Any] = json.loads(text)
    return marks


def _level(codes: Iterable[str]) -> str:
    return _LEVELS[min((CATALOGUE[code].severity for code in codes), key=SEVERITIES.index)]


def load_expectations() -> Any:
    """The module of expectation types. Imported late: the import takes seconds, and most passes need none."""
    defer_imports()
    with warnings.catch_warnings():
        # Great Expectations imports a deprecated module of the standard library, which an office cannot change.
        warnings.simplefilter("ignore", DeprecationWarning)
        from expectations import expectation_types
    return expectation_types
