"""The state of a submission that follows from its findings."""

from __future__ import annotations

from collections.abc import Iterable

from tasks.model.submission import Finding
from tasks.model.words import SEVERITIES, STATE_OF_SEVERITY, State


def state_of_findings(findings: Iterable[Finding]) -> State:
    """The state for the gravest severity; accepted if there is no finding."""
    worst = min((SEVERITIES.index(each.severity) for each in findings), default=len(SEVERITIES) - 1)
    return STATE_OF_SEVERITY[SEVERITIES[worst]]
