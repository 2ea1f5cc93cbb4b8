"""One way to put a file on disk: whole or not at all; and one to make a secret's file, once.

Belongs here: these two, for every stage. What is written, and where, is each stage's business.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
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


def create_private(path: Path, content: bytes) -> None:
    """Make a file that only its owner may read, unless it is there already. Raises OSError.

    Of two processes that start at once, the content of one is the file's for both.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # mkstemp opens with mode 0600, so the secret is never readable by others, not even for an instant.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".secret-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # link, unlike rename, does not replace.
        with contextlib.suppress(FileExistsError):
            os.link(name, path)
    finally:
        os.unlink(name)
