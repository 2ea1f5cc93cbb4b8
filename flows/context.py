"""The office a flow works for: settings, plan, county, calendar and layout, read once at the flow's first line.

The clock, the folders and the secrets enter here and go down as arguments; nothing below asks for them again.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from config.calendar import Period, WorkCalendar, load_calendar
from config.county import County, UnknownUnit, load_county
from config.plan import Plan, load_plan
from config.settings import Settings, load_settings
from config.validation_errors import shown
from config.workbook import WorkbookLayout, load_layout
from tasks.errors import InputError, PipelineError
from tasks.storage.share import RemoteShare, Share
from tasks.storage.signature import load_or_create_secret
from tasks.store.ledger_location import check_not_lost


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


def open_context(plan: str | None = None, now: dt.datetime | str | None = None, *, writes: bool = True) -> Context:
    """Read settings, plan and county, and try out the letters' templates; not for a run that `writes` none.

    Raises ConfigError with every fault of a file, InputError for a bad `now`, PipelineError for a ledger that is lost.
    """
    settings = load_settings(plan=plan)
    check_not_lost(settings.database_url, settings.data / "originals")
    if writes:
        try_templates()
    the_plan = load_plan(settings.plan, settings.config)
    return Context(
        settings=settings,
        plan=the_plan,
        county=load_county(the_plan.county, settings.config),
        calendar=load_calendar(),
        layout=load_layout(),
        secret=load_or_create_secret(
            settings.secret_file, settings.secret.get_secret_value() if settings.secret else None
        ),
        now=instant_of(now, settings.timezone),
    )


def try_templates() -> None:
    """Try the letters' templates: one that an office broke is told at the start and not when the letter is due."""
    # Imported here: a run that writes no letter needs no template engine.
    from tasks.mail.letter_templates import load_templates

    load_templates()


def period_named(text: str | None, now: dt.datetime) -> Period:
    """The period a person named, or the month of `now`. Raises InputError in plain Chinese."""
    try:
        return Period.parse(text or f"{now:%Y-%m}")
    except ValueError as fault:
        raise InputError(str(fault)) from None


def instant_of(now: dt.datetime | str | None, timezone: str) -> dt.datetime:
    """The instant a command was given (`--now`), or the clock; naive times are read in the office's zone."""
    zone = ZoneInfo(timezone)
    if now is None or now == "":
        return dt.datetime.now(zone)
    if isinstance(now, str):
        try:
            now = dt.datetime.fromisoformat(now)
        except ValueError:
            raise InputError(
                f"时间“{shown(str(now))}”不是有效的日期时间，请写成 2023-10-20 或 2023-10-20T09:00"
            ) from None
    return now.replace(tzinfo=zone) if now.tzinfo is None else now.astimezone(zone)
