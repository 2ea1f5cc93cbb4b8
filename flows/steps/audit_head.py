"""The witness file: heads of the audit log, noted outside the ledger.

Belongs here: where it is and what was noted last, without the database library. `audit_trail` notes a head.
"""

from __future__ import annotations

from pathlib import Path

WITNESS = "audit/heads.txt"


def is_noted(data: Path, head: tuple[int, str] | None) -> bool:
    """Whether the log's head is the last one noted; a log without an entry has nothing to note."""
    if head is None:
        return True
    path = data / WITNESS
    noted = path.read_text(encoding="ascii", errors="replace").splitlines() if path.is_file() else []
    return noted[-1:] == [f"{head[0]} {head[1]}"]
