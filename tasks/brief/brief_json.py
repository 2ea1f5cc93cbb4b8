"""A brief as JSON text and back: the form in which the database stores drafts and frozen issues.

Belongs here: both directions, and reading issues stored by earlier versions. Does not belong here: the values
(`brief_document`).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from typing import Any

from tasks.brief.brief_document import (
    BLOCK_TYPES,
    Bar,
    Block,
    Brief,
    Chart,
    Correction,
    FigureSource,
    LedgerRow,
    Paragraph,
    PastValue,
    Run,
    Table,
    TableColumn,
    block_kind,
)
from tasks.model.meeting import Matter

_BLOCK_FIELDS = ("blocks", "agenda")


def to_json(brief: Brief) -> str:
    """The whole brief as JSON text, the same text for the same brief; `from_json` reads it back."""
    data = dataclasses.asdict(brief)
    for field in _BLOCK_FIELDS:
        data[field] = [{"kind": block_kind(block), **dataclasses.asdict(block)} for block in getattr(brief, field)]
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True, default=_iso)


def from_json(text: str) -> Brief:
    """Read what `to_json` wrote, in this version or an earlier one. Raises ValueError for text that is not a brief."""
    try:
        data = json.loads(text)
        # Issues frozen by an earlier version have no agenda.
        data.setdefault("agenda", ())
        for field in _BLOCK_FIELDS:
            data[field] = tuple(_block(block) for block in data[field])
        data["sources"] = tuple(FigureSource(**source) for source in data["sources"])
        data["ledger"] = tuple(_ledger_row(row) for row in data["ledger"])
        data["corrections"] = tuple(Correction(**one) for one in data.get("corrections", ()))
        data["matters"] = tuple(
            Matter(**{**one, "due": _day(one["due"]), "closed_on": _day(one["closed_on"])})
            for one in data.get("matters", ())
        )
        data["date"] = dt.date.fromisoformat(data["date"])
        for field in ("to_report", "to_send", "to_issue", "checks", "remarks"):
            data[field] = tuple(data.get(field, ()))
        return Brief(**data)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"stored brief cannot be read: {error}") from error


def _ledger_row(row: dict[str, Any]) -> LedgerRow:
    past = tuple(PastValue(**one) for one in row.get("past", ()))
    return LedgerRow(**{**row, "due": _day(row["due"]), "past": past})


def _iso(value: object) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"no JSON form for {type(value).__name__}")


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _block(data: dict[str, Any]) -> Block:
    cls = BLOCK_TYPES[str(data.pop("kind"))]
    fields = dict(data)
    if cls is Paragraph:
        fields["runs"] = _runs(data["runs"])
    elif cls is Table:
        fields["columns"] = tuple(TableColumn(**column) for column in _list(data["columns"]))
        fields["rows"] = tuple(_runs(row) for row in _list(data["rows"]))
    elif cls is Chart:
        fields["bars"] = tuple(Bar(**bar) for bar in _list(data["bars"]))
    return cls(**fields)


def _runs(data: object) -> tuple[Run, ...]:
    return tuple(Run(**run) for run in _list(data))


def _list(data: object) -> list[Any]:
    if not isinstance(data, list):
        raise TypeError("a list was expected")
    return data
