"""The files of the share as last seen, in a few bytes each: every pass looks up every file.

Does not belong here: where they are stored (`tasks/store`).
"""

from __future__ import annotations

from collections.abc import Iterable

SeenFile = tuple[str, int, int]
"""(path relative to the share, size in bytes, time of change in nanoseconds)."""


class SeenFiles:
    """A set of seen files, by their hashes. Valid only in the process that made it, because hashes differ in each.

    Of two files with the same hash (one pair in 2^64) the second is taken for seen until the next process looks.
    """

    # Not a dataclass: Prefect would walk through its fields.
    __slots__ = ("_hashes",)

    def __init__(self, files: Iterable[SeenFile] = ()) -> None:
        self._hashes = set(map(hash, files))

    def __len__(self) -> int:
        return len(self._hashes)

    def __contains__(self, file: SeenFile) -> bool:
        return hash(file) in self._hashes

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SeenFiles) and self._hashes == other._hashes

    __hash__ = None  # type: ignore[assignment]
