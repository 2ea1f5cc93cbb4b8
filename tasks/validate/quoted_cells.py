"""The values that a finding may quote from its row: cells as written and expected values, by the names the rules use.

Belongs here: those values, each computed only when a rule quotes it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from tasks.validate.cell_text import folded_text, number_text
from tasks.validate.typed_rows import TypedRow

Quotes = Callable[[str], str | None]
"""A function from name to value; None if there is nothing to quote."""


def quotes_of(row: TypedRow) -> Quotes:
    """The quotable values of a row of a report."""
    return partial(_quote, row)


def _quote(row: TypedRow, name: str) -> str | None:
    value_of = _VALUES.get(name)
    return value_of(row) if value_of else None


def _figure_wanted(row: TypedRow) -> str | None:
    return row.cumulative.expected or (row.target.unit if row.target else None)


def _due(row: TypedRow) -> str | None:
    return row.target.due.isoformat() if row.target and row.target.due else None


def _previous(row: TypedRow) -> str | None:
    last = row.last.cumulative if row.last else None
    return None if last is None else number_text(last)


_VALUES: Mapping[str, Callable[[TypedRow], str | None]] = {
    "measure": lambda row: row.key[0],
    "metric": lambda row: row.key[1],
    "owner": lambda row: row.prefilled.owner,
    "status_text": lambda row: row.status_given,
    "cumulative_text": lambda row: row.cumulative.text,
    "cumulative_wanted": _figure_wanted,
    "expected_text": lambda row: row.expected.text,
    "progress": lambda row: folded_text(row.texts["progress"]),
    "problems": lambda row: folded_text(row.texts["problems"]),
    "metric_text": lambda row: row.prefilled.metric_given or "（空）",
    "metric_wanted": lambda row: row.prefilled.metrics,
    "text_of": lambda row: row.prefilled.text_of,
    "unit_text": lambda row: row.prefilled.unit_given if row.target else None,
    "unit_wanted": lambda row: row.target.unit if row.target else None,
    "target_text": lambda row: row.target_given.text if row.target else None,
    "target_wanted": lambda row: row.prefilled.target_wanted,
    "target_due": _due,
    "previous_text": lambda row: row.previous_given.text,
    "previous_wanted": _previous,
}
