"""Encode any text so that both databases can store it.

Imports no database library; the column types are in `schema/columns`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

# The escape character itself, NUL (PostgreSQL refuses it) and lone surrogates (undecodable bytes of file names).
_UNSTORABLE = re.compile("[\x00\x1a\ud800-\udfff]")
_ESCAPED = re.compile("\x1a([0-9a-f]{4})")


def pack_text(text: str) -> str:
    """Text that both databases can store; `unpack_text` returns the original.

    The checks before the regular expression run in C: nearly all of millions of values pass them.
    """
    if "\x00" not in text and "\x1a" not in text:
        try:
            text.encode()
        except UnicodeEncodeError:
            pass
        else:
            return text
    return _UNSTORABLE.sub(lambda found: f"\x1a{ord(found[0]):04x}", text)


def pack_texts(texts: Sequence[str | None]) -> Sequence[str | None]:
    """`pack_text` for a whole column. Hardly any text needs it, so all are checked joined, in one call."""
    joined = "".join([text for text in texts if text is not None])
    return texts if pack_text(joined) is joined else [None if text is None else pack_text(text) for text in texts]


def unpack_text(stored: str) -> str:
    """The text before `pack_text`."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), stored) if "\x1a" in stored else stored
