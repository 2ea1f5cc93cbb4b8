"""What a run did. Apart from the steps that do it, so that an empty pass can return these without importing them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Posted:
    """One run's letters: how many were sent (written to files, in a dry run), and which were not, with the reason.

    `held` wait in the outbox for the end of the quiet hours or for another day.
    """

    sent: int = 0
    troubles: tuple[str, ...] = ()
    held: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """What one pass took in: files by state, files still being written, and what could not be read."""

    received: int
    states: dict[str, int]
    waiting: int
    troubles: tuple[str, ...]
    posted: Posted
