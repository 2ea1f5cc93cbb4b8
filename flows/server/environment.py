"""Prefect's environment for this installation, set before Prefect is imported.

Belongs here: environment defaults for Prefect and finding a server that already runs (`lianxi up`).
Does not belong here: anything a flow does. This module imports neither Prefect nor pandas, so that
`lianxi status` and `--help` stay quick.
"""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flows.server.server_login import authorization, load_or_create_login
from tasks.errors import InputError, PipelineError

# Defaults only: a variable that is already set is not changed.
_DEFAULTS = {
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true",
    # The first start runs the migrations: 27 s on a slow machine, where the default gives up after 20.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
    # A county's network blocks telemetry; without this the server logs an error at every start.
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    # Server, worker and runs write its SQLite at the same time; on a slow disk the default of 10 s ends in a 503.
    "PREFECT_SERVER_DATABASE_TIMEOUT": "60",
    # A run's log goes to the server, where the coordinator reads it; the terminal shows one plain message instead.
    "PREFECT_LOGGING_LEVEL": "INFO",
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    # Flow and task results are small values; they stay in the office's own folder.
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
    "PREFECT_CLI_PROMPT": "false",
}


def prepare_prefect(data: Path) -> None:
    """Point Prefect at `data`/prefect and, if `lianxi up` is running, at its server.

    Raises PipelineError if the folder cannot be written.
    """
    home = data / "prefect"
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"数据文件夹 {data} 写不进去（{error.strerror}）：请检查权限，或用环境变量 LIANXI_DATA 另指文件夹"
        raise PipelineError(message) from None
    os.environ.setdefault("PREFECT_HOME", str(home.resolve()))
    for name, value in _DEFAULTS.items():
        os.environ.setdefault(name, value)
    if "PREFECT_API_URL" not in os.environ and (running := _read_server_file(data)):
        os.environ["PREFECT_API_URL"] = running["api_url"]
        os.environ.setdefault("PREFECT_API_AUTH_STRING", _login_of(data, running["api_url"]))
        if running.get("files_url"):
            os.environ.setdefault("LIANXI_FILES_URL", running["files_url"])


def _login_of(data: Path, api_url: str) -> str:
    """The login of the running server. Raises InputError if the server rejects the login that this process has."""
    login = load_or_create_login(data, os.environ.get("LIANXI_PASSWORD"))
    request = urllib.request.Request(f"{api_url}/admin/version", headers={"Authorization": authorization(login)})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=10):  # noqa: S310
            return login
    except urllib.error.HTTPError as error:
        if error.code != HTTPStatus.UNAUTHORIZED:
            return login
        where = api_url.removesuffix("/api")
        message = f"正在运行的联席（{where}）不认这个登录口令：请把环境变量 LIANXI_PASSWORD 设成启动时用的口令"
        raise InputError(message) from None


def server_file(data: Path) -> Path:
    """The file with the server's address, which `lianxi up` writes while it runs."""
    return data / "prefect" / "server.json"


def running_server(data: Path) -> str | None:
    """The API address of the server that `lianxi up` started, or None if it does not answer."""
    return _read_server_file(data).get("api_url")


def _read_server_file(data: Path) -> dict[str, str]:
    """`api_url` and `files_url` of the running server; empty if it does not answer."""
    try:
        content: dict[str, Any] = json.loads(server_file(data).read_text(encoding="utf-8"))
        urls = {name: str(content.get(name) or "") for name in ("api_url", "files_url")}
    except (OSError, ValueError, AttributeError):
        return {}
    return urls if is_healthy(urls["api_url"]) else {}


def is_healthy(api_url: str, timeout_seconds: float = 2.0) -> bool:
    """Whether a Prefect server answers its health check at `api_url` (…/api)."""
    if not api_url.startswith(("http://", "https://")):
        return False
    try:
        with urllib.request.urlopen(f"{api_url}/health", timeout=timeout_seconds) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False
