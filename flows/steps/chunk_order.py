"""Chunks of an intake shared by several workers: each chunk has one worker, and all are recorded in order of arrival.

Versions and comparisons with last month depend on the order in which files came. So a worker judges its chunk at once
and records it when everything before it is on record; a chunk whose worker died is taken over by the worker that waits
for it. The ledger is then the one that a single worker leaves. Claims are kept by `tasks.store.chunk_claims`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tasks.model.submission import Original, Submission, Verdict
from tasks.store.chunk_claims import accepted_since, last_submission, still_open, take

_PAUSE_SECONDS = 0.2
# A worker that is alive but stuck (a hung file server, a machine out of memory) is not waited for any longer; its chunk
# is then judged twice and recorded once.
_PATIENCE_SECONDS = 900.0


@dataclass(frozen=True, slots=True)
class ChunkPart:
    """Files this worker has claimed: a chunk, or what is left of one.

    `place` is the first file's place among all that waits (0-based), `label` the same for people (1–17/17); `before` is
    the ledger's latest submission when the part was claimed.
    """

    label: str
    place: int
    files: tuple[Original, ...]
    before: int


@dataclass(slots=True)
class ChunkQueue:
    """All originals that wait, oldest first, and how far this worker has got.

    `_others` are the ranges of places that other workers have claimed, end exclusive.
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

    def parts(self) -> Iterator[ChunkPart]:
        """The parts this worker gets, each claimed only when it is asked for."""
        for start in range(0, len(self.waiting), self.size):
            end = min(start + self.size, len(self.waiting))
            while start < end:
                files = self.waiting[start:end]
                part = self._taken(files, files, start)
                first = part.place if part else end
                if first > start:
                    self._others.append((start, first))
                start = first + len(part.files) if part else end
                if part:
                    yield part

    def left_before(self, part: ChunkPart) -> Iterator[ChunkPart]:
        """Wait until everything before a part is on record; yields what a dead worker left, to be done by this one."""
        while self._others and self._others[0][0] < part.place:
            start, end = self._others[0]
            files = still = self.waiting[start:end]
            patience = time.monotonic() + _PATIENCE_SECONDS
            while still := still_open(self.url, still):
                if left := self._taken(still, files, start, anyway=time.monotonic() > patience):
                    yield left
                else:
                    time.sleep(_PAUSE_SECONDS)
            self._others.pop(0)

    def is_overtaken(self, part: ChunkPart, verdicts: Sequence[Verdict]) -> bool:
        """Whether another worker has put a report of one of these units in force since the part was taken."""
        judged = {verdict.reading.unit for verdict in verdicts}
        new = accepted_since(self.url, self.plan, part.before)
        others = {accepted for number, accepted in new.items() if number not in self._own}
        return any(unit in judged for unit, _ in others)

    def recorded(self, submissions: Sequence[Submission]) -> None:
        """Note what this worker has recorded: its own judging has taken that into account."""
        self._own.update(submission.id for submission in submissions)

    def _taken(
        self, wanted: Sequence[Original], files: Sequence[Original], start: int, *, anyway: bool = False
    ) -> ChunkPart | None:
        """Claim what can be claimed of `wanted`, which are among the `files` that begin at place `start`."""
        before = last_submission(self.url, self.plan)
        if not (taken := take(self.url, wanted, anyway=anyway)):
            return None
        place = start + files.index(taken[0])
        return ChunkPart(f"{place + 1}–{place + len(taken)}/{len(self.waiting)}", place, taken, before)
