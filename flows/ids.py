"""Ids that come from a form or a command and become the name of a file.

Belongs here: telling a sound one from one that would lead elsewhere.
"""

from __future__ import annotations

import re

from tasks.errors import InputError

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


def sound_id(text: str, what: str) -> str:
    """An id of a plan or county that is safe as a file's name. Raises InputError."""
    if not _ID.fullmatch(text):
        raise InputError(f"{what}“{text}”只能用英文字母、数字、减号和下划线，如 yanqi-2023")
    return text
