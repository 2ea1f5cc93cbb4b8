"""With senders killed and a failing server, every letter arrives, once or again with the same Message-ID."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from config.paths import PROJECT


def _play(folder: Path, kills: int, seed: int, timeout_seconds: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.unit.tasks.mail.killed_senders", str(folder), str(kills), str(seed)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=timeout_seconds)
    assert done.returncode == 0, done.stderr
    assert not done.stderr, done.stderr
    return dict(json.loads(done.stdout))


def _holds(played: dict[str, Any], kills: int) -> None:
    assert played["kills"] >= kills
    assert played["letters"] == len(played["ids"]) > 0
    # Every letter was delivered, and the outbox knows it.
    assert played["states"] == {"sent": played["letters"]}
    taken = played["taken"]
    assert {each["to"] for each in taken} == set(played["ids"])
    assert all(each["secure"] for each in taken)
    # None under two Message-IDs.
    assert all(each["id"] == played["ids"][each["to"]] for each in taken)
    # A second delivery only where the line dropped after DATA, or the sender died before it had noted the answer.
    times = Counter(each["id"] for each in taken)
    for message_id, count in times.items():
        assert count <= 1 + played["dropped"].get(message_id, 0) + played["died"].get(message_id, 0), message_id
    # The play had something to survive.
    assert {"after-data", ""} <= {each["fault"] for each in taken}
    assert played["dropped"]
    assert played["died"]
    assert max(times.values()) > 1


def test_a_hundred_killed_senders_and_a_bad_server_lose_and_double_nothing(tmp_path: Path) -> None:
    _holds(_play(tmp_path, kills=100, seed=20231023, timeout_seconds=280), kills=100)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_a_thousand_killed_senders_and_a_bad_server_lose_and_double_nothing(tmp_path: Path) -> None:
    _holds(_play(tmp_path, kills=1000, seed=1, timeout_seconds=3500), kills=1000)
