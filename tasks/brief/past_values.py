"""What an issue says of earlier months: the course of a ledger row, and what has been corrected since.

Belongs here: those values, as the issue shows and freezes them. Where they come from is `course` and `corrections`.
"""

from __future__ import annotations

from dataclasses import dataclass

from tasks.model.words import Light


@dataclass(frozen=True, slots=True)
class PastValue:
    """One earlier month of one ledger row: figure, whole-number share, light, status, and the file it comes from."""

    period: str
    cumulative: float | None
    share_pct: int | None
    light: Light
    status: str
    source: int | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """A figure or status of an earlier issue that the ledger now holds otherwise. Words as they are printed.

    `before` is — where the issue had none (补报). `issue` is the number of the issue that said it.
    """

    period: str
    issue: int
    measure: str
    metric: str
    unit: str
    before: str
    after: str
    source: int | None = None
