"""Reads `settings.toml` and the environment variables into `Settings`, with every fault, its line and remedy.

Belongs here: file and environment -> values, and the names of the variables. Nothing is read before `load_settings` is
called. The meaning of a setting is in `settings`, the checks across settings are in `settings_checks`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from config.config_errors import ConfigError, ConfigFault
from config.paths import CONFIG, PROJECT
from config.settings import Settings
from config.settings_checks import settings_faults
from config.settings_plans import (
    chosen_plan,
    key_path_in_file,
    listed_plans,
    override_faults,
    plan_clashes,
    settings_of_plan,
    share_of_plan,
    share_values,
)
from config.toml_file import KeyPath, TomlFile, read_toml
from config.validation_errors import check_model, field_title

_PATH = CONFIG / "settings.toml"

# The setting each environment variable replaces. LIANXI_SECRET, passwords and the share's user are never in the file.
ENVIRONMENT: Mapping[str, KeyPath] = {
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
_DEFAULT_PORT = {"ssl": 465, "starttls": 587, "none": 25}


def load_settings(path: Path | None = None, env: Mapping[str, str] | None = None, plan: str | None = None) -> Settings:
    """Read the settings of one plan. An environment variable replaces the file's value; an empty one counts as unset.

    Default `path`: settings.toml in the folder LIANXI_CONFIG names, if it exists, else the one in `config/`. `env` None
    means `os.environ`, read now. Raises ConfigError with every fault at once.
    """
    env_values = _environment_values(os.environ if env is None else env)
    file = read_toml(path or _settings_path(env_values))
    chosen = chosen_plan(file.data, env_values, plan)
    variables = {key_path: f"环境变量 {name}" for name, key_path in ENVIRONMENT.items() if key_path in env_values}

    def line_of(key_path: KeyPath) -> int | None:
        if key_path[:2] in variables or key_path[:1] in variables:
            return None
        return file.line_of(key_path_in_file(file, chosen, key_path))

    def title_of(key_path: KeyPath) -> str:
        return variables.get(key_path[:2]) or variables.get(key_path[:1]) or field_title(key_path)

    faults = [*_secret_faults(file, chosen), *override_faults(file, chosen)]
    values = _model_values(settings_of_plan(file, chosen), {**env_values, ("plan",): chosen})
    plans, common = listed_plans(values), values["share"]
    if isinstance(common, Path):
        values["share"] = share_of_plan(file, plans, chosen, common)
        faults += plan_clashes(file, plans, common, file.line_of)
    settings, model_faults = check_model(Settings, values, line_of, title_of)
    faults += model_faults if settings is None else settings_faults(settings, line_of, title_of)
    if settings is None or faults:
        raise ConfigError(file.path, faults)
    # Without a list, the chosen plan is the only active one.
    return settings if settings.plans else settings.model_copy(update={"plans": (settings.plan,)})


def _settings_path(env_values: Mapping[KeyPath, Any]) -> Path:
    path = Path(str(env_values.get(("config",), ""))).expanduser() / "settings.toml"
    return path if ("config",) in env_values and path.is_file() else _PATH


def _environment_values(env: Mapping[str, str]) -> dict[KeyPath, Any]:
    """The values set in the environment, by key path. A relative path starts at the current folder."""
    values: dict[KeyPath, Any] = {
        key_path: env[name].strip() for name, key_path in ENVIRONMENT.items() if env.get(name, "").strip()
    }
    paths: tuple[KeyPath, ...] = (("data",), ("share",), ("mail", "ca_file"))
    for key_path in paths:
        if key_path in values and "://" not in str(values[key_path]):
            values[key_path] = Path(values[key_path]).expanduser().absolute()
    if allow := values.get(("mail", "allow")):
        values["mail", "allow"] = [domain.strip() for domain in allow.split(",") if domain.strip()]
    return values


def _model_values(data: Mapping[str, Any], env_values: Mapping[KeyPath, Any]) -> dict[str, Any]:
    """The file's values, overridden by the environment, with absolute paths and the defaults that depend on others."""
    values = {key: dict(value) if isinstance(value, dict) else value for key, value in data.items()}
    for key_path, value in env_values.items():
        table = values if len(key_path) == 1 else values.setdefault(str(key_path[0]), {})
        table[str(key_path[-1])] = value
    values |= share_values(values.get("share"))
    root = values["data"] = _below(PROJECT, values.get("data", "data"))
    values["config"] = _below(PROJECT, values.get("config", "config"))
    values |= {key: _below(root, values.get(key, "")) for key in ("share", "secret_file")}
    values["database_url"] = values.get("database_url") or f"sqlite:///{root}/lianxi.db"
    if isinstance(mail := values.get("mail"), dict):
        mail["ca_file"] = _below(PROJECT, mail["ca_file"]) if mail.get("ca_file") else None
        mail["port"] = mail.get("port") or _DEFAULT_PORT.get(str(mail.get("security")), 0)
    return values


def _below(root: object, value: object) -> object:
    """`value` as an absolute path; a value of another type is returned as it is, for the model to report."""
    return root / Path(value).expanduser() if isinstance(root, Path) and isinstance(value, str | Path) else value


def _secret_faults(file: TomlFile, plan: Any) -> list[ConfigFault]:
    written: list[KeyPath] = [(key,) for key in ("secret", "share_password") if key in file.data]
    if "password" in (settings_of_plan(file, plan).get("mail") or {}):
        written.append(("mail", "password"))
    names = {key_path: name for name, key_path in ENVIRONMENT.items()}
    return [
        ConfigFault(
            file.line_of(key_path_in_file(file, plan, key_path)),
            f"口令或密钥“{field_title(key_path)}”写在了文件里",
            f"请删去，改用环境变量 {names[key_path]}",
        )
        for key_path in written
    ]
