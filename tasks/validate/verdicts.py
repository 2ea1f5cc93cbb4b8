"""Readings -> verdicts: the one door of this stage.

Belongs here: the order of the work, and the state that follows from the findings. pandas and Great Expectations
are imported only once there is a row to validate: an empty pass costs neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from config.county import County
from config.plan import Plan
from config.settings import Settings
from config.workbook import Layout
from expectations.catalogue import SEVERITIES, Severity
from tasks.findings import finding
from tasks.shapes import Duty, Finding, ProgressRow, Reading, State, Verdict

_STATES: dict[Severity, State] = {"refuse": "refused", "return": "returned", "query": "queried", "hint": "accepted"}


def judge(
    readings: Sequence[Reading],
    plan: Plan,
    county: County,
    layout: Layout,
    duties: Sequence[Duty],
    previous: Sequence[ProgressRow],
    settings: Settings,
) -> tuple[Verdict, ...]:
    """One verdict a reading, in the same order.

    `duties` are those a submission may answer; `previous` the last accepted rows before the period.
    Raises PipelineError when a rule could not be evaluated.
    """
    verdicts: list[Verdict | None] = [_unread(reading) for reading in readings]
    open_places = [place for place, verdict in enumerate(verdicts) if verdict is None]
    if open_places:
        from tasks.validate.chunk import judge_chunk
        from tasks.validate.register import Register

        register = Register(plan, county, layout, tuple(duties), tuple(previous))
        judged = judge_chunk([readings[place] for place in open_places], register)
        for place, verdict in zip(open_places, judged, strict=True):
            verdicts[place] = verdict
    return tuple(verdict for verdict in verdicts if verdict is not None)


def state_of(findings: Iterable[Finding]) -> State:
    """The state that the gravest finding asks for; accepted where there is none."""
    worst = min((SEVERITIES.index(each.severity) for each in findings), default=len(SEVERITIES) - 1)
    return _STATES[SEVERITIES[worst]]


def _unread(reading: Reading) -> Verdict | None:
    """The verdict on a reading that holds nothing to judge: refused, or from nobody knows whom. None if it does."""
    findings = reading.findings
    unknown = reading.unit is None or reading.period is None or reading.kind is None
    if unknown and state_of(findings) == "accepted":
        findings = (*findings, finding("R007"))
    if unknown or state_of(findings) == "refused":
        return Verdict(reading=reading, state=state_of(findings), findings=findings)
    return None
