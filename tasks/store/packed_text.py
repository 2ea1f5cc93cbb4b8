"""Any text as both databases can store it.

Belongs here: packing and unpacking, which need no database library. The column types are `columns`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

# The escape itself, NUL (PostgreSQL refuses it) and lone surrogates (file names in no known encoding).
_UNSTORABLE = re.compile("[\x00\x1a\ud800-\udfff]")
_ESCAPED = re.compile("\x1a([0-9a-f]{4})")


def pack_text(text: str) -> str:
    """Text as both databases can store it; `unpack` gives back the very same text."""
    # Three tests in C, because nearly every value passes and there are millions of them.
    if "\x00" not in text and "\x1a" not in text:
        try:
            text.encode()
        except UnicodeEncodeError:
            pass
        else:
            return text
    return _UNSTORABLE.sub(lambda found: f"\x1a{ord(found[0]):04x}", text)


def pack_texts(texts: Sequence[str | None]) -> Sequence[str | None]:
    """As `pack`, of a whole column at once: hardly any text needs it, and then all are looked at together."""
    together = "".join([text for text in texts if text is not None])
    return texts if pack_text(together) is together else [None if text is None else pack_text(text) for text in texts]


def unpack_text(stored: str) -> str:
    """The text that `pack` was given."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), stored) if "\x1a" in stored else stored
