"""Chunks of an intake among several workers: each in one worker's hands, all recorded in the order of arrival.

Belongs here: whose turn it is. Versions and comparisons with last month depend on the order in which files came, so a
worker judges its chunk at once and records it when all before it is on record. What a worker that died held, whoever
waits for it takes over. The ledger is then the one that a single worker leaves. Claims are `tasks.store.chunk_claims`'s.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tasks.model.submission import Original, Submission, Verdict
from tasks.store.chunk_claims import accepted_since, last_submission, still_open, take

_PAUSE_SECONDS = 0.2
# A worker that lives and does not get on (a hung file server, a machine out of memory) is not waited for beyond this;
# its chunk is done twice then and recorded once.
_PATIENCE_SECONDS = 900.0


@dataclass(frozen=True, slots=True)
class ChunkPart:
    """Files in this worker's hands, their place among all that waits (0-based), and the ledger's latest number before.

    `label` is the place for people: 1–17/17.
    """

    label: str
    place: int
    files: tuple[Original, ...]
    before: int


@dataclass(slots=True)
class ChunkQueue:
    """All that waits, oldest first, and how far this worker has got with it.

    `waiting` is looked at chunk by chunk. What others hold is kept as places: the first, and the one behind the last.
    """

    url: str
    plan: str
    waiting: Sequence[Original]
    size: int
    _others: list[tuple[int, int]] = field(default_factory=list)
    _own: set[int] = field(default_factory=set)

    @property
    def chunks(self) -> int:
        """How many chunks there are for all workers together."""
        return -(-len(self.waiting) // self.size)

    def pieces(self) -> Iterator[ChunkPart]:
        """What this worker gets, chunk by chunk, each taken in hand only when it is asked for."""
        for start in range(0, len(self.waiting), self.size):
            end = min(start + self.size, len(self.waiting))
            while start < end:
                files = self.waiting[start:end]
                piece = self._taken(files, files, start)
                first = piece.place if piece else end
                if first > start:
                    self._others.append((start, first))
                start = first + len(piece.files) if piece else end
                if piece:
                    yield piece

    def left_before(self, piece: ChunkPart) -> Iterator[ChunkPart]:
        """Wait until everything before a piece is on record; what its worker left, taken over, comes out to be done."""
        while self._others and self._others[0][0] < piece.place:
            start, end = self._others[0]
            files = still = self.waiting[start:end]
            patience = time.monotonic() + _PATIENCE_SECONDS
            while still := still_open(self.url, still):
                if left := self._taken(still, files, start, anyway=time.monotonic() > patience):
                    yield left
                else:
                    time.sleep(_PAUSE_SECONDS)
            self._others.pop(0)

    def is_overtaken(self, piece: ChunkPart, verdicts: Sequence[Verdict]) -> bool:
        """Whether another worker has put a report of one of these units in force since the piece was taken."""
        judged = {verdict.reading.unit for verdict in verdicts}
        new = accepted_since(self.url, self.plan, piece.before)
        others = {said for number, said in new.items() if number not in self._own}
        return any(unit in judged for unit, _ in others)

    def recorded(self, submissions: Sequence[Submission]) -> None:
        """Note what this worker brought into the ledger in its own turn, which its judging has taken into account."""
        self._own.update(submission.id for submission in submissions)

    def _taken(
        self, wanted: Sequence[Original], files: Sequence[Original], start: int, *, anyway: bool = False
    ) -> ChunkPart | None:
        """What of the `wanted` can be had; they are among the `files`, which begin at place `start`."""
        before = last_submission(self.url, self.plan)
        if not (taken := take(self.url, wanted, anyway=anyway)):
            return None
        place = start + files.index(taken[0])
        return ChunkPart(f"{place + 1}–{place + len(taken)}/{len(self.waiting)}", place, taken, before)
