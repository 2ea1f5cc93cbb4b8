"""One way to put a file on disk: whole or not at all.

Belongs here: that one way, for every stage. What is written, and where, is each stage's business.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path


def write_atomically(path: Path, content: bytes) -> None:
    """Write beside, sync, rename: a reader sees the old file or the new one, never half of it.

    A file that has this content already is left alone; folders on the way are made. The unfinished file bears a
    lock-like name, which neither a clerk's program nor the collecting pass takes for a workbook. Raises OSError.
    """
    if path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    # Two machines that share the folder may number their processes alike.
    beside = path.with_name(f".~{os.getpid()}-{secrets.token_hex(4)}.tmp")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            beside.unlink()
