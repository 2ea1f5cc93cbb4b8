"""Readings -> verdicts: the one door of this stage.

Belongs here: the order of the work, and the state that follows from the findings. pandas and Great Expectations
are imported only once there is a row to validate: an empty pass costs neither.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tasks.caching import no_cycle_collection
from tasks.model.context import Context
from tasks.model.finding import make_finding
from tasks.model.submission import AnsweredQuery, Duty, ProgressRow, Reading, Verdict
from tasks.validate.conflicting_versions import asked
from tasks.validate.verdict_state import state_of_findings

# Another unit's or another plan's rows: held against this unit's measures they would all be wrong.
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
        from tasks.validate.month_order import having, in_turn
        from tasks.validate.plan_lookup import PlanLookup

        known = (context.plan, context.county, context.layout)
        register = PlanLookup(*known, tuple(duties), tuple(previous), answered or {})
        judged: list[Verdict] = []
        for places in in_turn(readings, open_places):
            register = having(register, judged)
            judged = judge_chunk([readings[place] for place in places], register)
            for place, verdict in zip(places, judged, strict=True):
                verdicts[place] = verdict
    return asked([verdict for verdict in verdicts if verdict is not None])


def _unread(reading: Reading, duties: Sequence[Duty]) -> Verdict | None:
    """The verdict on a reading that holds nothing to judge: no table, refused, foreign, or from nobody knows whom.

    None if it does hold something.
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
    """A file that cannot be used counts as received for the one duty its unit could have meant, if there is just one.

    Only in the unit's own folder, where nobody else can write. With several open duties it stays without a period.
    """
    original = reading.original
    if reading.period is not None or reading.unit is None or reading.unit != original.folder_unit:
        return reading
    day = original.received_at.date()
    meant = [
        duty
        for duty in duties
        if (duty.plan, duty.unit) == (reading.plan, reading.unit)
        and reading.kind in (None, duty.kind)
        and duty.opens <= day <= max(duty.closes, duty.extended_to or duty.closes)
    ]
    return replace(reading, period=meant[0].period, kind=meant[0].kind) if len(meant) == 1 else reading
