"""The workload of the benchmarks: the shipped plan and layout, and as many units as there are files.

Belongs here: the reporting units and their duties. Does not belong here: their workbooks (`workbooks`).
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
from tasks.model.run_context import Context
from tasks.model.submission import Duty

SECRET = b"the same in every run, so that every run has the same bytes"
PERIOD = "2023-10"
NOW = dt.datetime(2023, 10, 18, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
# Eight measures without figures and seven with one figure each: fifteen rows, the usual size of a report.
MEASURES = ("1", "2", "3", "4", "5", "6", "7", "9", "8", "29", "33", "34", "45", "47", "50")


@dataclass(frozen=True)
class Workload:
    """The input of all stages for `files` units that report once each; files lie under `root`."""

    root: Path
    files: int

    @property
    def share(self) -> Path:
        """The share, with one folder per unit."""
        return self.root / "share"

    @property
    def originals(self) -> Path:
        """The folder of the collected copies."""
        return self.root / "originals"

    @property
    def url(self) -> str:
        """The URL of the ledger."""
        return f"sqlite:///{self.root}/lianxi.db"

    @property
    def names(self) -> list[str]:
        """The names of the units, in order."""
        return [f"第{number:06d}号县商务局" for number in range(self.files)]

    @cached_property
    def plan(self) -> Plan:
        """The shipped plan."""
        return load_plan("yanqi-2023")

    @cached_property
    def county(self) -> County:
        """The shipped county with these units added."""
        county = load_county(self.plan.county)
        units = tuple(Unit(code=f"bench-{number}", name=name) for number, name in enumerate(self.names))
        # A new object: a copy would keep the cached look-up tables of the shipped units.
        return County(**{**dict(county), "units": (*county.units, *units)})

    @cached_property
    def layout(self) -> WorkbookLayout:
        """The shipped layout."""
        return load_layout()

    @cached_property
    def settings(self) -> Settings:
        """The shipped settings, independent of the environment of this machine."""
        return load_settings(env={})

    @cached_property
    def context(self) -> Context:
        """The context of an intake run of this workload."""
        places = {"data": self.root, "share": self.share, "database_url": self.url}
        settings = self.settings.model_copy(update=places)
        return Context(settings, self.plan, self.county, load_calendar(), self.layout, SECRET, NOW)

    def duty(self, unit: str) -> Duty:
        """The duty of one unit: fifteen rows for October 2023."""
        due = dt.date(2023, 10, 20)
        closes = dt.date(2023, 10, 31)
        return Duty(self.plan.id, unit, "progress", PERIOD, dt.date(2023, 10, 10), due, due, closes, "月报", MEASURES)

    @property
    def duties(self) -> list[Duty]:
        """The duties of all units."""
        return [self.duty(unit) for unit in self.names]
