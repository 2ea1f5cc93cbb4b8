"""Names of processes, and whether a process of this machine is still running.

Does not belong here: processes of other machines (`process_presence`), what follows when one has ended (`outbox`).
"""

from __future__ import annotations

import os
import socket
from pathlib import Path


def this_process() -> str:
    """This process as `host:pid:started`; the start time distinguishes it from a later process with the same pid."""
    return f"{socket.gethostname()}:{os.getpid()}:{_started(os.getpid())}"


def is_dead(name: str) -> bool:
    """Whether the process has certainly ended. A process of another machine is never reported as dead."""
    host, pid, started = name.rsplit(":", 2)
    if host != socket.gethostname():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return _started(int(pid)) != started


def _started(pid: int) -> str:
    """When a process started, in kernel ticks; '' if unknown, 'ended' for a zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    # The second field is the program's name in brackets and may itself contain blanks and brackets.
    fields = stat.rpartition(")")[2].split()
    return "ended" if fields[0] in "ZX" else fields[19]
