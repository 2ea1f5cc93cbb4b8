"""A person says whose file it is: the same reading, with unit, period and kind as they were told.

Belongs here: which doubts a person's word settles. What is wrong with the table itself stays on the list.
"""

from __future__ import annotations

from dataclasses import replace

from tasks.model.submission import Reading
from tasks.model.words import Kind

BY_PERSON = "person"
# Doubts about unit, period or folder. R012 and R015 are no doubts: another template, another plan.
DOUBTS = frozenset({"R007", "R008", "R009", "R010", "R013", "R014", "R019", "R020", "R021"})


def assigned(reading: Reading, unit: str, kind: Kind, period: str) -> Reading:
    """The reading as of that unit, kind and period, its doubts about them settled."""
    kept = tuple(each for each in reading.findings if each.code not in DOUBTS)
    return replace(reading, unit=unit, kind=kind, period=period, identified_by=BY_PERSON, findings=kept)
