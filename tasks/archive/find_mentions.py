"""Which files mention some words: text, workbooks and documents (zip), mails, whatever the encoding.

For telling a person where their data still stands, so it may find too much and must not find too little. Belongs here:
looking into bytes, with limits. What becomes of a file that was found is the flow's.
"""

from __future__ import annotations

import email
import email.policy
import os
import zipfile
from collections.abc import Collection, Iterator
from io import BytesIO
from pathlib import Path

_ENCODINGS = ("utf-8", "gb18030", "utf-16-le")
_LARGEST_BYTES = 64 * 2**20
_DEEPEST = 2


def files_that_mention(folder: Path, words: Collection[str]) -> Iterator[Path]:
    """Every file below `folder` that holds one of the words. Links are not followed; larger files by their beginning."""
    for here, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(here) / name
            if path.is_file() and not path.is_symlink() and mentions(path, words):
                yield path


def mentions(path: Path, words: Collection[str]) -> bool:
    """Whether the file holds one of the words. A file that cannot be read holds nothing we know of."""
    wanted = {form for word in words for form in _forms(word)}
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_BYTES)
    except OSError:
        return False
    return bool(wanted) and _holds(content, wanted, path.suffix.lower() == ".eml", 0)


def _forms(word: str) -> Iterator[bytes]:
    for encoding in _ENCODINGS:
        yield word.encode(encoding, "replace")


def _holds(content: bytes, wanted: Collection[bytes], is_mail: bool, depth: int) -> bool:
    if any(form in content for form in wanted):
        return True
    if depth < _DEEPEST and content.startswith(b"PK"):
        return any(_holds(part, wanted, False, depth + 1) for part in _unzipped(content))
    return is_mail and any(_holds(part, wanted, False, depth + 1) for part in _parts(content))


def _unzipped(content: bytes) -> Iterator[bytes]:
    left = _LARGEST_BYTES
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            for info in archive.infolist():
                # Read by hand and with a limit: what a header promises need not be true.
                with archive.open(info) as member:
                    part = member.read(left)
                left -= len(part)
                yield part
                if left <= 0:
                    return
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError):
        return


def _parts(content: bytes) -> Iterator[bytes]:
    message = email.message_from_bytes(content, policy=email.policy.default)
    try:
        yield "\n".join(str(value) for value in message.values()).encode("utf-8", "replace")
        for part in message.walk():
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                yield payload
    except (LookupError, ValueError, TypeError):
        return
