"""Hostile arguments on the command line: one plain message, exit code 2, nothing changed outside the data folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from flows.cli import main

CLIMBING = ["../../x", "/etc/passwd", "..", ".", "a/b", "a\\b", "x" * 5000, "a\x00b", "计划", "-", "%(x)s", "{{x}}"]
PERIODS = [
    "../../x",
    "2023-13",
    "2023-00",
    "2023-10\x00",
    "9" * 10_000,
    "2023-10;rm",
    "0000-01",
    "十月",
    "2023-10-99",
]
NOWS = ["昨天", "2023-13-01", "0001-01-01T00:00", "9999-12-31T23:59", "2023-10-20T99:00", "1e999", "\x00", "x" * 10_000]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("LIANXI_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LIANXI_DATA", str(tmp_path / "house/data"))
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


def refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The message, after checking that it is one plain message with exit code 2."""
    monkeypatch.setattr(sys, "argv", ["lianxi", *arguments])
    with pytest.raises(SystemExit) as left:
        main.main()
    said = capsys.readouterr()
    assert left.value.code == 2, said.err
    assert "Traceback" not in said.err and 0 < len(said.err) < 1500 and "\x00" not in said.err
    return said.err


@pytest.mark.parametrize("plan", CLIMBING)
def test_a_plan_name_that_is_a_path_is_refused(
    house: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], plan: str
) -> None:
    refused(monkeypatch, capsys, "status", "2023-10", f"--plan={plan}")
    assert not (house / "x").exists() and not (house / "house/x").exists()


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("command", ["status", "letters"])
def test_an_invalid_period_is_refused(
    house: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str, period: str
) -> None:
    refused(monkeypatch, capsys, command, period)


@pytest.mark.parametrize("now", NOWS)
def test_an_invalid_or_out_of_range_time_is_refused(
    house: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], now: str
) -> None:
    refused(monkeypatch, capsys, "status", "2023-10", f"--now={now}")


@pytest.mark.parametrize("county", CLIMBING)
def test_a_county_name_that_is_a_path_is_refused(
    house: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], county: str
) -> None:
    document = house / "d.txt"
    document.write_text("一、工作\n1.修路。\n牵头单位：县交通运输局\n", encoding="utf-8")
    refused(monkeypatch, capsys, "register", str(document), "--json", f"--county={county}")
    refused(monkeypatch, capsys, "new", "--name", "青山县", "--", county, str(document))
    assert sorted(path.name for path in house.iterdir() if path.name != "house") == ["d.txt"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("restore", "/dev/zero"),
        ("restore", "no\x00such"),
        ("restore", "x" * 5000),
        ("audit", "--against", "/dev/null/x"),
        ("audit", "--export", "/etc/passwd"),
        ("forget", ""),
        ("forget", "\x00"),
        ("forget", "x" * 100_000),
        ("forget", "%"),
        ("letters", "2023-10", "--arrived", "%"),
        ("letters", "2023-10", "--resend", ""),
    ],
)
def test_hostile_arguments_of_the_archive_commands_are_refused(
    house: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    before = Path("/etc/passwd").read_bytes()
    refused(monkeypatch, capsys, *arguments)
    assert Path("/etc/passwd").read_bytes() == before
