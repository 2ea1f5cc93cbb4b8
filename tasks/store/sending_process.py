"""Who is sending a letter, and whether that process is still alive.

Belongs here: the name a process signs with. Does not belong here: what follows from its death (`outbox`).
"""

from __future__ import annotations

import os
import socket
from pathlib import Path


def this_process() -> str:
    """This process as `host:pid:started`; the start tells it from a later process under the same number."""
    return f"{socket.gethostname()}:{os.getpid()}:{_started(os.getpid())}"


def is_dead(name: str) -> bool:
    """Whether the process of that name has certainly ended. Another machine's process cannot be seen: not dead."""
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
    """When a process started, in kernel ticks; '' where the system does not say, 'ended' for one not yet buried."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    # The second field is the program's name in brackets, which may itself hold blanks and brackets.
    fields = stat.rpartition(")")[2].split()
    return "ended" if fields[0] in "ZX" else fields[19]
