"""What lies where in the share, as last seen, in a few bytes a file: it is asked of every file in every pass.

Belongs here: whether a file is there as it was. Does not belong here: where that is kept (`tasks/store`).
"""

from __future__ import annotations

from collections.abc import Iterable

SeenFile = tuple[str, int, int]
"""(path relative to the share, size in bytes, time of change in nanoseconds)."""


class SeenFiles:
    """Which places are known. Good in the process that made it: numbers stand for places, and others in each process.

    Of two places with one number (one pair in 2^64) the second is taken for known, until the next process looks.
    """

    # No dataclass, for Prefect would go through what is in one.
    __slots__ = ("_marks",)

    def __init__(self, places: Iterable[SeenFile] = ()) -> None:
        self._marks = set(map(hash, places))

    def __len__(self) -> int:
        return len(self._marks)

    def __contains__(self, place: SeenFile) -> bool:
        return hash(place) in self._marks

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SeenFiles) and self._marks == other._marks

    __hash__ = None  # type: ignore[assignment]
