"""Assign a file by hand: a person names its unit, period and kind.

Belongs here: which findings that settles. Findings about the table itself remain.
"""

from __future__ import annotations

from dataclasses import replace

from tasks.model.submission import Reading
from tasks.model.words import Kind

BY_PERSON = "person"
# Findings about unit, period or folder. Not R012 and R015: another template and another plan cannot be settled so.
IDENTITY_DOUBTS = frozenset({"R007", "R008", "R009", "R010", "R013", "R014", "R019", "R020", "R021"})


def assign_manually(reading: Reading, unit: str, kind: Kind, period: str) -> Reading:
    """The reading for that unit, kind and period, without the findings that doubt them."""
    kept = tuple(each for each in reading.findings if each.code not in IDENTITY_DOUBTS)
    return replace(reading, unit=unit, kind=kind, period=period, identified_by=BY_PERSON, findings=kept)
