"""Opens the `Context` a flow works with: settings, plan, county, calendar and layout, read once at the flow's start.

The clock, the folders and the secrets are read here only; everything below gets them as arguments.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from config.calendar import calendar_path, load_calendar
from config.county_file import load_county
from config.plan_file import load_plan
from config.settings_file import load_settings
from config.validation_errors import printable
from config.workbook_file import load_layout
from tasks.errors import InputError
from tasks.model.run_context import Context
from tasks.storage.signature import load_or_create_secret
from tasks.store.ledger_location import check_not_lost


def open_context(plan: str | None = None, now: dt.datetime | str | None = None, *, writes: bool = True) -> Context:
    """Read settings, plan and county, and check the letters' templates if the run `writes` letters.

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
        calendar=load_calendar(calendar_path(settings.config)),
        layout=load_layout(),
        secret=load_or_create_secret(
            settings.secret_file, settings.secret.get_secret_value() if settings.secret else None
        ),
        now=instant_of(now, settings.timezone),
    )


def try_templates() -> None:
    """Check the letters' templates: a broken one is reported at the start and not when the letter is due."""
    # Imported here: a run that writes no letter needs no template engine.
    from tasks.mail.letter_templates import load_templates

    load_templates()


def instant_of(now: dt.datetime | str | None, timezone: str) -> dt.datetime:
    """The instant given by `--now`, or the clock's; a time without a zone is in the office's zone."""
    zone = ZoneInfo(timezone)
    if now is None or now == "":
        return dt.datetime.now(zone)
    if isinstance(now, str):
        try:
            now = dt.datetime.fromisoformat(now)
        except ValueError:
            raise InputError(
                f"时间“{printable(str(now))}”不是有效的日期时间，请写成 2023-10-20 或 2023-10-20T09:00"
            ) from None
    return now.replace(tzinfo=zone) if now.tzinfo is None else now.astimezone(zone)
