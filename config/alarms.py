"""The alarms (`alarms.toml`): which event, or which missing event, writes to the coordinator, and what the letter says to do.

Belongs here: the alarms as frozen values, their checks and their reader. Does not belong here: turning them into Prefect
automations (`flows/server/automations`).
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from config.config_errors import ConfigError, ConfigFault
from config.frozen_model import FrozenModel, NonEmptyText
from config.paths import CONFIG
from config.toml_file import KeyPath, TomlFile, read_toml
from config.validation_errors import InvalidValueError, check_model, field_title

_PATH = CONFIG / "alarms.toml"


class Alarm(FrozenModel):
    """One alarm. Without `within_minutes` it fires on any event of `on`; with it, when none of them came in that time.

    `after`: the time starts at one of these events. `each`: one clock for every run, or one for all runs. `flows`: only
    events of runs of these flows. `about`: one alarm for each active plan, written to its coordinator, or one for the
    whole installation.
    """

    cause: Annotated[str, Field(pattern=r"^[a-z][a-z-]*$")]
    title: NonEmptyText
    steps: Annotated[tuple[NonEmptyText, ...], Field(min_length=1)]
    on: Annotated[tuple[NonEmptyText, ...], Field(min_length=1)]
    after: tuple[NonEmptyText, ...] = ()
    flows: tuple[NonEmptyText, ...] = ()
    each: Literal["run", "all"] = "all"
    about: Literal["plan", "installation"] = "plan"
    within_minutes: Annotated[int, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _check_after(self) -> Alarm:
        if self.after and not self.within_minutes:
            raise InvalidValueError("写了 after 而没有 within_minutes", "请写明等多少分钟")
        if self.after and self.each == "all" and any(event.startswith("prefect.") for event in self.after):
            raise InvalidValueError("after 写的是流程运行的事件，须对每次运行各自计时", '请写 each = "run"')
        return self


def load_alarms(path: Path | None = None) -> tuple[Alarm, ...]:
    """Every alarm, in the order of the file. Raises ConfigError with every fault at once."""
    file = read_toml(path or _PATH)
    alarms: list[Alarm] = []
    faults: list[ConfigFault] = []
    for cause, table in file.data.items():
        values: dict[str, Any] = {**(table if isinstance(table, dict) else {}), "cause": cause}
        alarm, alarm_faults = check_model(Alarm, values, partial(_line, file, cause), partial(_title, cause))
        alarms += [alarm] if alarm else []
        faults += alarm_faults
    if faults:
        raise ConfigError(file.path, faults)
    return tuple(alarms)


def _line(file: TomlFile, cause: str, key_path: KeyPath) -> int | None:
    return file.line_of((cause, *key_path)) or file.line_of((cause,))


def _title(cause: str, key_path: KeyPath) -> str:
    return field_title((cause, *key_path))
