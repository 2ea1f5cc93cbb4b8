"""The office a flow works for: settings, plan, county, calendar and layout, read once at the flow's first line.

The clock, the folders and the secrets enter here and go down as arguments; nothing below asks for them again.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from config.calendar import Period, WorkCalendar, load_calendar
from config.county import County, load_county
from config.plan import Plan, load_plan
from config.settings import Settings, load_settings
from config.workbook import Layout, load_layout
from flows.ids import sound_id
from tasks.errors import InputError
from tasks.signature import load_or_create_secret


@dataclass(frozen=True, slots=True)
class Office:
    """Everything a flow knows before it starts. `now` is aware, in the office's zone."""

    settings: Settings
    plan: Plan
    county: County
    calendar: WorkCalendar
    layout: Layout
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
        """The shared folder; only 发放/ and 退回/ in it are ever written."""
        return self.settings.share

    def period(self, text: str | None) -> Period:
        """The period a person named, or the month of `now`. Raises InputError in plain Chinese."""
        if text is None:
            return Period.parse(f"{self.now:%Y-%m}")
        try:
            return Period.parse(text)
        except ValueError as fault:
            raise InputError(str(fault)) from None


def open_office(plan: str | None = None, now: dt.datetime | str | None = None) -> Office:
    """Read settings, plan and county, and try out the letters' templates.

    Raises ConfigError with every fault of a file, InputError for a bad `now`, PipelineError for a ledger that is lost.
    """
    # Imported here: a command that opens no office needs no template engine.
    from tasks.mail.templates import load_templates
    from tasks.store.database import check_not_lost

    settings = load_settings(plan=plan)
    check_not_lost(settings.database_url, settings.data / "originals")
    # Tried out now, so that a letter's template an office broke is told at the start and not when the letter is due.
    load_templates()
    the_plan = load_plan(sound_id(settings.plan, "方案编号"), settings.config)
    return Office(
        settings=settings,
        plan=the_plan,
        county=load_county(the_plan.county, settings.config),
        calendar=load_calendar(),
        layout=load_layout(),
        secret=load_or_create_secret(
            settings.secret_file, settings.secret.get_secret_value() if settings.secret else None
        ),
        now=instant(now, settings.timezone),
    )


def instant(now: dt.datetime | str | None, timezone: str) -> dt.datetime:
    """The instant a command was given (`--now`), or the clock; naive times are read in the office's zone."""
    zone = ZoneInfo(timezone)
    if now is None:
        return dt.datetime.now(zone)
    if isinstance(now, str):
        try:
            now = dt.datetime.fromisoformat(now)
        except ValueError:
            raise InputError(f"时间“{now}”不是有效的日期时间，请写成 2023-10-20 或 2023-10-20T09:00") from None
    return now.replace(tzinfo=zone) if now.tzinfo is None else now.astimezone(zone)
