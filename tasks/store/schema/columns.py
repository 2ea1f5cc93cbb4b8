"""Column types that behave the same on SQLite and PostgreSQL: any text, any JSON, instants.

Belongs here: how one value is stored and read back. Does not belong here: tables (`*_tables`).
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import DateTime, Dialect, Text
from sqlalchemy.types import TypeDecorator

from tasks.caching import cached
from tasks.store.packed_text import pack_text, unpack_text

OFFICE_ZONE = ZoneInfo("Asia/Shanghai")


# One encoder for all values: `json.dumps` builds a new one on every call with these options.
_compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class AnyText(TypeDecorator[str]):
    """Text as a unit wrote it or a file system named it, NUL and broken bytes included."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else pack_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else unpack_text(value)


class Json(TypeDecorator[Any]):
    """Lists and dicts of plain values as JSON text that a person can read in the database."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else pack_text(_compact(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(unpack_text(value))


class Texts(Json):
    """An ordered list of texts, stored as JSON. The same lists recur often, so decoded ones are cached."""

    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:
        return None if value is None else _texts(value)


@cached(4096, 400)
def _texts(stored: str) -> tuple[str, ...]:
    return tuple(json.loads(unpack_text(stored)))


class Instant(TypeDecorator[dt.datetime]):
    """An aware datetime: stored in UTC, returned in the office's zone. A naive one raises ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs its zone: {value!r}")
        utc = value.astimezone(dt.UTC)
        # SQLite stores no time zone: the text there is UTC by this convention alone.
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        aware = value if value.tzinfo else value.replace(tzinfo=dt.UTC)
        return aware.astimezone(OFFICE_ZONE)
