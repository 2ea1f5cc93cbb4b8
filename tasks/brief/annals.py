"""What an issue knows beyond its own month: earlier months, corrections, the meeting's matters, units' records.

Belongs here: those values, made by the flow and frozen with the issue where the issue shows them.
Does not belong here: the issue's own month (`shapes.RollUp`), how any of it is worded.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tasks.matters import Matter, Score
from tasks.outcomes import Light, RollUp

if TYPE_CHECKING:
    # The value holds corrections, and the annals hold values.
    from tasks.brief.value import Brief


@dataclass(frozen=True, slots=True)
class Past:
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


@dataclass(frozen=True, slots=True)
class Annals:
    """Everything beyond the month. The default is a first issue that nothing came before.

    `past` are the earlier months of the year as they stand now, `before` those of earlier years that may still be
    corrected, `issues` the frozen briefs of all earlier months, each in order. `matters` are all of the meeting's;
    `files` gives the original (relative to data/) of a submission, `sheets` the sheet it was read from; `troubles`
    what could not be read of the register of matters; `span` what the scores are of.
    """

    past: tuple[RollUp, ...] = ()
    before: tuple[RollUp, ...] = ()
    issues: tuple[Brief, ...] = ()
    matters: tuple[Matter, ...] = ()
    matter_due: dt.date | None = None
    scores: tuple[Score, ...] = ()
    span: str = ""
    files: Mapping[int, str] = field(default_factory=dict)
    sheets: Mapping[int, str] = field(default_factory=dict)
    troubles: tuple[str, ...] = ()
