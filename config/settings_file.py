"""Reads `settings.toml` under the environment variables into `Settings`, with every fault, its line and remedy.

Belongs here: file and environment -> values, and the names of the variables. Nothing is read before `load_settings` is
called. What a setting means is in `settings`; what must hold between them in `settings_checks`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from config.config_errors import ConfigError, ConfigFault
from config.paths import CONFIG, PROJECT
from config.settings import Settings
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
