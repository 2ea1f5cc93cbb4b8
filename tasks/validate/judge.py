"""Readings -> verdicts: the entry point of this stage.

Belongs here: the order of the work, and the readings that get a verdict without a check of their rows. pandas and Great
Expectations are imported only when there is a row to check: an empty pass needs neither.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tasks.caching import no_cycle_collection
from tasks.model.finding import make_finding
from tasks.model.run_context import Context
from tasks.model.submission import AnsweredQuery, Duty, ProgressRow, Reading, Verdict
from tasks.validate.conflicting_versions import question_conflicting
from tasks.validate.verdict_state import state_of_findings

# The rows belong to another unit or plan: checked against this unit's measures they would all be wrong.
_FOREIGN = frozenset({"R013", "R015"})


@no_cycle_collection()
def judge(
    readings: Sequence[Reading],
    context: Context,
    duties: Sequence[Duty],
    previous: Sequence[ProgressRow],
    answered: Mapping[str, frozenset[AnsweredQuery]] | None = None,
) -> tuple[Verdict, ...]:
    """One verdict a reading, in the same order: that of arrival, for a correction knows what was explained before it.

    `duties` are those a submission may answer; `previous` the last accepted rows before each period there is a report
    for; `answered` by unit the queries that were settled in its last accepted report.
    Raises PipelineError when a rule could not be evaluated.
    """
    verdicts: list[Verdict | None] = [_unread(reading, duties) for reading in readings]
    open_places = [place for place, verdict in enumerate(verdicts) if verdict is None]
    if open_places:
        from tasks.validate.judge_chunk import judge_chunk
        from tasks.validate.month_order import judging_order, with_verdicts
        from tasks.validate.plan_lookup import PlanLookup

        known = (context.plan, context.county, context.layout)
        lookup = PlanLookup(*known, tuple(duties), tuple(previous), answered or {})
        judged: list[Verdict] = []
        for places in judging_order(readings, open_places):
            lookup = with_verdicts(lookup, judged)
            judged = judge_chunk([readings[place] for place in places], lookup)
            for place, verdict in zip(places, judged, strict=True):
                verdicts[place] = verdict
    return question_conflicting([verdict for verdict in verdicts if verdict is not None])


def _unread(reading: Reading, duties: Sequence[Duty]) -> Verdict | None:
    """The verdict on a reading without rows to check: no table, refused, foreign, or of an unknown unit, period or kind.

    None for any other reading.
    """
    findings = reading.findings
    unknown = reading.unit is None or reading.period is None or reading.kind is None
    if unknown and state_of_findings(findings) == "accepted":
        findings = (*findings, make_finding("R007"))
    state = state_of_findings(findings)
    foreign = any(each.code in _FOREIGN for each in findings)
    if unknown or foreign or state == "refused" or (state == "returned" and not reading.columns):
        return Verdict(_attributed(reading, duties), state, findings, repairs=reading.repairs)
    return None


def _attributed(reading: Reading, duties: Sequence[Duty]) -> Reading:
    """The reading with the period and kind of the unit's only open duty, so that an unusable file counts as received for it.

    Only for a file in the unit's own folder, where no other unit can write. With several open duties it stays as it is.
    """
    original = reading.original
    if reading.period is not None or reading.unit is None or reading.unit != original.folder_unit:
        return reading
    day = original.received_at.date()
    candidates = [
        duty
        for duty in duties
        if (duty.plan, duty.unit) == (reading.plan, reading.unit)
        and reading.kind in (None, duty.kind)
        and duty.opens <= day <= max(duty.closes, duty.extended_to or duty.closes)
    ]
    if len(candidates) != 1:
        return reading
    return replace(reading, period=candidates[0].period, kind=candidates[0].kind)
