"""A real Prefect server on loopback and the demo played once, for all tests that need them."""

from __future__ import annotations

import io
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from rich.console import Console

from tests.running import Running, copy_of, running


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that need a Prefect server run first, for they take longest: those over the demo's data in one worker, for
    it is played once a worker; the others in another."""
    for item in items:
        if (group := _group(item)) is not None:
            item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: ("october", "server", None).index(_group(item)))


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes are no names: those of an archive made a second later differ, and two workers would not agree on the test."""
    return argname if isinstance(val, bytes) else None


def _group(item: pytest.Item) -> str | None:
    names = getattr(item, "fixturenames", ())
    return "october" if "october" in names else "server" if "prefect_api" in names else None


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


@pytest.fixture(scope="session")
def october(tmp_path_factory: pytest.TempPathFactory, prefect_api: str) -> Path:
    """The data folder after the demo; its path has a space and Chinese characters."""
    from flows.demo import play_october

    root = tmp_path_factory.mktemp("十月 演示")
    with pytest.MonkeyPatch.context() as patch:
        enter(patch, root)
        screen = io.StringIO()
        play_october(Console(file=screen, width=120), root)
    # Beside the demo's folder: what the demo left is compared as a whole below.
    root.with_suffix(".txt").write_text(screen.getvalue(), encoding="utf-8")
    # What the coordinator could see then, before other tests publish theirs under the same keys.
    latest = httpx.post(f"{prefect_api}/artifacts/latest/filter", json={"limit": 200}, timeout=60).raise_for_status()
    root.with_suffix(".json").write_text(latest.text, encoding="utf-8")
    return root


@pytest.fixture(scope="session")
def desk(october: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """`lianxi up` over a copy of the demo's data. The last test that uses it stops it."""
    with running(copy_of(october, tmp_path_factory.mktemp("长期 up") / "data")) as desk:
        yield desk


def enter(patch: pytest.MonkeyPatch, root: Path) -> None:
    for name in ("LIANXI_DATABASE_URL", "LIANXI_PLAN", "LIANXI_SECRET"):
        patch.delenv(name, raising=False)
    patch.setenv("LIANXI_DATA", str(root))
    patch.setenv("LIANXI_SHARE", str(root / "share"))
    patch.setenv("LIANXI_MAIL", "dry-run")
    # Five seconds an issue; the pages are looked at where the brief is tested.
    patch.setenv("LIANXI_PDF", "false")
