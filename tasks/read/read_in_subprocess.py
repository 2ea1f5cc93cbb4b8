"""Read in a separate process, so that a file which kills the reader costs only itself.

Belongs here: that process, its limits, and the finding for a file it did not survive. The reading library aborts its
process when it runs out of memory, and no exception can be caught. How files are read is in `read_originals`.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import pickle
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from config.paths import PROJECT
from tasks.errors import PipelineError
from tasks.model.finding import make_finding
from tasks.model.run_context import Context
from tasks.model.submission import Original, Reading
from tasks.read.read_originals import read_originals, refused


def read_in_subprocess(originals: Sequence[Original], context: Context) -> tuple[Reading, ...]:
    """As `read_originals`, in another process; a file that this process does not survive is refused.

    Raises PipelineError when a kept original is gone, or when the process cannot be started.
    """
    found: list[Reading] = []
    done = 0
    while done < len(originals):
        before = done
        with _reader(originals[done:], context) as answers:
            for readings in answers:
                found += readings
                done += 1
        if done < len(originals):
            # This file killed the process. The next process continues with the file after it.
            found.append(refused(originals[done], context, make_finding("R026")))
            done += 1
        assert done > before
    return tuple(found)


@contextmanager
def _reader(originals: Sequence[Original], context: Context) -> Iterator[Iterator[tuple[Reading, ...]]]:
    """Start a process that reads these originals in order; yields the readings of each file until the process ends."""
    with _forked(originals, context) if _is_alone() else _started(originals, context) as pipe:
        yield _answers(pipe)


def _answers(pipe: IO[bytes]) -> Iterator[tuple[Reading, ...]]:
    while True:
        try:
            answer = pickle.load(pipe)  # noqa: S301 - from our own process, over our own pipe
        except (EOFError, pickle.UnpicklingError):
            return
        if isinstance(answer, Exception):
            raise answer
        yield answer


@contextmanager
def _started(originals: Sequence[Original], context: Context) -> Iterator[IO[bytes]]:
    """A new program: a process with threads cannot be forked safely, because locks they hold are never released."""
    command = [sys.executable, "-m", __name__]
    try:
        child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=PROJECT
        )
    except OSError as error:
        raise PipelineError(f"读取程序启动不了（{error.strerror}），下次再读") from error
    with child:
        assert child.stdin is not None and child.stdout is not None
        # A program that dies at once reads nothing; it then sends no answers, so the error here can be ignored.
        feeding = threading.Thread(target=_feed, args=(child.stdin, (originals, context)), daemon=True)
        feeding.start()
        try:
            yield child.stdout
        finally:
            child.kill()
            feeding.join()


def _feed(pipe: IO[bytes], work: object) -> None:
    with contextlib.suppress(BrokenPipeError), pipe:
        pickle.dump(work, pipe)


@contextmanager
def _forked(originals: Sequence[Original], context: Context) -> Iterator[IO[bytes]]:
    heard, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(heard)
            # The output of a dying reader would only confuse the log.
            faulthandler.disable()
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            with os.fdopen(tell, "wb") as pipe:
                _serve(originals, context, pipe)
        finally:
            os._exit(0)
    os.close(tell)
    try:
        with os.fdopen(heard, "rb") as pipe:
            yield pipe
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, 9)
        os.waitpid(pid, 0)


def _is_alone() -> bool:
    """Whether this process has a single thread and can be forked, which is quicker than a new program."""
    try:
        return len(os.listdir("/proc/self/task")) == 1
    except OSError:
        return False


def _serve(originals: Sequence[Original], context: Context, pipe: IO[bytes]) -> None:
    """In the separate process: read each original within limits and send its readings, or the error that stops all."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _limit(resource.RLIMIT_AS, _in_use_bytes() + context.settings.limits.file_memory_bytes)
    for original in originals:
        _limit(resource.RLIMIT_CPU, int(sum(os.times()[:2])) + 1 + context.settings.limits.file_seconds)
        try:
            answer: Any = read_originals((original,), context)
        except PipelineError as error:
            answer = error
        except MemoryError:
            return
        pickle.dump(answer, pipe)
        pipe.flush()


def _limit(what: int, most: int) -> None:
    hard = resource.getrlimit(what)[1]
    resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _in_use_bytes() -> int:
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    except OSError:
        return 1 << 30


if __name__ == "__main__":
    # From the process that started this one.
    _originals, _context = pickle.load(sys.stdin.buffer)  # noqa: S301
    _serve(_originals, _context, sys.stdout.buffer)
