"""One way to make a Finding: its words and severity always come from the catalogue, by code.

Belongs here: that lookup. The rules and their words are in `expectations`; who finds what is each stage's business.
"""

from __future__ import annotations

from collections.abc import Iterable

from expectations.catalogue import CATALOGUE
from tasks.shapes import Finding


def finding(
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
