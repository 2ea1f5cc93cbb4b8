"""Processor time and memory of this process and its descendants, read from /proc.

Without /proc (not on Linux) only the process itself is counted.
"""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from pathlib import Path


def cpu_seconds() -> float:
    """Processor time of this process and its living descendants, in seconds."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    ticks = os.sysconf("SC_CLK_TCK")
    started = sum(int(fields[11]) + int(fields[12]) for fields in map(_stat, _descendants(os.getpid())))
    return own.ru_utime + own.ru_stime + started / ticks


def largest_mb() -> float:
    """Peak resident memory of the largest process among this one and its living descendants."""
    return max(_high_water_kb(pid) for pid in (os.getpid(), *_descendants(os.getpid()))) / 1024


def peak_mb() -> float:
    """Peak resident memory, summed over this process and its living descendants; shared pages count for each.

    An upper bound: the peaks need not coincide, and pages inherited by a fork exist only once.
    """
    return sum(_high_water_kb(pid) for pid in (os.getpid(), *_descendants(os.getpid()))) / 1024


def held_mb(pid: int) -> float:
    """Memory that a process and its descendants hold now, shared pages counted once; 0 if unknown."""
    return sum(map(_held_kb, (pid, *_descendants(pid)))) / 1024


def _held_kb(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        # The process has ended meanwhile.
        return 0
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")), 0)


def _descendants(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _read(task).split():
            yield int(child)
            yield from _descendants(int(child))


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the program's name."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _high_water_kb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM"))
