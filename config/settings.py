"""Every threshold, rung, folder and address that an office sets (`settings.toml`), as frozen values.

Belongs here: the settings and their bounds. The file and the environment are read by `settings_file`. Does not belong
here: anything about a county, a plan or a workbook.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from config.kinds import Kind

Count = Annotated[int, Field(ge=1)]
NonNegative = Annotated[int, Field(ge=0)]
Day = Annotated[int, Field(ge=1, le=31)]
PlanId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]
Role = Literal["业务负责人", "分管领导", "召集人"]
Rung = Literal["提醒", "蓝", "黄", "红"]
OnHoliday = Literal["keep", "next_workday", "previous_workday"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


class DutySettings(_Frozen):
    """When reports open, are due, and close. Days are days of the month; the rest counts workdays."""

    reporters: Literal["measure_units", "reporting_units"]
    due_day: Day
    opens_day: Day
    grace_workdays: NonNegative
    close_workdays: NonNegative
    on_holiday: OnHoliday
    correction_workdays: Count


class RungSettings(_Frozen):
    """One rung of the ladder: `workdays` from the due day (negative: before), recipients by role, what is attached.

    `kinds` are the duties it is for; none means every kind that has no rungs of its own.
    """

    name: Rung
    workdays: int
    to: Annotated[tuple[Role, ...], Field(min_length=1)]
    cc: tuple[Role, ...] = ()
    kinds: tuple[Kind, ...] = ()
    attach_workbook: bool = True
    attach_form: bool = False


class LightSettings(_Frozen):
    """Percentage points behind time at which a light turns yellow, and beyond which it turns red."""

    yellow_points: Annotated[float, Field(gt=0, le=100)]
    red_points: Annotated[float, Field(gt=0, le=100)]


class MailSettings(_Frozen):
    """How letters leave the house. `allow` are recipient domains; `*` lifts the limit; empty means nobody.

    Between `quiet_from` and `quiet_until` (clock times of the office, equal: never) nothing leaves. `retry_minutes` are
    the pauses after the first, second … failed try, the last one standing for all that follow.
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


class LimitSettings(_Frozen):
    """Bounds on one incoming file (bytes, rows, columns, seconds of processor time and bytes of memory to read it).

    Also how long it must settle (seconds), and how many files one pass takes of a unit's folder, and one chunk holds.
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


class BriefSettings(_Frozen):
    """The brief's name, how long a quotation may be (characters), and whom it is reported, sent and issued to."""

    name: Annotated[str, Field(min_length=1)]
    quote_chars: Count
    expiry_days: NonNegative
    moved_share_pct: Annotated[float, Field(gt=0)]
    matter_days: Count = 30
    pdf: bool = True
    report_to: tuple[str, ...] = ()
    send_to: tuple[str, ...] = ()
    issue_to: tuple[str, ...] = ()


class DeskSettings(_Frozen):
    """The coordinator's screen: the address at which the files behind its links open, empty for loopback."""

    files_url: Annotated[str, Field(pattern=r"^(https?://[A-Za-z0-9.:\[\]/_-]+)?$")] = ""


class PrefectureSettings(_Frozen):
    """Who gathers the counties, and what its issue is called; whom it is reported and issued to."""

    name: Annotated[str, Field(min_length=1)]
    office: Annotated[str, Field(min_length=1)]
    report_to: tuple[str, ...] = ()
    issue_to: tuple[str, ...] = ()


class Settings(_Frozen):
    """All settings as they hold for `plan`. Paths are absolute; `secret` is what LIANXI_SECRET gave, else None.

    `plans` are all plans that are in hand, `plan` itself among them unless it was asked for by name. `share` is the shared
    folder. Where that is reached by URL, `share_url` names it, and `share` keeps what went out.
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
        """The rungs that duties of this kind climb, lowest first: its own where it has any, else the general ones."""
        own = tuple(rung for rung in self.ladder if kind in rung.kinds)
        return own or tuple(rung for rung in self.ladder if not rung.kinds)

    @property
    def plans_in_hand(self) -> tuple[str, ...]:
        """The plans that are worked on, the one that commands mean by default first."""
        return tuple(dict.fromkeys((self.plan, *self.plans)))
