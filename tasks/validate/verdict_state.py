"""The state of a submission that follows from its findings."""

from __future__ import annotations

from collections.abc import Iterable

from expectations.catalogue import SEVERITIES, Severity
from tasks.model.submission import Finding
from tasks.model.words import State

_STATES: dict[Severity, State] = {"refuse": "refused", "return": "returned", "query": "queried", "hint": "accepted"}


def state_of_findings(findings: Iterable[Finding]) -> State:
    """The state for the gravest severity; accepted if there is no finding."""
    worst = min((SEVERITIES.index(each.severity) for each in findings), default=len(SEVERITIES) - 1)
    return _STATES[SEVERITIES[worst]]
