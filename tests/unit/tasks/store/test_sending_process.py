"""Whether a process has ended, also when its pid is used by another one."""

from __future__ import annotations

import os
import socket

import pytest

from tasks.store.sending_process import is_dead, this_process


def test_this_process_lives() -> None:
    assert not is_dead(this_process())


@pytest.mark.parametrize(
    ("host", "pid", "started", "dead"),
    [
        (socket.gethostname(), os.getpid(), "1", True),
        (socket.gethostname(), 2**22 + 1, "1", True),
        ("another:machine", 2**22 + 1, "1", False),
    ],
    ids=["ours, started at another time", "nobody's", "another machine's"],
)
def test_a_number_used_again_is_another_process(host: str, pid: int, started: str, dead: bool) -> None:
    assert is_dead(f"{host}:{pid}:{started}") is dead
