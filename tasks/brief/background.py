"""What an issue draws on besides its own month: earlier months and issues, the meeting's matters, units' records.

Belongs here: the one value that carries them from the flow (`flows.steps.brief_history`) to `compose`.
Does not belong here: the issue's own month (`tasks.model.progress.RollUp`), wording.
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
    """Everything besides the month's roll-up. The default suits a first issue.

    past: earlier months of the same year, rolled up again from the current data, in order.
    before: months of earlier years that may still be corrected, likewise.
    issues: the frozen briefs of all earlier months, in order.
    matters: every matter of the meeting. matter_due: the deadline of matters raised this month.
    scores: units' records over `span` (2023年第四季度).
    files: submission id -> copy of its original, relative to data/. sheets: submission id -> sheet it was read from.
    troubles: entries of the decisions workbooks that could not be read, in Chinese.
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
