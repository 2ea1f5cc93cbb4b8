"""Malicious text for forms and workbooks, and checks of the output it must not affect."""

from __future__ import annotations

import re
from email.message import EmailMessage

# A formula, a script, a link, characters no document can hold, template syntax, and an additional mail header.
WORDS = (
    '=HYPERLINK("http://x.invalid")<script>alert(1)</script>](javascript:alert(1))\x00\x07\ufffe'
    "{{7*7}}{% raise %}%(x)s | `\r\nBcc: thief@x.invalid"
)
# A part that survives every escaping, to find the text again.
MARK = "HYPERLINK"


def harm_in_html(text: str) -> list[str]:
    """The parts of a page that would run code."""
    return re.findall(r"<script>alert|href=.?javascript:", text)


def harm_in_mail(letter: EmailMessage) -> list[str]:
    """The headers that contain the injected recipient."""
    return [name for name, value in letter.items() if name.lower() != "subject" and "thief@" in str(value)]
