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
from expectations.deferred_imports import put_off
from expectations.rule import SEVERITIES, Severity

# Great Expectations knows three severities; the catalogue's four are told apart by the code in `meta`.
_LEVELS: dict[Severity, str] = {"refuse": "critical", "return": "critical", "query": "warning", "hint": "info"}


Mark = Mapping[str, Any]
"""What one rule says: `code`, the workbook's `fields` whose cells a finding marks, and what it quotes (`marked`)."""


def marked_expectation(code: str, *fields: str, value: str = "", expected: str = "") -> dict[str, Any]:
    """Keyword arguments `meta` and `severity` of an expectation.

    `fields` are the columns of the workbook whose cells a finding marks; `value` and `expected` name the frame's
    columns that hold what was read and what is wanted, or are words when they begin with `=`.
    Raises KeyError for a code the catalogue does not have.
    """
    return {"meta": _meta(rule_mark(code, *fields, value=value, expected=expected)), "severity": _level([code])}


def rule_mark(code: str, *fields: str, value: str = "", expected: str = "") -> Mark:
    """One rule of several that an expectation holds (`marked_by`); as for `marked`."""
    return {"code": code, "fields": list(fields), "value": value, "expected": expected}


def marked_by(column: str, marks: Iterable[Mark]) -> dict[str, Any]:
    """As `marked`, for an expectation that holds several rules at once: the missed row's cell in `column` says which.

    The cell holds the codes of the rules that are broken, joined by `CODES`. One expectation costs the same time for
    twenty rules as for one. Its severity is that of the gravest.
    """
    rules = {each["code"]: each for each in marks}
    return {"meta": _meta({"by": column, "rules": rules}), "severity": _level(rules)}


CODES = "|"
"""Between the codes in one cell."""


def said_by(meta: Mapping[str, str]) -> Mapping[str, Any]:
    """What an expectation's `meta` says: one mark, or under `rules` a mark a code, of those in the column `by`."""
    return _read(meta["said"])


def rules_of(meta: Mapping[str, str]) -> tuple[Mark, ...]:
    """The marks an expectation's `meta` holds: one, or as many as it has rules."""
    said = said_by(meta)
    return tuple(said["rules"].values()) if "rules" in said else (said,)


def _meta(said: Mapping[str, Any]) -> dict[str, str]:
    # As one text: Great Expectations walks through all of `meta` a hundred times for every expectation in every run.
    return {"said": json.dumps(said, ensure_ascii=False)}


@cache
def _read(said: str) -> Mapping[str, Any]:
    read: Mapping[str, Any] = json.loads(said)
    return read


def _level(codes: Iterable[str]) -> str:
    return _LEVELS[min((CATALOGUE[code].severity for code in codes), key=SEVERITIES.index)]


def load_expectations() -> Any:
    """The kinds of expectation. Imported here, late: the import takes seconds and most passes need none."""
    put_off()
    with warnings.catch_warnings():
        # It imports a module of the standard library that is deprecated: nothing the office could act on.
        warnings.simplefilter("ignore", DeprecationWarning)
        from expectations import expectation_types
    return expectation_types
