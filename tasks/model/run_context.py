"""What a run knows from its first line on, handed down whole: settings, plan, county, calendar, layout, secret, now.

Belongs here: that one value and the places it implies. It is made by `flows.context`; nothing below reads the clock, the
environment or the configuration again.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from config.calendar import Period, WorkCalendar
from config.county import County, UnknownUnit
from config.plan import Plan
from config.settings import Settings
from config.workbook import WorkbookLayout
from tasks.errors import InputError, PipelineError
from tasks.model.words import Kind
from tasks.storage.share import RemoteShare, Share


@dataclass(frozen=True)
class Context:
    """Everything a flow knows before it starts. `now` is aware, in the office's zone."""

    settings: Settings
    plan: Plan
    county: County
    calendar: WorkCalendar
    layout: WorkbookLayout
    secret: bytes
    now: dt.datetime

    def __getstate__(self) -> dict[str, Any]:
        # An open connection to a remote share cannot be pickled: each process opens its own.
        return {name: value for name, value in vars(self).items() if name != "exchange"}

    @property
    def url(self) -> str:
        """The database."""
        return self.settings.database_url

    @property
    def data(self) -> Path:
        """Root of everything kept."""
        return self.settings.data

    @property
    def share(self) -> Path:
        """The shared folder, or the copy at home of what went into one that is reached by URL."""
        return self.settings.share

    @cached_property
    def exchange(self) -> Share:
        """Where files are taken from and put into; only 发放/ and 退回/ in it are ever written.

        Raises InputError for a URL that cannot be used, PipelineError for a server that is not reached.
        """
        settings = self.settings
        if not settings.share_url:
            return settings.share
        try:
            password = settings.share_password.get_secret_value()
            return RemoteShare(settings.share_url, settings.share, settings.share_user, password)
        except OSError as error:
            raise PipelineError(f"共享文件夹 {settings.share_url} 连不上（{error.strerror}），下次再试") from error

    @property
    def originals(self) -> Path:
        """Where the byte-exact copies of what came are kept."""
        return self.settings.data / "originals"

    @property
    def today(self) -> dt.date:
        """The calendar day of `now` in the office's zone."""
        return self.now.date()

    def period(self, text: str | None) -> Period:
        """The period a person named, or the month of `now`. Raises InputError in plain Chinese."""
        return period_named(text, self.now)

    def unit_named(self, unit: str) -> str:
        """A unit's name in full. Raises InputError for one the county does not have, or for a group of units."""
        try:
            found = self.county.unit(unit)
        except UnknownUnit as fault:
            raise InputError(str(fault)) from None
        if found.kind == "group":
            members = "、".join(each.name for each in self.county.members(found.name, self.now.date()))
            raise InputError(f"“{found.name}”是一组单位，请写明是哪一个：{members}")
        return found.name

    def duty_key(self, unit: str, kind: Kind, period: str) -> tuple[str, str, Kind, str]:
        """(plan, unit, kind, period) of what a person named. Raises InputError for a name that the county does not know."""
        return (self.plan.id, self.unit_named(unit), kind, self.period(period).text)


def period_named(text: str | None, now: dt.datetime) -> Period:
    """The period a person named, or the month of `now`. Raises InputError in plain Chinese."""
    try:
        return Period.parse(text or f"{now:%Y-%m}")
    except ValueError as fault:
        raise InputError(str(fault)) from None
