"""What a finding may quote of its row: the cells as written and what is wanted instead, by the names the rules use.

Belongs here: those words, made only for rows that missed something.
"""

from __future__ import annotations

from collections.abc import Mapping

from tasks.validate.lines import Line
from tasks.validate.normalise import folded, plain

Quotes = Mapping[str, str | None]


def quotes_of(line: Line) -> Quotes:
    """By name; None where there is nothing to quote."""
    asked, target = line.asked, line.target
    last = line.last.cumulative if line.last else None
    return {
        "measure": line.key[0],
        "metric": line.key[1],
        "owner": asked.owner,
        "status_text": line.status_given,
        "cumulative_text": line.cumulative.text,
        "cumulative_wanted": line.cumulative.expected or (target.unit if target else None),
        "expected_text": line.expected.text,
        "progress": folded(line.texts["progress"]),
        "problems": folded(line.texts["problems"]),
        "metric_text": asked.metric_given or "（空）",
        "metric_wanted": asked.metrics,
        "text_of": asked.text_of,
        "unit_text": asked.unit_given if target else None,
        "unit_wanted": target.unit if target else None,
        "target_text": line.target_given.text if target else None,
        "target_wanted": asked.target_wanted,
        "target_due": target.due.isoformat() if target and target.due else None,
        "previous_text": line.previous_given.text,
        "previous_wanted": None if last is None else plain(last),
    }
