"""Every check of `lianxi doctor`: what is right passes, each fault is found and says what to do."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from flows.admin.doctor import run_checks
from flows.admin.machine_checks import CheckResult
from flows.steps.make_backup import make_backup
from tasks.store import audit_chain
from tasks.store.engine import writing
from tasks.store.migrate import migrate
from tests.plain_flows import unknown_from
from tests.running import two_free_ports

NOW = "2026-11-02T09:00"


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder and a config folder, without the environment variables of the person who runs the tests."""
    for name in [name for name in os.environ if name.startswith(("LIANXI_", "PREFECT_"))]:
        monkeypatch.delenv(name)
    for name in ("plans", "counties"):
        shutil.copytree(Path("config") / name, tmp_path / "config" / name)
    monkeypatch.setenv("LIANXI_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("LIANXI_CONFIG", str(tmp_path / "config"))
    return tmp_path


@pytest.fixture(scope="module")
def free() -> int:
    return two_free_ports()


def found(port: int, now: str = NOW) -> dict[str, CheckResult]:
    return {check.name: check for check in run_checks(port, now)}


def test_a_fresh_installation_has_no_fault_and_is_not_changed(installation: Path, free: int) -> None:
    checks = found(free)
    assert [check for check in checks.values() if check.state == "bad"] == []
    assert all(
        check.remedy for check in checks.values() if check.state == "note" and check.name in ("备份", "邮件", "服务")
    )
    assert not (installation / "data").exists()


def _no_plan(installation: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("LIANXI_PLAN", "nowhere-1999")


def _second_plan(installation: Path, patch: pytest.MonkeyPatch) -> None:
    written = Path("config/settings.toml").read_text("utf-8")
    (installation / "config/settings.toml").write_text(
        written.replace("plans = []", 'plans = ["yanqi-2023", "nowhere-1999"]'), "utf-8"
    )


def _settings(installation: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("LIANXI_MAIL", "loudly")


def _data_is_a_file(installation: Path, patch: pytest.MonkeyPatch) -> None:
    (installation / "data").write_bytes(b"")


def _share_away(installation: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("LIANXI_SHARE", str(installation / "not mounted"))


def _secret_open(installation: Path, patch: pytest.MonkeyPatch) -> None:
    (installation / "data").mkdir()
    (installation / "data/secret.key").write_bytes(b"s" * 64)
    (installation / "data/secret.key").chmod(0o644)


def _ledger_newer(installation: Path, patch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{installation}/data/lianxi.db"
    migrate(url)
    with writing(url, "x") as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))


def _ledger_broken(installation: Path, patch: pytest.MonkeyPatch) -> None:
    (installation / "data").mkdir()
    (installation / "data/lianxi.db").write_bytes(b"not a database" * 100)


def _log_cut(installation: Path, patch: pytest.MonkeyPatch) -> None:
    migrate(f"sqlite:///{installation}/data/lianxi.db")
    (installation / "data/audit").mkdir()
    (installation / "data/audit/heads.txt").write_text(f"3 {'a' * 64}\n")


def _never_backed_up(installation: Path, patch: pytest.MonkeyPatch) -> None:
    migrate(f"sqlite:///{installation}/data/lianxi.db")
    (installation / "data/originals/yanqi-2023/ab").mkdir(parents=True)
    (installation / "data/originals/yanqi-2023/ab/abc").write_bytes(b"x")


def _backup_old(installation: Path, patch: pytest.MonkeyPatch) -> None:
    make_backup(now="2026-10-20T09:00")


def _half_restored(installation: Path, patch: pytest.MonkeyPatch) -> None:
    (installation / "data/.restoring").mkdir(parents=True)


def _mail_to_nowhere(installation: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("LIANXI_MAIL", "send")
    patch.setenv("LIANXI_MAIL_ALLOW", "yanqi.example")
    patch.setenv("LIANXI_SMTP_HOST", "127.0.0.1")
    patch.setenv("LIANXI_SMTP_PORT", "1")


@pytest.mark.parametrize(
    ("fault", "named", "says"),
    [
        (_no_plan, "方案", "nowhere-1999"),
        (_second_plan, "方案", "nowhere-1999"),
        (_settings, "设置", "LIANXI_MAIL"),
        (_data_is_a_file, "数据文件夹", "写不进去"),
        (_share_away, "共享文件夹", "LIANXI_SHARE"),
        (_secret_open, "签名密钥", "chmod 600"),
        (_ledger_newer, "数据库", "较新版本"),
        (_ledger_broken, "数据库", "不是数据库"),
        (_log_cut, "办理日志", "末尾被截去"),
        (_never_backed_up, "备份", "lianxi backup"),
        (_backup_old, "备份", "超过 7 天"),
        (_half_restored, "恢复", "lianxi restore"),
        (_mail_to_nowhere, "发信服务器", "连不上"),
        (_mail_to_nowhere, "发信邮箱", "county.toml"),
    ],
)
def test_each_fault_is_found_and_says_what_to_do(
    installation: Path, free: int, monkeypatch: pytest.MonkeyPatch,
    fault: Callable[[Path, pytest.MonkeyPatch], None], named: str, says: str,
) -> None:  # fmt: skip
    fault(installation, monkeypatch)
    check = found(free)[named]
    assert check.state == "bad" and says in check.said + check.remedy


@pytest.mark.parametrize("which", [0, 1], ids=["UI", "files"])
def test_a_port_in_use_by_another_program_is_bad(installation: Path, free: int, which: int) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", free + which))
        other.listen()
        check = found(free)["端口"]
        assert (check.state, check.said) == ("bad", str(free + which))


@pytest.mark.parametrize(
    ("now", "state"), [("2092-11-19T09:00", "bad"), ("2026-11-19T09:00", "ok"), ("2026-11-20T09:00", "note")]
)
def test_a_year_without_holidays_is_asked_for_six_weeks_ahead(
    installation: Path, free: int, now: str, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("config.calendar._official", unknown_from(2027))
    check = found(free, now)["工作日历"]
    assert check.state == state
    assert state == "ok" or ("放假安排还没有登记" in check.said and "lianxi holidays" in check.remedy)


def test_a_recent_backup_and_an_intact_log_are_ok(installation: Path, free: int) -> None:
    make_backup(now="2026-11-01T09:00")
    audit_chain.record_act(
        f"sqlite:///{installation}/data/lianxi.db", "", "试", "", "甲", "", dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    )
    checks = found(free)
    assert checks["备份"].state == checks["办理日志"].state == checks["数据库"].state == "ok"


def test_it_imports_nothing_heavy_and_exits_1_on_a_fault(installation: Path, free: int) -> None:
    code = "import sys; sys.argv = ['lianxi', 'doctor', '--json', '--now', %r, '--port', %r]\nfrom flows.cli.main import main\n"
    code += "try:\n    main()\nfinally:\n    print(sorted({'pandas', 'prefect', 'sqlalchemy'} & set(sys.modules)), file=sys.stderr)"
    for settings, exit_code in ({}, 0), ({"LIANXI_PLAN": "nowhere"}, 1):
        done = subprocess.run(
            [sys.executable, "-c", code % (NOW, str(free))],
            env=os.environ | settings, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert done.returncode == exit_code and done.stderr.strip() == "[]", done.stderr
        assert json.loads(done.stdout)["ok"] == (exit_code == 0)
