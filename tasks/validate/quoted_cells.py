"""What a finding may quote of its row: the cells as written and what is wanted instead, by the names the rules use.

Belongs here: those words, each made only when a rule asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from tasks.validate.cell_text import folded_text, plain_cell
from tasks.validate.typed_rows import TypedRow

Quotes = Callable[[str], str | None]
"""By name; None where there is nothing to quote."""


def quotes_of(line: TypedRow) -> Quotes:
    """What may be quoted of a row of a report."""
    return partial(_quote, line)


def _quote(line: TypedRow, name: str) -> str | None:
    say = _WORDS.get(name)
    return say(line) if say else None


def _figure_wanted(line: TypedRow) -> str | None:
    return line.cumulative.expected or (line.target.unit if line.target else None)


def _due(line: TypedRow) -> str | None:
    return line.target.due.isoformat() if line.target and line.target.due else None


def _previous(line: TypedRow) -> str | None:
    last = line.last.cumulative if line.last else None
    return None if last is None else plain_cell(last)


_WORDS: Mapping[str, Callable[[TypedRow], str | None]] = {
    "measure": lambda line: line.key[0],
    "metric": lambda line: line.key[1],
    "owner": lambda line: line.asked.owner,
    "status_text": lambda line: line.status_given,
    "cumulative_text": lambda line: line.cumulative.text,
    "cumulative_wanted": _figure_wanted,
    "expected_text": lambda line: line.expected.text,
    "progress": lambda line: folded_text(line.texts["progress"]),
    "problems": lambda line: folded_text(line.texts["problems"]),
    "metric_text": lambda line: line.asked.metric_given or "（空）",
    "metric_wanted": lambda line: line.asked.metrics,
    "text_of": lambda line: line.asked.text_of,
    "unit_text": lambda line: line.asked.unit_given if line.target else None,
    "unit_wanted": lambda line: line.target.unit if line.target else None,
    "target_text": lambda line: line.target_given.text if line.target else None,
    "target_wanted": lambda line: line.asked.target_wanted,
    "target_due": _due,
    "previous_text": lambda line: line.previous_given.text,
    "previous_wanted": _previous,
}
