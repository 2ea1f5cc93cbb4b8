"""Sending as a flow does it: the password from Prefect's Secret block, and today's letters in the UI."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from prefect import flow
from prefect.blocks.system import Secret

from flows.context import open_context
from flows.steps.send_letters import Posted, send_letters
from tasks.errors import InputError
from tasks.model.letter import Letter
from tasks.model.run_context import Context
from tasks.store.migrate import migrate
from tests.conftest import use_data_folder
from tests.mailserver import PASSWORD, USER, Authority, Faults, MailServer
from tests.unit.tasks.mail.mail_values import letter

BLOCK = "lianxi-mail-password"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[MailServer, Path]]:
    """A mail server that requires TLS and a login, and its certificate authority."""
    authority = Authority(tmp_path)
    with MailServer(authority, "ssl") as running:
        yield running, authority.ca_file


def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: tuple[MailServer, Path]) -> Context:
    """A context whose mail password is in no environment variable, only in a block named in its settings."""
    use_data_folder(monkeypatch, tmp_path / "寄送 post")
    monkeypatch.delenv("LIANXI_SMTP_PASSWORD", raising=False)
    opened = open_context(now="2023-10-23T09:00")
    migrate(opened.url)
    changes: dict[str, Any] = {
        "mode": "send",
        "allow": ("unit.example",),
        "host": "localhost",
        "port": server[0].port,
        "user": USER,
        "security": "ssl",
        "ca_file": server[1],
        "password_block": BLOCK,
    }
    mail = opened.settings.mail.model_copy(update=changes)
    return replace(opened, settings=opened.settings.model_copy(update={"mail": mail}))


@flow
def posting(tmp: Any, letters: Any) -> Posted:
    """A flow that sends letters."""
    return send_letters(tmp, letters)


def mine(number: int, office: Context) -> Letter:
    return letter(number, plan=office.plan.id, rung="受理", duty="progress/2023-10/v1")


def test_the_login_comes_from_the_secret_block_and_todays_letters_are_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: tuple[MailServer, Path], prefect_api: str
) -> None:
    here = office(tmp_path, monkeypatch, server)
    running = server[0]
    letters = [mine(1, here), mine(2, here)]
    with pytest.raises(InputError, match=f"没有名为“{BLOCK}”的 Secret 块"):
        posting(here, letters)
    assert (running.connections, running.taken) == (0, [])
    Secret(value=PASSWORD).save(BLOCK, overwrite=True)  # type: ignore[call-arg]
    running.faults = Faults(recipients={"clerk2@unit.example": "550 5.1.1 no such user clerk2@unit.example"})
    try:
        assert posting(here, []).sent == 1
    finally:
        Secret.delete(BLOCK)
    assert running.logins == [True]
    assert [taken.secure for taken in running.taken] == [True]
    # The password is neither in the log nor in the UI, and no artifact has an address.
    shown = _newest(prefect_api, f"letters-{here.plan.id}")
    assert "第1封 | 已发出" in shown
    assert "第2封 | 未送达 | 收件人全部被拒收：（号码从略）" in shown
    logged = httpx.post(f"{prefect_api}/logs/filter", json={"limit": 200, "sort": "TIMESTAMP_DESC"}, timeout=30)
    assert PASSWORD not in logged.raise_for_status().text
    assert "unit.example" not in shown + logged.text


def _newest(api_url: str, key: str) -> str:
    wanted = {"artifacts": {"key": {"any_": [key]}}, "sort": "CREATED_DESC", "limit": 1}
    found = httpx.post(f"{api_url}/artifacts/filter", json=wanted, timeout=30).raise_for_status().json()
    return str(found[0]["data"])
