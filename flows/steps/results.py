"""What a run did, as values that every flow can return without importing what does it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of one run's letters: how many were sent (written, in a dry run), and which were not, with why.

    `held` wait in the outbox for the end of the quiet hours or for another day.
    """

    sent: int = 0
    troubles: tuple[str, ...] = ()
    held: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """What one pass took in: files by what became of them, files still being written, and what could not be read."""

    received: int
    states: dict[str, int]
    waiting: int
    troubles: tuple[str, ...]
    posted: Posted
