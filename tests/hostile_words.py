"""Words that a person who means harm types into a form or a workbook, and where they must not do any.

Belongs here: the words, and looking for what they would have done. Files made to do harm are `hostile_files`.
"""

from __future__ import annotations

import re
from email.message import EmailMessage

# A formula, a script, a link out, what no document can hold, templates' own marks, and one more header of a letter.
WORDS = (
    '=HYPERLINK("http://x.invalid")<script>alert(1)</script>](javascript:alert(1))\x00\x07\ufffe'
    "{{7*7}}{% raise %}%(x)s | `\r\nBcc: thief@x.invalid"
)
# What is left of the first of them, by which they are known again.
MARK = "HYPERLINK"


def harm_in_html(text: str) -> list[str]:
    """What in a page would run."""
    return re.findall(r"<script>alert|href=.?javascript:", text)


def harm_in_mail(letter: EmailMessage) -> list[str]:
    """Recipients that nobody named."""
    return [name for name, value in letter.items() if name.lower() != "subject" and "thief@" in str(value)]
