"""Which addresses a letter may go to, and which characters a header may contain.

Belongs here: syntax and the allow-list. Does not belong here: choosing recipients (`ladder_letters`, `event_letters`),
who only ever come from the roster's contacts or the county's settings.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# The WHATWG definition of a valid e-mail address, narrowed twice: no leading, trailing or double dot before the @
# (mail servers refuse them), and a dot after it (a bare host name is never an office's address).
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+")
_LOCAL_MAX, _ADDRESS_MAX = 64, 254


def is_deliverable(address: str) -> bool:
    """Whether an address can be passed to a mail server as it is: ASCII, one mailbox, no comment, no display name."""
    local, _, _ = address.partition("@")
    return len(address) <= _ADDRESS_MAX and len(local) <= _LOCAL_MAX and _ADDRESS.fullmatch(address) is not None


def is_allowed(address: str, allow: Iterable[str]) -> bool:
    """Whether the address's domain is on the allow-list: the domain itself, `.domain` for all below it, `*` for any."""
    domain = address.rpartition("@")[2].lower()
    entries = [entry.strip().lower() for entry in allow if entry.strip()]
    return any(entry in ("*", domain) or (entry.startswith(".") and domain.endswith(entry)) for entry in entries)


def has_control_characters(text: str) -> bool:
    """Whether a text has a character that could end a header line or be invisible in it (Cc, Cf, line separators)."""
    return any(unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp") for character in text)


def header_line(text: str) -> str:
    """The text as one header line: control characters become spaces, runs of white space one space."""
    clean = "".join(" " if has_control_characters(character) else character for character in text)
    return " ".join(clean.split())
