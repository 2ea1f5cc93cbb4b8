"""Findings with the same text -> one finding with many cells, gravest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tasks.model.submission import Finding
from tasks.model.words import SEVERITIES


def merge_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings by severity, then in their order; those with the same text are merged, their measures joined by 、."""
    groups: dict[tuple[str, str, str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.code, finding.severity, finding.sheet, finding.text), []).append(finding)
    joined = [_joined(group) for group in groups.values()]
    return tuple(sorted(joined, key=lambda finding: SEVERITIES.index(finding.severity)))


def _joined(group: list[Finding]) -> Finding:
    if len(group) == 1:
        return group[0]
    measures = dict.fromkeys(finding.measure for finding in group if finding.measure)
    cells = dict.fromkeys(cell for finding in group for cell in finding.cells)
    return replace(group[0], cells=tuple(cells), measure="、".join(measures) or None)
