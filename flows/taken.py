"""What one pass of the intake took in, as a value."""

from __future__ import annotations

from dataclasses import dataclass

from flows.posted import Posted


@dataclass(frozen=True, slots=True)
class Taken:
    """What one pass took in: files by what became of them, files still being written, and what could not be read."""

    received: int
    states: dict[str, int]
    waiting: int
    troubles: tuple[str, ...]
    posted: Posted
