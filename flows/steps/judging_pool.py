"""Chunks read and judged by several processes at once, their verdicts returned one by one in the order of arrival.

Belongs here: the processes, and that the result is that of a single process. The caller records.
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

from flows.steps.judge_one_chunk import read_and_judge
from tasks.caching import no_cycle_collection
from tasks.model.run_context import Context
from tasks.model.submission import Original, Verdict

# Starting the processes costs as much as judging some chunks does.
_LEAST_CHUNKS = 4
# A chunk of fewer files pays too much for its run over the rules.
_FEW_FILES = 1000
_PROTOCOL = pickle.HIGHEST_PROTOCOL

Chunk = Sequence[Original]
Judged = tuple[Verdict, ...]
Units = frozenset[str | None]


def worth_it(chunks: int) -> bool:
    """Whether so many chunks are done sooner by several processes."""
    return chunks >= _LEAST_CHUNKS and _cores() > 1


def chunk_size(files: int, most: int) -> int:
    """Files in a chunk: `most`, or fewer where there would otherwise be too few chunks for several processes."""
    return min(most, max(_FEW_FILES, files // _LEAST_CHUNKS))


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class JudgingPool:
    """Processes that read and judge chunks; a context manager that ends them."""

    def __init__(self, context: Context) -> None:
        # Not forked from this process: it has threads, and a lock that one of them holds would stay locked in the fork.
        start = multiprocessing.get_context("forkserver")
        start.set_forkserver_preload(["flows.steps.preload"])
        self._count, self._start, self._context = _cores(), start, context
        self._pool = self._opened()

    def _opened(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            self._count, mp_context=self._start, initializer=_start_worker, initargs=(self._context,)
        )

    def __enter__(self) -> JudgingPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    def warm_up(self) -> None:
        """Start every process now, and return when all are ready for work."""
        for ready in [self._pool.submit(_wait_a_moment) for _ in range(self._count)]:
            ready.result()

    def judged(self, chunks: Iterable[Chunk]) -> Iterator[Judged]:
        """The verdicts of every chunk, in order. Each must be recorded before the next is asked for.

        A chunk that was judged before an earlier one of the same unit was on record is judged again, so that every
        row is held against the same last month as in a single process.
        """
        ahead: deque[tuple[Chunk, int, Future[bytes] | None]] = deque()
        accepted: list[Units] = []
        rest = iter(chunks)
        while True:
            while len(ahead) <= self._count and (chunk := next(rest, None)) is not None:
                ahead.append((chunk, len(accepted), self._submitted(chunk)))
            if not ahead:
                return
            chunk, recorded, future = ahead.popleft()
            verdicts = self._result(chunk, future)
            if _is_overtaken(verdicts, accepted[recorded:]):
                verdicts = self._result(chunk, self._submitted(chunk))
            accepted.append(_accepted(verdicts))
            yield verdicts
            # Freed before the next chunk is unpacked: two at once would double this process's memory.
            del verdicts, future

    def _submitted(self, chunk: Chunk) -> Future[bytes] | None:
        """The submitted chunk; None where a process has just died and broken the pool, which is then opened again."""
        try:
            return self._pool.submit(_judge, chunk)
        except BrokenProcessPool:
            self._pool.shutdown()
            self._pool = self._opened()
            return None

    def _result(self, chunk: Chunk, future: Future[bytes] | None) -> Judged:
        """The verdicts. A chunk that was being judged when a process died is read again here, each file apart.

        It cannot be known which chunk killed the process, so all that were being judged are read in this way.
        """
        try:
            packed = future.result() if future else None
        except BrokenProcessPool:
            packed = None
        return _unpacked(packed) if packed is not None else read_and_judge(chunk, self._context, apart=True)


def _accepted(verdicts: Judged) -> Units:
    """The units whose reports these verdicts will put in force."""
    return frozenset(verdict.reading.unit for verdict in verdicts if verdict.state == "accepted" and verdict.rows)


def _is_overtaken(verdicts: Judged, since: Sequence[Units]) -> bool:
    """Whether a report of one of these units has come into force since they were judged.

    A report of another month changes what the figures are compared with; one of the same month, what is explained.
    """
    new = frozenset(chain.from_iterable(since))
    return any(verdict.reading.unit in new for verdict in verdicts)


_context: Context | None = None


def _start_worker(context: Context) -> None:
    """Once in each working process: keep the context, and end when the parent does, however it ends."""
    global _context
    _context = context
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    # A parent that was killed cannot stop its workers: they would wait for work for ever.
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _wait_a_moment() -> None:
    # Long enough for one process not to answer for another.
    time.sleep(0.2)


def _judge(chunk: Chunk) -> bytes:
    assert _context is not None
    # Packed here and unpacked when the chunk is recorded: packed, a waiting chunk takes a third of the memory.
    return pickle.dumps([_for_the_ledger(verdict) for verdict in read_and_judge(chunk, _context)], _PROTOCOL)


@no_cycle_collection()
def _unpacked(packed: bytes) -> Judged:
    verdicts: list[Verdict] = pickle.loads(packed)  # noqa: S301 - from our own process, over our own pipe
    return tuple(verdicts)


def _for_the_ledger(verdict: Verdict) -> Verdict:
    """Without the raw cells, which are not needed once judged: every value sent between processes is copied."""
    return replace(verdict, reading=replace(verdict.reading, rows=(), repairs=(), columns={}, heading={}))
