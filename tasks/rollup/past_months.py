"""Roll up earlier months again from current data, for trends, the ledger and corrections.

Belongs here: which months come before a period, and their roll-ups. Does not belong here: rolling up one month
(`roll_up`), what was printed at the time (the frozen briefs).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from config.calendar import Period
from tasks.model.progress import RollUp
from tasks.model.run_context import Context
from tasks.model.submission import Duty, ProgressRow, Submission
from tasks.rollup.roll_up import roll_up
from tasks.rollup.standing import decide_standings_at

Month = tuple[Sequence[ProgressRow], Sequence[ProgressRow]]


def months_before(duties: Iterable[Duty], period: Period) -> tuple[str, ...]:
    """The months with monthly reports before a period's last month and in the same year, the earliest first."""
    reported = {duty.period for duty in duties if duty.kind == "progress"}
    return tuple(sorted(text for text in reported if _is_earlier(text, period) and text[:4] == f"{period.end.year:04}"))


def issues_before(issued: Iterable[str], period: Period) -> tuple[str, ...]:
    """The months in `issued` (periods with an issue) before a period's last month, of any year, the earliest first."""
    return tuple(sorted(text for text in issued if _is_earlier(text, period)))


def _is_earlier(text: str, period: Period) -> bool:
    one = Period.parse(text)
    return one.months == 1 and one.end < period.end


def roll_months(
    context: Context, months: Mapping[str, Month], duties: Sequence[Duty], submissions: Sequence[Submission]
) -> tuple[RollUp, ...]:
    """Each month as it would be rolled up today, in the order of `months` (period -> its rows, the rows before it)."""
    rolled = []
    for text, (rows, previous) in months.items():
        own = [duty for duty in duties if duty.period == text]
        received = [one for one in submissions if one.period == text]
        standings = decide_standings_at(own, received, context)
        rolled.append(roll_up(context, text, standings, rows, previous))
    return tuple(rolled)
