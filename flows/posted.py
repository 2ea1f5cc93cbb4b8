"""What became of one run's letters, as a value that every flow can return without importing what sends them."""

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
