"""A nation-sized office to measure with: the shipped plan and layout, and as many units as there are files.

Belongs here: who reports and what each owes. The workbooks themselves are `workbooks`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from config.calendar import load_calendar
from config.county import County, Unit
from config.county_file import load_county
from config.plan import Plan
from config.plan_file import load_plan
from config.settings import Settings
from config.settings_file import load_settings
from config.workbook import WorkbookLayout
from config.workbook_file import load_layout
from tasks.model.context import Context
from tasks.model.submission import Duty

SECRET = b"the same in every run, so that every run has the same bytes"
PERIOD = "2023-10"
NOW = dt.datetime(2023, 10, 18, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
# Eight measures in words and seven with one figure each: fifteen rows, the usual size of a report.
MEASURES = ("1", "2", "3", "4", "5", "6", "7", "9", "8", "29", "33", "34", "45", "47", "50")


@dataclass(frozen=True)
class BenchOffice:
    """Everything the stages are given, for `files` units that report once each, under `root`."""

    root: Path
    files: int

    @property
    def share(self) -> Path:
        """The shared folder, one folder a unit."""
        return self.root / "share"

    @property
    def originals(self) -> Path:
        """Where collecting keeps its copies."""
        return self.root / "originals"

    @property
    def url(self) -> str:
        """The ledger."""
        return f"sqlite:///{self.root}/lianxi.db"

    @property
    def names(self) -> list[str]:
        """The units, in order."""
        return [f"第{number:06d}号县商务局" for number in range(self.files)]

    @cached_property
    def plan(self) -> Plan:
        """The shipped plan."""
        return load_plan("yanqi-2023")

    @cached_property
    def county(self) -> County:
        """The shipped county with these units beside its own."""
        county = load_county(self.plan.county)
        units = tuple(Unit(code=f"bench-{number}", name=name) for number, name in enumerate(self.names))
        # Made anew, for a copy would keep the look-up tables of the shipped units.
        return County(**{**dict(county), "units": (*county.units, *units)})

    @cached_property
    def layout(self) -> WorkbookLayout:
        """The shipped layout."""
        return load_layout()

    @cached_property
    def settings(self) -> Settings:
        """The shipped settings, whatever this machine's environment says."""
        return load_settings(env={})

    @cached_property
    def context(self) -> Context:
        """What a run of the intake in this office knows."""
        places = {"data": self.root, "share": self.share, "database_url": self.url}
        settings = self.settings.model_copy(update=places)
        return Context(settings, self.plan, self.county, load_calendar(), self.layout, SECRET, NOW)

    def duty(self, unit: str) -> Duty:
        """What one unit owes: fifteen rows for October 2023."""
        due = dt.date(2023, 10, 20)
        closes = dt.date(2023, 10, 31)
        return Duty(self.plan.id, unit, "progress", PERIOD, dt.date(2023, 10, 10), due, due, closes, "月报", MEASURES)

    @property
    def duties(self) -> list[Duty]:
        """Every unit's duty."""
        return [self.duty(unit) for unit in self.names]
