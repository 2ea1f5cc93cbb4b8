"""Secrets leave no trace: not in what a flow keeps, not in Prefect's database and logs, not in any message."""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from config.paths import PROJECT
from flows.cli import main
from tasks.errors import LianxiError
from tests.conftest import use_data_folder
from tests.mailserver import PASSWORD, USER, Authority, MailServer

SECRET, SHARED = "canary-secret-5d1c9a77e0b4486f", "canary-share-77ab03"
WRONG, DATABASE = "canary-wrong-1b60f2", "canary-database-9e4c"
# A key, or a value assigned to something called a secret. The tests contain invented ones.
WRITTEN = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}|gh[pousr]_\w{30}"
    r"|(?i:password|passwd|secret|token|口令|密钥)[\"']?\s*[=:：]\s*[\"'][^\"'\s{}<>]{6,}[\"']"
)


def traces(word: str, *folders: Path) -> list[Path]:
    """Every file that contains the word, in plain text, base64 (as a login sends it) or hexadecimal."""
    login = f"\0{USER}\0{word}".encode()
    forms = [
        word.encode(),
        base64.b64encode(word.encode())[:-4],
        base64.b64encode(login)[-24:-4],
        word.encode().hex().encode(),
    ]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if any(form in content(path) for form in forms)]


def content(path: Path) -> bytes:
    """The content of a file; empty if it was deleted meanwhile, like the companion files of SQLite."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def test_a_month_with_mail_leaves_no_trace_of_a_secret(
    tmp_path: Path, prefect_api: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from flows.chase import chase
    from flows.context import open_context
    from flows.intake import intake
    from flows.issue import issue
    from flows.steps.send_letters import send_letters
    from tasks.mail.sending_hours import LOGIN_RESTS

    root = tmp_path / "data"
    use_data_folder(monkeypatch, root)
    authority = Authority(tmp_path)
    with MailServer(authority, "starttls") as server:
        told = {
            "MAIL": "send", "MAIL_ALLOW": "*", "SECRET": SECRET, "SMTP_HOST": "localhost", "SMTP_PORT": str(server.port),
            "SMTP_SECURITY": "starttls", "SMTP_USER": USER, "SMTP_PASSWORD": PASSWORD, "SMTP_CA_FILE": str(authority.ca_file),
            "SHARE_USER": "clerk", "SHARE_PASSWORD": SHARED,
        }  # fmt: skip
        for name, value in told.items():
            monkeypatch.setenv(f"LIANXI_{name}", value)
        issue("2023-10", now="2023-10-10T08:30")
        # A pass with a file: originals, findings, replies, artifacts.
        (root / "share/公共上报/来件.xlsx").write_bytes(b"no workbook")
        os.utime(root / "share/公共上报/来件.xlsx", (1_697_000_000, 1_697_000_000))
        assert intake(now="2023-10-19T09:00").received == 1
        sent = chase(now="2023-10-20T09:00").posted
        monkeypatch.setenv("LIANXI_SMTP_PASSWORD", WRONG)
        refused = chase(now="2023-10-23T09:00").posted
        resting = send_letters(open_context(now="2023-10-23T09:29"), ())
    # The login ran once with the right password and once with a wrong one: repeated failures lock accounts.
    assert sent.sent == 1 and refused.sent == 0 and refused.troubles
    assert server.logins == [True, False]
    assert (resting.sent, resting.troubles, resting.held) == (0, (LOGIN_RESTS,), 1)
    (tmp_path / "planted").write_bytes(base64.b64encode(f"\0{USER}\0{WRONG}".encode()))
    assert traces(WRONG, tmp_path) == [tmp_path / "planted"]
    home = Path(os.environ["PREFECT_HOME"])
    assert (home / "prefect.db").exists()
    said = "".join(capfd.readouterr())
    for word in (SECRET, SHARED, PASSWORD, WRONG):
        assert traces(word, root, home, home.parent / "logs") == []
        assert word not in said + str(refused)


def test_the_repository_contains_no_secret() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=False).stdout
    names = [name for name in listed.split("\0") if name] or pytest.skip("没有 git 清单")
    texts = {
        name: (PROJECT / name).read_text(encoding="utf-8", errors="replace")
        for name in names
        if (PROJECT / name).is_file()
    }
    found = {name: WRITTEN.findall(text) for name, text in texts.items() if not name.startswith("tests/")}
    assert {name: words for name, words in found.items() if words} == {}
    assert not [name for name in names if name.endswith((".key", ".pem", ".env", ".db")) or name == "config/secret"]
    assert WRITTEN.search('password = "hunter22"') and WRITTEN.search("-----BEGIN RSA PRIVATE KEY-----")


@pytest.mark.parametrize("command", [["status", "2023-10"], ["doctor"], ["backup"], ["audit"]])
def test_the_message_on_an_unreachable_database_has_no_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    use_data_folder(monkeypatch, tmp_path)
    monkeypatch.setenv("LIANXI_DATABASE_URL", f"postgresql://clerk:{DATABASE}@127.0.0.1:1/lianxi")
    monkeypatch.setattr(sys, "argv", ["lianxi", *command])
    with pytest.raises(SystemExit) as left:
        main.main()
    said = capsys.readouterr()
    assert left.value.code == 1 and "连不上数据库" in said.out + said.err
    assert DATABASE not in said.out + said.err


def test_the_message_on_an_invalid_address_does_not_quote_it() -> None:
    from tasks.store.engine import database_url

    for wrong in (
        f"mysql://clerk:{DATABASE}@host/x",
        f"://clerk:{DATABASE}@host",
        f"postgresql://a:{DATABASE}@h:port/x",
    ):
        with pytest.raises(LianxiError) as caught:
            database_url(wrong)
        assert DATABASE not in str(caught.value)


def test_printed_settings_contain_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    from config.settings_file import load_settings

    env = {"LIANXI_SECRET": SECRET, "LIANXI_SMTP_USER": USER, "LIANXI_SMTP_PASSWORD": WRONG}
    settings = load_settings(env=env)
    assert SECRET not in repr(settings) + settings.model_dump_json() and WRONG not in repr(settings)
