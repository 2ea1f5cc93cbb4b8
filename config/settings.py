"""Every threshold, rung, folder and address that an office sets (`settings.toml`), as frozen values.

Belongs here: the settings and their bounds. `settings_file` reads the file and the environment. Does not belong here:
anything about a county, a plan or a workbook.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, SecretStr

from config.calendar import HolidayPolicy
from config.frozen_model import FrozenModel, NonEmptyText
from config.kinds import Kind

Count = Annotated[int, Field(ge=1)]
NonNegative = Annotated[int, Field(ge=0)]
Day = Annotated[int, Field(ge=1, le=31)]
PlanId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]
RecipientRole = Literal["业务负责人", "分管领导", "召集人"]
Rung = Literal["提醒", "蓝", "黄", "红"]


class _Settings(FrozenModel):
    model_config = ConfigDict(validate_default=True)


class DutySettings(_Settings):
    """When reports open, are due, and close. `_day` is a day of the month, `_workdays` a number of workdays."""

    reporters: Literal["measure_units", "reporting_units"]
    due_day: Day
    opens_day: Day
    grace_workdays: NonNegative
    close_workdays: NonNegative
    on_holiday: HolidayPolicy
    correction_workdays: Count


class RungSettings(_Settings):
    """One rung of the ladder: `workdays` after the due day (negative: before it), recipients by role, attachments.

    `kinds` are the kinds of duty it is for; empty means every kind that no other rung names.
    """

    name: Rung
    workdays: int
    to: Annotated[tuple[RecipientRole, ...], Field(min_length=1)]
    cc: tuple[RecipientRole, ...] = ()
    kinds: tuple[Kind, ...] = ()
    attach_workbook: bool = True
    attach_form: bool = False


class LightSettings(_Settings):
    """Percentage points behind schedule at which a light turns yellow, and above which it turns red."""

    yellow_points: Annotated[float, Field(gt=0, le=100)]
    red_points: Annotated[float, Field(gt=0, le=100)]


class MailSettings(_Settings):
    """How letters are sent. `allow` lists recipient domains; `*` lifts the limit; empty allows none.

    No letter is sent between `quiet_from` and `quiet_until` (local time; equal: no quiet hours). `retry_minutes` are the
    pauses after the first, second … failed attempt; the last one applies to all further attempts.
    """

    mode: Literal["dry-run", "send"]
    allow: tuple[str, ...]
    host: str
    port: Annotated[int, Field(ge=0, le=65535)]
    user: str
    password: SecretStr = SecretStr("")
    security: Literal["ssl", "starttls", "none"]
    ca_file: Path | None = None
    per_minute: Count
    timeout_seconds: Count
    password_block: str
    per_day: Count
    quiet_from: dt.time
    quiet_until: dt.time
    retry_minutes: Annotated[tuple[Count, ...], Field(min_length=1)]
    give_up_hours: Count
    when_uncertain: Literal["resend", "ask"]
    dead_days: Count
    attachments_bytes: Count


class LimitSettings(_Settings):
    """Limits on one incoming file: bytes, rows, columns, and processor seconds and bytes of memory to read it.

    `settle_seconds`: how long a file must lie unchanged before it is taken. `folder_files`: new files per unit folder and
    pass. `chunk_files`: files per chunk.
    """

    file_bytes: Count
    rows: Count
    columns: Count
    unpacked_bytes: Count
    file_seconds: Count
    file_memory_bytes: Annotated[int, Field(ge=256 << 20)]
    settle_seconds: NonNegative
    folder_files: Count
    chunk_files: Count


class BriefSettings(_Settings):
    """The name of the brief, its thresholds, and its distribution (报, 送, 发). `quote_chars` is the longest quotation."""

    name: NonEmptyText
    quote_chars: Count
    expiry_days: NonNegative
    moved_share_pct: Annotated[float, Field(gt=0)]
    matter_days: Count = 30
    pdf: bool = True
    report_to: tuple[str, ...] = ()
    send_to: tuple[str, ...] = ()
    issue_to: tuple[str, ...] = ()


class DeskSettings(_Settings):
    """The coordinator's page: the base address of its file links; empty for loopback."""

    files_url: Annotated[str, Field(pattern=r"^(https?://[A-Za-z0-9.:\[\]/_-]+)?$")] = ""


class PrefectureSettings(_Settings):
    """The issue on all counties: its name, the office that issues it, and its distribution."""

    name: NonEmptyText
    office: NonEmptyText
    report_to: tuple[str, ...] = ()
    issue_to: tuple[str, ...] = ()


class Settings(_Settings):
    """All settings as they apply to `plan`. Paths are absolute; `secret` is the value of LIANXI_SECRET, or None.

    `plans` are the active plans; a `plan` asked for by name need not be one of them. `share` is the shared folder. A share
    behind a URL has that in `share_url`; `share` is then the local folder with copies of what was sent.
    """

    data: Path
    share: Path
    share_url: str = ""
    share_user: str = ""
    share_password: SecretStr = SecretStr("")
    config: Path
    database_url: str
    plan: PlanId
    plans: tuple[PlanId, ...] = ()
    timezone: str
    secret_file: Path
    secret: SecretStr | None = None
    duties: DutySettings
    ladder: tuple[RungSettings, ...]
    lights: LightSettings
    mail: MailSettings
    limits: LimitSettings
    brief: BriefSettings
    desk: DeskSettings = DeskSettings()
    prefecture: PrefectureSettings

    def ladder_for(self, kind: str) -> tuple[RungSettings, ...]:
        """The rungs for duties of this kind, lowest first: those that name the kind, else those that name no kind."""
        specific = tuple(rung for rung in self.ladder if kind in rung.kinds)
        return specific or tuple(rung for rung in self.ladder if not rung.kinds)

    @property
    def active_plans(self) -> tuple[str, ...]:
        """The plans that scheduled runs process, beginning with the one that commands use by default."""
        return tuple(dict.fromkeys((self.plan, *self.plans)))
