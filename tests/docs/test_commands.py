"""Runs the commands in the pages' text and in the installer's blocks; checks every make target.

Commands in `sh` blocks are run by `test_readme`.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from flows.cli import main
from tasks.store.accepted_rows import contacts_on
from tests.conftest import use_data_folder
from tests.docs.test_readme import PAGES, PROJECT, _our_commands
from tests.unit.config.test_holiday_notice import NOTICE

NOW = "2023-11-02T09:00"


def mentioned() -> list[str]:
    """The different `lianxi …` commands in backticks, of all pages."""
    texts = [(PROJECT / page).read_text(encoding="utf-8") for page in PAGES]
    return sorted({each for text in texts for each in re.findall(r"`(lianxi (?:--)?[a-z][^`\n]*)`", text)})


def place(command: str) -> int:
    """Sort key: backup before restore, export before comparing with it."""
    order = ("backup", "--export", "--against", "forget", "restore")
    return next((turn for turn, word in enumerate(order) if word in command), -1)


def test_every_command_of_the_running_text_runs(
    october: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In turn, in a copy of the demo's data, with values for the placeholders."""
    import datetime as dt

    data, config = tmp_path / "data", tmp_path / "config"
    shutil.copytree(october, data, ignore=shutil.ignore_patterns("prefect", "logs"))
    for name in ("plans", "counties"):
        shutil.copytree(PROJECT / "config" / name, config / name)
    use_data_folder(monkeypatch, data)
    monkeypatch.setenv("LIANXI_CONFIG", str(config))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "放假通知.txt").write_text(NOTICE, encoding="utf-8")
    name = contacts_on(f"sqlite:///{data}/lianxi.db", "yanqi-2023", dt.date(2023, 11, 2))[0].name
    run: list[str] = []
    for command in sorted(mentioned(), key=place):
        if any(each.startswith(command) and each != command for each in (*mentioned(), *_our_commands())):
            # Only named here; the full command is run elsewhere in this loop.
            continue
        archive = next((data / "backups").glob("*.tar.gz"), None)
        for words, meant in {
            "导出文件": "升级前.jsonl", "FILE": "升级前.jsonl", "姓名": name, "备份文件": str(archive),
        }.items():  # fmt: skip
            command = command.replace(words, meant)
        when = [] if "--version" in command else ["--now", NOW]
        monkeypatch.setattr(sys, "argv", [*shlex.split(command), *when])
        with pytest.raises(SystemExit) as left:
            main.main()
        told = capsys.readouterr()
        assert left.value.code in ((0, 1) if command == "lianxi doctor" else (0, None)), (command, told)
        assert told.out.strip(), command
        run.append(command.split()[1])
    assert {"backup", "audit", "forget", "restore", "--version"} <= set(run)


def shim(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def test_the_installers_commands_put_everything_where_the_service_looks_for_it(tmp_path: Path) -> None:
    """The blocks of docs/deploy.md below another root; commands for users, services and containers are only logged."""
    page = (PROJECT / "docs/deploy.md").read_text(encoding="utf-8")
    machine, programs, notes = tmp_path / "machine", tmp_path / "programs", tmp_path / "notes"
    (machine / "etc/systemd/system").mkdir(parents=True)
    (machine / "opt").mkdir()
    programs.mkdir()
    shim(programs, "sudo", '[ "$1" = -u ] && shift 2; exec "$@"')
    for name in ("useradd", "chown", "systemctl", "docker"):
        shim(programs, name, f'echo "{name} $*" >> "{notes}"')
    shim(programs, "make", f'exec {shutil.which("make")} --dry-run "$@"')
    blocks = re.findall(r"```console\n(.*?)```", page, re.DOTALL)
    assert len(blocks) == 2
    script = "\n".join(blocks).replace("<项目地址>", str(PROJECT))
    for folder in ("/opt/", "/etc/", "/var/lib/lianxi "):
        script = script.replace(f" {folder}", f" {machine}{folder}")
    # The second block assumes the project's folder, where the first has put it.
    script = script.replace("\ncp deploy", f"\ncd {machine}/opt/lianxi\ncp deploy")
    path = f"{programs}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], env=os.environ | {"PATH": path}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    home = machine / "opt/lianxi"
    unit = (machine / "etc/systemd/system/lianxi.service").read_text(encoding="utf-8")
    assert "EnvironmentFile=-/etc/lianxi/lianxi.env" in unit or "EnvironmentFile=/etc/lianxi/lianxi.env" in unit
    for secret in (machine / "etc/lianxi/lianxi.env", home / "deploy/lianxi.env"):
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    told = notes.read_text(encoding="utf-8")
    assert "systemctl enable --now lianxi" in told and "--home-dir" in told
    for compose in re.findall(r"docker compose -f (\S+)", told):
        assert (home / compose).is_file()


def targets() -> list[str]:
    return re.findall(r"^([a-z]+):[^=\n]*## ", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_every_target_calls_programs_that_are_there() -> None:
    done = subprocess.run(["make", "--dry-run", *targets()], cwd=PROJECT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    modules = set(re.findall(r"python (?:-W ignore )?-m ([\w.]+)", done.stdout))
    assert {"flows.cli.main", "pytest", "benchmarks.intake", "docs.pictures"} <= modules
    # `pip` is that of the folder with uv in it, which `setup` makes.
    assert [name for name in modules - {"pip"} if importlib.util.find_spec(name) is None] == []
    programs = set(re.findall(r"(\.venv/bin/[\w-]+)", done.stdout))
    missing = [name for name in programs if not (PROJECT / name).exists()]
    assert missing == [] or not (PROJECT / ".venv").exists()
