"""Makes findings, with words and severity from the catalogue, and recognises a finding that was answered before.

Does not belong here: the rules and their words (`expectations`), and the search for faults (each stage).
"""

from __future__ import annotations

from collections.abc import Iterable

from expectations.catalogue import CATALOGUE
from tasks.model.submission import AnsweredQuery, Finding

SETTLES = frozenset(code for code, rule in CATALOGUE.items() if rule.declared == "query")
"""Codes that ask for an explanation. Once it is given, the finding becomes a hint."""


def make_finding(
    code: str,
    *,
    sheet: str = "",
    cells: Iterable[str] = (),
    measure: str | None = None,
    value: str = "",
    expected: str = "",
) -> Finding:
    """The finding of rule `code` with its words filled in. `cells` are A1 addresses on `sheet`.

    Raises KeyError for a code that the catalogue does not have.
    """
    rule = CATALOGUE[code]
    return Finding(
        code=code,
        severity=rule.severity,
        text=rule.text(value=value, expected=expected, measure=measure),
        remedy=rule.advice(value=value, expected=expected, measure=measure),
        sheet=sheet,
        cells=tuple(cells),
        measure=measure,
        value=value,
        expected=expected,
    )


def answered_by(code: str, measures: str | None, value: str) -> tuple[AnsweredQuery, ...]:
    """The queries that a settled finding answers: one for each of its `measures`, which are joined by 、."""
    return tuple(AnsweredQuery(code, measure, value) for measure in (measures or "").split("、"))
