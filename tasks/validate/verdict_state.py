"""The state a submission ends in, by what was found.

Belongs here: that one rule.
"""

from __future__ import annotations

from collections.abc import Iterable

from tasks.model.submission import Finding
from tasks.model.words import SEVERITIES, STATE_OF_SEVERITY, State


def state_of_findings(findings: Iterable[Finding]) -> State:
    """The state that the gravest finding asks for; accepted where there is none."""
    worst = min((SEVERITIES.index(each.severity) for each in findings), default=len(SEVERITIES) - 1)
    return STATE_OF_SEVERITY[SEVERITIES[worst]]
