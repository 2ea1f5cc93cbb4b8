"""Find the files that mention certain words: text in any encoding, workbooks and documents (zip), mails.

Used to report where a person's data still is: a false hit does no harm, a missed file does. Belongs here: searching in
bytes, within limits. What happens to the files is decided by the flow.
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
_MAX_DEPTH = 2


def files_that_mention(folder: Path, words: Collection[str]) -> Iterator[Path]:
    """Every file below `folder` that mentions one of the words. Links are skipped; of large files the first 64 MB count."""
    for here, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(here) / name
            if path.is_file() and not path.is_symlink() and mentions(path, words):
                yield path


def mentions(path: Path, words: Collection[str]) -> bool:
    """Whether the file mentions one of the words; False for a file that cannot be read."""
    wanted = {word.encode(encoding, "replace") for word in words for encoding in _ENCODINGS}
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_BYTES)
    except OSError:
        return False
    return bool(wanted) and _contains(content, wanted, path.suffix.lower() == ".eml", 0)


def _contains(content: bytes, wanted: Collection[bytes], is_mail: bool, depth: int) -> bool:
    if any(encoded in content for encoded in wanted):
        return True
    if depth < _MAX_DEPTH and content.startswith(b"PK"):
        return any(_contains(part, wanted, False, depth + 1) for part in _zip_members(content))
    return is_mail and any(_contains(part, wanted, False, depth + 1) for part in _mail_parts(content))


def _zip_members(content: bytes) -> Iterator[bytes]:
    bytes_left = _LARGEST_BYTES
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            for info in archive.infolist():
                # Read with a limit: the size that a header states may be wrong.
                with archive.open(info) as member:
                    part = member.read(bytes_left)
                bytes_left -= len(part)
                yield part
                if bytes_left <= 0:
                    return
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError):
        return


def _mail_parts(content: bytes) -> Iterator[bytes]:
    message = email.message_from_bytes(content, policy=email.policy.default)
    try:
        yield "\n".join(str(value) for value in message.values()).encode("utf-8", "replace")
        for part in message.walk():
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                yield payload
    except (LookupError, ValueError, TypeError):
        return
