"""Every threshold, rung, folder and address an office sets (`settings.toml`), with overrides from the environment.

Belongs here: the settings as frozen values, their bounds, and the names of the environment variables. Does not belong
here: anything about a county, a plan or a workbook; and nothing is read before `load_settings` is called.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from config.config_errors import ConfigError, ConfigFault
from config.paths import CONFIG, PROJECT
from config.settings_checks import cross_faults
from config.settings_plans import (
    chosen_plan,
    listed_plans,
    own_faults,
    place_in_file,
    settings_of_plan,
    share_named,
    share_of,
    shared_faults,
)
from config.tomlfile import Place, TomlFile, read_toml
from config.validation_errors import check_model, field_title

_PATH = CONFIG / "settings.toml"

Count = Annotated[int, Field(ge=1)]
NonNegative = Annotated[int, Field(ge=0)]
Day = Annotated[int, Field(ge=1, le=31)]
PlanId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]
Role = Literal["业务负责人", "分管领导", "召集人"]
DutyKind = Literal["roster", "progress", "deliverable", "annual"]
OnHoliday = Literal["keep", "next_workday", "previous_workday"]

# Where each environment variable goes. LIANXI_SECRET, passwords and the share's user have no place in the file.
ENVIRONMENT: Mapping[str, Place] = {
    "LIANXI_DATA": ("data",),
    "LIANXI_SHARE": ("share",),
    "LIANXI_SHARE_USER": ("share_user",),
    "LIANXI_SHARE_PASSWORD": ("share_password",),
    "LIANXI_CONFIG": ("config",),
    "LIANXI_DATABASE_URL": ("database_url",),
    "LIANXI_PLAN": ("plan",),
    "LIANXI_SECRET": ("secret",),
    "LIANXI_MAIL": ("mail", "mode"),
    "LIANXI_MAIL_ALLOW": ("mail", "allow"),
    "LIANXI_SMTP_HOST": ("mail", "host"),
    "LIANXI_SMTP_PORT": ("mail", "port"),
    "LIANXI_SMTP_USER": ("mail", "user"),
    "LIANXI_SMTP_PASSWORD": ("mail", "password"),
    "LIANXI_SMTP_SECURITY": ("mail", "security"),
    "LIANXI_SMTP_CA_FILE": ("mail", "ca_file"),
    "LIANXI_FILES_URL": ("desk", "files_url"),
    "LIANXI_PDF": ("brief", "pdf"),
}
_USUAL_PORT = {"ssl": 465, "starttls": 587, "none": 25}


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

    name: Literal["提醒", "蓝", "黄", "红"]
    workdays: int
    to: Annotated[tuple[Role, ...], Field(min_length=1)]
    cc: tuple[Role, ...] = ()
    kinds: tuple[DutyKind, ...] = ()
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


def load_settings(path: Path | None = None, env: Mapping[str, str] | None = None, plan: str | None = None) -> Settings:
    """Read the settings of one plan; an environment variable wins over the file, an empty one counts as not set.

    Without a `path`: the settings.toml of the folder that LIANXI_CONFIG names, where there is one, else the one beside
    this module. `env` None means `os.environ`, read now. Raises ConfigError with every fault at once.
    """
    given = _given(os.environ if env is None else env)
    file = read_toml(path or _file(given))
    in_hand = chosen_plan(file.data, given, plan)
    shown = {place: f"环境变量 {name}" for name, place in ENVIRONMENT.items() if place in given}

    def line_of(place: Place) -> int | None:
        if place[:2] in shown or place[:1] in shown:
            return None
        return file.line_of(place_in_file(file, in_hand, place))

    def named(place: Place) -> str:
        return shown.get(place[:2]) or shown.get(place[:1]) or field_title(place)

    faults = [*_written_secrets(file, in_hand), *own_faults(file, in_hand)]
    values = _values(settings_of_plan(file, in_hand), {**given, ("plan",): in_hand})
    plans, common = listed_plans(values), values["share"]
    if isinstance(common, Path):
        values["share"] = share_of(file, plans, in_hand, common)
        faults += shared_faults(file, plans, common, file.line_of)
    settings, wrong = check_model(Settings, values, line_of, named)
    faults += wrong if settings is None else cross_faults(settings, line_of, named)
    if settings is None or faults:
        raise ConfigError(file.path, faults)
    # Without a list the one plan in hand is all there is.
    return settings if settings.plans else settings.model_copy(update={"plans": (settings.plan,)})


def _file(given: Mapping[Place, Any]) -> Path:
    own = Path(str(given.get(("config",), ""))).expanduser() / "settings.toml"
    return own if ("config",) in given and own.is_file() else _PATH


def _given(env: Mapping[str, str]) -> dict[Place, Any]:
    """The environment's values by their place. Relative paths there start at the current folder."""
    given: dict[Place, Any] = {
        place: env[name].strip() for name, place in ENVIRONMENT.items() if env.get(name, "").strip()
    }
    paths: tuple[Place, ...] = (("data",), ("share",), ("mail", "ca_file"))
    for place in paths:
        if place in given and "://" not in str(given[place]):
            given[place] = Path(given[place]).expanduser().absolute()
    if allow := given.get(("mail", "allow")):
        given["mail", "allow"] = [domain.strip() for domain in allow.split(",") if domain.strip()]
    return given


def _values(data: Mapping[str, Any], given: Mapping[Place, Any]) -> dict[str, Any]:
    """The file's values under those of the environment, with paths made absolute and defaults that hang together."""
    values = {key: dict(value) if isinstance(value, dict) else value for key, value in data.items()}
    for place, value in given.items():
        table = values if len(place) == 1 else values.setdefault(str(place[0]), {})
        table[str(place[-1])] = value
    values |= share_named(values.get("share"))
    root = values["data"] = _below(PROJECT, values.get("data", "data"))
    values["config"] = _below(PROJECT, values.get("config", "config"))
    values |= {key: _below(root, values.get(key, "")) for key in ("share", "secret_file")}
    values["database_url"] = values.get("database_url") or f"sqlite:///{root}/lianxi.db"
    if isinstance(mail := values.get("mail"), dict):
        mail["ca_file"] = _below(PROJECT, mail["ca_file"]) if mail.get("ca_file") else None
        mail["port"] = mail.get("port") or _USUAL_PORT.get(str(mail.get("security")), 0)
    return values


def _below(root: object, value: object) -> object:
    """An absolute path; what is no text is left for the model to complain of."""
    return root / Path(value).expanduser() if isinstance(root, Path) and isinstance(value, str | Path) else value


def _written_secrets(file: TomlFile, plan: Any) -> list[ConfigFault]:
    written: list[Place] = [(key,) for key in ("secret", "share_password") if key in file.data]
    if "password" in (settings_of_plan(file, plan).get("mail") or {}):
        written.append(("mail", "password"))
    names = {place: name for name, place in ENVIRONMENT.items()}
    return [
        ConfigFault(
            file.line_of(place_in_file(file, plan, place)),
            f"口令或密钥“{field_title(place)}”写在了文件里",
            f"请删去，改用环境变量 {names[place]}",
        )
        for place in written
    ]
