"""What an issue knows beyond its own month: earlier months, corrections, the meeting's matters, units' records.

Belongs here: those values, made by the flow and frozen with the issue where the issue shows them.
Does not belong here: the issue's own month (`shapes.RollUp`), how any of it is worded.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from tasks.brief.brief_document import Brief
from tasks.model.meeting import Matter, UnitRecord
from tasks.model.progress import RollUp


@dataclass(frozen=True, slots=True)
class BriefBackground:
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
    scores: tuple[UnitRecord, ...] = ()
    span: str = ""
    files: Mapping[int, str] = field(default_factory=dict)
    sheets: Mapping[int, str] = field(default_factory=dict)
    troubles: tuple[str, ...] = ()
