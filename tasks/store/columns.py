"""Column types that hold on SQLite and PostgreSQL alike: any text, any JSON, instants.

Belongs here: how one value is laid down and taken up again. Does not belong here: tables (`models`).
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import DateTime, Dialect, Text
from sqlalchemy.types import TypeDecorator

OFFICE_ZONE = ZoneInfo("Asia/Shanghai")

# The escape itself, NUL (PostgreSQL refuses it) and lone surrogates (file names in no known encoding).
_UNSTORABLE = re.compile("[\x00\x1a\ud800-\udfff]")
_ESCAPED = re.compile("\x1a([0-9a-f]{4})")


def pack(text: str) -> str:
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


def pack_all(texts: Sequence[str | None]) -> Sequence[str | None]:
    """As `pack`, of a whole column at once: hardly any text needs it, and then all are looked at together."""
    together = "".join([text for text in texts if text is not None])
    return texts if pack(together) is together else [None if text is None else pack(text) for text in texts]


def unpack(stored: str) -> str:
    """The text that `pack` was given."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), stored) if "\x1a" in stored else stored


# Made once: `json.dumps` makes an encoder anew for every value that is not written in its own way.
_compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class AnyText(TypeDecorator[str]):
    """Text as a unit wrote it or a file system named it, NUL and broken bytes included."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else pack(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else unpack(value)


class Json(TypeDecorator[Any]):
    """Lists and dicts of plain values as JSON text that a person can read in the database."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else pack(_compact(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(unpack(value))


class Instant(TypeDecorator[dt.datetime]):
    """An aware datetime: kept in UTC, returned in the office's zone. A naive one is a mistake and raises ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs its zone: {value!r}")
        utc = value.astimezone(dt.UTC)
        # SQLite has no zone of its own: the text there is UTC by this rule alone.
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        aware = value if value.tzinfo else value.replace(tzinfo=dt.UTC)
        return aware.astimezone(OFFICE_ZONE)
