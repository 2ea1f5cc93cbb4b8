"""Many chunks read and judged by several processes at once, and handed back one by one in the order of arrival.

Belongs here: the processes, and that the outcome is the one of a single process. Recording stays with the caller.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from itertools import chain
from types import TracebackType

from flows.steps.judge_one_chunk import JudgingInputs, read_and_judge
from tasks.caching import no_cycle_collection
from tasks.model.submission import Original, Verdict

# Starting the processes costs as much as judging some chunks does.
_LEAST_CHUNKS = 4
# A chunk of fewer files pays too much for its run over the rules.
_FEW_FILES = 1000
_PROTOCOL = pickle.HIGHEST_PROTOCOL

Chunk = Sequence[Original]
Judged = tuple[Verdict, ...]
Said = frozenset[str | None]


def worth_it(chunks: int) -> bool:
    """Whether so many chunks are done sooner by several processes."""
    return chunks >= _LEAST_CHUNKS and _cores() > 1


def chunk_size(files: int, most: int) -> int:
    """How many files a chunk is to have: `most`, or fewer where there would else be too little for several processes."""
    return min(most, max(_FEW_FILES, files // _LEAST_CHUNKS))


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Judges:
    """Processes that read and judge chunks for one desk; a context manager that ends them."""

    def __init__(self, desk: JudgingInputs) -> None:
        # Not forked from here: this process has threads, whose locks a fork would take along for ever.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["flows.steps.preload"])
        self._count, self._context, self._desk = _cores(), context, desk
        self._pool = self._opened()

    def _opened(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self._count, mp_context=self._context, initializer=_sit_down, initargs=(self._desk,))

    def __enter__(self) -> Judges:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    def warm_up(self) -> None:
        """Start every process now, and return when all are ready for work."""
        for ready in [self._pool.submit(_stretch) for _ in range(self._count)]:
            ready.result()

    def judged(self, chunks: Iterable[Chunk]) -> Iterator[Judged]:
        """The verdicts of every chunk, in order. Each must be recorded before the next is asked for.

        A chunk that was judged before an earlier one of the same unit was on record is judged again, so that every
        row is held against the same last month as in a single process.
        """
        ahead: deque[tuple[Chunk, int, Future[bytes] | None]] = deque()
        said: list[Said] = []
        rest = iter(chunks)
        while True:
            while len(ahead) <= self._count and (chunk := next(rest, None)) is not None:
                ahead.append((chunk, len(said), self._submitted(chunk)))
            if not ahead:
                return
            chunk, recorded, future = ahead.popleft()
            verdicts = self._result(chunk, future)
            if _is_overtaken(verdicts, said[recorded:]):
                verdicts = self._result(chunk, self._submitted(chunk))
            said.append(_accepted(verdicts))
            yield verdicts
            # Before the next chunk is unpacked: two of them at once would be the most that this process ever holds.
            del verdicts, future

    def _submitted(self, chunk: Chunk) -> Future[bytes] | None:
        """The chunk under way; None where a process has just died, and with it the pool: others take its place."""
        try:
            return self._pool.submit(_judge, chunk)
        except BrokenProcessPool:
            self._pool.shutdown()
            self._pool = self._opened()
            return None

    def _result(self, chunk: Chunk, future: Future[bytes] | None) -> Judged:
        """The verdicts; of a chunk that was in hand when a process died, by reading file after file apart.

        Nobody can say which chunk a process died of: each of the few that were in hand is read so, here.
        """
        try:
            packed = future.result() if future else None
        except BrokenProcessPool:
            packed = None
        return _unpacked(packed) if packed is not None else read_and_judge(chunk, self._desk, apart=True)


def _accepted(verdicts: Judged) -> Said:
    """The units whose reports these verdicts will put in force."""
    return frozenset(verdict.reading.unit for verdict in verdicts if verdict.state == "accepted" and verdict.rows)


def _is_overtaken(verdicts: Judged, since: Sequence[Said]) -> bool:
    """Whether a report of one of these units has come into force since they were judged.

    Of another month it is what the figures are held against, of the same what has been explained already.
    """
    new = frozenset(chain.from_iterable(since))
    return any(verdict.reading.unit in new for verdict in verdicts)


_desk: JudgingInputs | None = None


def _sit_down(desk: JudgingInputs) -> None:
    """In a working process, once: keep the desk, and end when the parent does, however it ends."""
    global _desk
    _desk = desk
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    # A parent that was killed cannot tell its workers to stop: they would wait for work for ever.
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _stretch() -> None:
    # Long enough for one process not to answer for another.
    time.sleep(0.2)


def _judge(chunk: Chunk) -> bytes:
    assert _desk is not None
    # Packed here and unpacked when its turn comes: some chunks wait for theirs, and packed they take a third of the room.
    return pickle.dumps([_for_the_ledger(verdict) for verdict in read_and_judge(chunk, _desk)], _PROTOCOL)


@no_cycle_collection()
def _unpacked(packed: bytes) -> Judged:
    verdicts: list[Verdict] = pickle.loads(packed)  # noqa: S301 - from our own process, over our own pipe
    return tuple(verdicts)


def _for_the_ledger(verdict: Verdict) -> Verdict:
    """Without the raw cells, which nobody asks for once they are judged: between processes every value is copied."""
    return replace(verdict, reading=replace(verdict.reading, rows=(), repairs=(), columns={}, heading={}))
