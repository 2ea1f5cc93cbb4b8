"""The context of a run, passed on as one value: settings, plan, county, calendar, layout, secret, now.

Belongs here: that value and the paths that follow from it. `flows.context` makes it; no function below reads the clock,
the environment or the configuration again.
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
from tasks.errors import InputError, ShareUnreachableError
from tasks.model.words import Kind
from tasks.storage.share import RemoteShare, Share


@dataclass(frozen=True)
class Context:
    """What a flow knows before it starts. `now` is an aware datetime in the office's zone."""

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
        """URL of the database."""
        return self.settings.database_url

    @property
    def data(self) -> Path:
        """Root folder of everything the program keeps."""
        return self.settings.data

    @property
    def share(self) -> Path:
        """The shared folder; for a share reached by URL, the local copy of what was written to it."""
        return self.settings.share

    @cached_property
    def exchange(self) -> Share:
        """The share to read from and write to. The program writes only to 发放/ and 退回/ in it.

        Raises InputError for a URL that cannot be used, ShareUnreachableError for a server that cannot be reached.
        """
        settings = self.settings
        if not settings.share_url:
            return settings.share
        try:
            password = settings.share_password.get_secret_value()
            return RemoteShare(settings.share_url, settings.share, settings.share_user, password)
        except OSError as error:
            raise ShareUnreachableError(
                f"共享文件夹 {settings.share_url} 连不上（{error.strerror}），下次再试"
            ) from error

    @property
    def originals(self) -> Path:
        """Folder of the byte-exact copies of all files received."""
        return self.settings.data / "originals"

    @property
    def today(self) -> dt.date:
        """The calendar day of `now` in the office's zone."""
        return self.now.date()

    def period(self, text: str | None) -> Period:
        """The period in `text`, or the month of `now`. Raises InputError for a text that is no period."""
        return period_named(text, self.now)

    def unit_named(self, unit: str) -> str:
        """The full name of a unit. Raises InputError for an unknown unit and for a group of units."""
        try:
            found = self.county.unit(unit)
        except UnknownUnit as fault:
            raise InputError(str(fault)) from None
        if found.kind == "group":
            members = "、".join(each.name for each in self.county.members(found.name, self.now.date()))
            raise InputError(f"“{found.name}”是一组单位，请写明是哪一个：{members}")
        return found.name

    def duty_key(self, unit: str, kind: Kind, period: str) -> tuple[str, str, Kind, str]:
        """The key of a duty that a person named. Raises InputError for an unknown unit or period."""
        return (self.plan.id, self.unit_named(unit), kind, self.period(period).text)


def period_named(text: str | None, now: dt.datetime) -> Period:
    """The period in `text`, or the month of `now`. Raises InputError for a text that is no period."""
    try:
        return Period.parse(text or f"{now:%Y-%m}")
    except ValueError as fault:
        raise InputError(str(fault)) from None
