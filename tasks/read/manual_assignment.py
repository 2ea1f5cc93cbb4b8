"""Files that a person assigns to a unit: which ones need a person, and the reading with the person's decision.

Belongs here: which doubts a person's decision settles. What is wrong with the table itself remains a finding.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tasks.model.submission import Reading, Submission
from tasks.model.words import Kind

BY_PERSON = "person"
ASSIGNED = "人工认定"
"""The folder in the path of a submission that a person has assigned. There is no such folder in the share."""
# Doubts about unit, period or folder. R012 and R015 are no doubts: another template, another plan.
DOUBTS = frozenset({"R007", "R008", "R009", "R010", "R013", "R014", "R019", "R020", "R021"})


def assigned(reading: Reading, unit: str, kind: Kind, period: str) -> Reading:
    """The reading as of that unit, kind and period, its doubts about them settled."""
    kept = tuple(each for each in reading.findings if each.code not in DOUBTS)
    return replace(reading, unit=unit, kind=kind, period=period, identified_by=BY_PERSON, findings=kept)


def doubtful_submissions(received: Iterable[Submission]) -> tuple[Submission, ...]:
    """Submissions held up by a doubt about whose they are.

    Left out are those that a person has assigned, and those for a duty that has an accepted report by now.
    """
    known = tuple(received)
    settled = {each.sha256 for each in known if f"/{ASSIGNED}/" in each.path}
    done = {(each.unit, each.kind, each.period) for each in known if each.state == "accepted"}
    return tuple(
        each
        for each in known
        if each.sha256 not in settled
        and each.state in ("refused", "returned", "queried")
        and (each.unit, each.kind, each.period) not in done
        and any(finding.code in DOUBTS and finding.severity != "hint" for finding in each.findings)
    )
