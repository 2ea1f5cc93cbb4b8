"""A real Prefect server on loopback, started once for all flow tests, and an office with folders of its own."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def prefect_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The API address of a Prefect server whose folder has a space and Chinese characters in its name."""
    from flows.runtime import prepare
    from flows.up import server

    data = tmp_path_factory.mktemp("服务器 data")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("PREFECT_HOME", "PREFECT_API_URL"):
            patch.delenv(name, raising=False)
        prepare(data)
        with server(data, _free_port()) as api_url:
            from prefect.settings import PREFECT_API_URL, PREFECT_LOGGING_LEVEL, temporary_settings

            with temporary_settings({PREFECT_API_URL: api_url, PREFECT_LOGGING_LEVEL: "WARNING"}):
                yield api_url


@pytest.fixture
def office_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prefect_api: str) -> Path:
    """A fresh data folder and share for one test; mail is written as .eml."""
    data = tmp_path / "数据 data"
    for name in ("LIANXI_DATABASE_URL", "LIANXI_PLAN", "LIANXI_SECRET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LIANXI_DATA", str(data))
    monkeypatch.setenv("LIANXI_SHARE", str(data / "share"))
    monkeypatch.setenv("LIANXI_MAIL", "dry-run")
    return data
