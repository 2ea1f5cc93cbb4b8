"""Assign a file by hand: which files need it, and the reading once a person has named its unit, period and kind.

Belongs here: which findings that settles. Findings about the table itself remain.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tasks.model.submission import Reading, Submission
from tasks.model.words import Kind

BY_PERSON = "person"
ASSIGNED_FOLDER = "人工认定"
"""The folder in the path of a submission that a person has assigned. The share has no such folder."""
# Findings about unit, period or folder. Not R012 and R015: another template and another plan cannot be settled so.
IDENTITY_DOUBTS = frozenset({"R007", "R008", "R009", "R010", "R013", "R014", "R019", "R020", "R021"})


def assign_manually(reading: Reading, unit: str, kind: Kind, period: str) -> Reading:
    """The reading for that unit, kind and period, without the findings that doubt them."""
    kept = tuple(each for each in reading.findings if each.code not in IDENTITY_DOUBTS)
    return replace(reading, unit=unit, kind=kind, period=period, identified_by=BY_PERSON, findings=kept)


def doubtful_submissions(received: Iterable[Submission]) -> tuple[Submission, ...]:
    """Files that cannot be attributed for certain, unless a person assigned them or the duty has an accepted file."""
    submissions = tuple(received)
    assigned = {each.sha256 for each in submissions if f"/{ASSIGNED_FOLDER}/" in each.path}
    accepted = {(each.unit, each.kind, each.period) for each in submissions if each.state == "accepted"}
    return tuple(
        each
        for each in submissions
        if each.sha256 not in assigned
        and each.state in ("refused", "returned", "queried")
        and (each.unit, each.kind, each.period) not in accepted
        and any(finding.code in IDENTITY_DOUBTS and finding.severity != "hint" for finding in each.findings)
    )
