"""Provisional dates settled: once a year's holidays are known, duties on record get the dates that follow from them.

Order only: which dates change is decided in `tasks.issue`. Every run that looks at duties begins with this, so that it
does not matter how a year became known: by the form, by hand in calendar.toml, or with a newer version.
"""

from __future__ import annotations

from collections.abc import Sequence

from flows.steps.audit_trail import note_head
from tasks.issue.settle_dates import settle_dates
from tasks.model.run_context import Context
from tasks.model.submission import Duty
from tasks.store import audit_chain
from tasks.store.duty_table import provisional_duties, read_duties, write_duties

_SETTLED = "改正期限"
_TOLD_MOST = 20


def settle_calendar(context: Context, corrected: frozenset[int] = frozenset()) -> tuple[str, ...]:
    """Settle what can be settled, on record and on the audit log; a line for each duty whose due day moved.

    `corrected` are years that were known and have just been entered anew: their open duties are counted again too.
    """
    url, plan = context.url, context.plan.id
    stored = read_duties(url, plan) if corrected else provisional_duties(url, plan)
    if not stored:
        return ()
    settled = settle_dates(stored, context, corrected)
    if not settled:
        return ()
    before = {duty.key: duty for duty in stored}
    write_duties(url, settled)
    moved = [_moved(before[duty.key], duty) for duty in settled if before[duty.key].due != duty.due]
    audit_chain.record_act(url, plan, _SETTLED, "按放假安排", "系统", _summary(len(settled), moved), context.now)
    note_head(url, context.data)
    return tuple(moved)


def _moved(before: Duty, after: Duty) -> str:
    return f"{after.unit} {after.period}：{before.due} 改为 {after.due}"


def _summary(count: int, moved: Sequence[str]) -> str:
    listed = "；".join(moved[:_TOLD_MOST]) + ("等" if len(moved) > _TOLD_MOST else "")
    return f"{count}件应报事项的日期已确定，其中截止日期有变动的{len(moved)}件" + (f"：{listed}" if moved else "")
