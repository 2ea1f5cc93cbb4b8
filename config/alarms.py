"""The alarms an office wants (`alarms.toml`): on which events, or their absence, and what the letter says to do.

Belongs here: the alarms as frozen values and their checks. That they become Prefect's automations is `flows`' business.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from config.config_errors import ConfigError, ConfigFault
from config.tomlfile import Place, TomlFile, read_toml
from config.validation_errors import Wrong, check_model, field_title

_PATH = Path(__file__).with_name("alarms.toml")
Words = Annotated[str, Field(min_length=1)]


class Alarm(BaseModel):
    """One alarm. With `within_minutes` it sounds when none of `on` came in that time (after `after`, if given).

    `each`: counted for every run by itself, or for all together. `flows`: only events of runs of these. `about`: each
    plan in hand is watched by itself and its own coordinator told, or the installation as a whole is.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    cause: Annotated[str, Field(pattern=r"^[a-z][a-z-]*$")]
    title: Words
    steps: Annotated[tuple[Words, ...], Field(min_length=1)]
    on: Annotated[tuple[Words, ...], Field(min_length=1)]
    after: tuple[Words, ...] = ()
    flows: tuple[Words, ...] = ()
    each: Literal["run", "all"] = "all"
    about: Literal["plan", "installation"] = "plan"
    within_minutes: Annotated[int, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _waits_for_something(self) -> Alarm:
        if self.after and not self.within_minutes:
            raise Wrong("写了 after 而没有 within_minutes", "请写明等多少分钟")
        if self.after and self.each == "all" and any(event.startswith("prefect.") for event in self.after):
            raise Wrong("after 写的是流程运行的事件，须对每次运行各自计时", '请写 each = "run"')
        return self


def load_alarms(path: Path | None = None) -> tuple[Alarm, ...]:
    """Every alarm, in the order of the file. Raises ConfigError with every fault at once."""
    file = read_toml(path or _PATH)
    alarms: list[Alarm] = []
    faults: list[ConfigFault] = []
    for cause, value in file.data.items():
        given = {**value, "cause": cause} if isinstance(value, dict) else {"cause": cause}
        alarm, wrong = check_model(Alarm, given, partial(_line, file, cause), partial(_name, cause))
        alarms += [alarm] if alarm else []
        faults += wrong
    if faults:
        raise ConfigError(file.path, faults)
    return tuple(alarms)


def _line(file: TomlFile, cause: str, place: Place) -> int | None:
    return file.line_of((cause, *place)) or file.line_of((cause,))


def _name(cause: str, place: Place) -> str:
    return field_title((cause, *place))
