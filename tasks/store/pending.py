"""Originals without a verdict, in order of arrival: all ids in memory, the rows one chunk at a time.

Belongs here: the sequence that a pass works through. Does not belong here: recording originals (`originals`), claiming
them (`chunk_claims`).
"""

from __future__ import annotations

import datetime as dt
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload

from sqlalchemy import ColumnElement, collate, select

from tasks.caching import no_cycle_collection
from tasks.model.submission import Original
from tasks.store.engine import in_batches, reading
from tasks.store.ledger_location import is_sqlite
from tasks.store.originals import original_of, record_originals
from tasks.store.schema.submission_tables import OriginalRow

_FETCH_SIZE = 1000


@dataclass(frozen=True, slots=True)
class PendingOriginals(Sequence[Original]):
    """The originals without a verdict at one moment, oldest first; rows are read from the ledger on access."""

    url: str
    numbers: Sequence[int]

    def __len__(self) -> int:
        return len(self.numbers)

    @overload
    def __getitem__(self, place: int) -> Original: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Original, ...]: ...

    def __getitem__(self, place: int | slice) -> Original | tuple[Original, ...]:
        if isinstance(place, slice):
            return _originals(self.url, self.numbers[place])
        return _originals(self.url, [self.numbers[place]])[0]

    def __iter__(self) -> Iterator[Original]:
        # In batches: the default iteration of a Sequence would query row by row.
        for start in range(0, len(self), _FETCH_SIZE):
            yield from self[start : start + _FETCH_SIZE]


@no_cycle_collection()
def claim_pending_originals(
    url: str, originals: Sequence[Original], now: dt.datetime, plan: str | None = None
) -> PendingOriginals:
    """Record originals, then return all that have no verdict, including those left by a pass that died.

    They are in the order in which verdicts must be recorded. Safe to repeat. `plan` defaults to the plan of the given
    originals; with neither, originals of all plans are returned.
    """
    plan = plan or (originals[0].plan if originals else None)
    if plan is not None:
        record_originals(url, originals, now, plan)
    return pending_originals(url, plan)


def pending_originals(url: str, plan: str | None = None) -> PendingOriginals:
    """All originals without a verdict, of one plan or of all, sorted by time received, time changed and path."""
    query = select(OriginalRow.id).where(~OriginalRow.settled)
    if plan is not None:
        query = query.where(OriginalRow.plan == plan)
    with reading(url) as connection:
        # Streamed: otherwise the driver would hold every id a second time.
        found = connection.execute(
            query.order_by(*_arrival(url)), execution_options={"yield_per": _FETCH_SIZE}
        ).scalars()
        return PendingOriginals(url, array("q", found))


def _arrival(url: str) -> tuple[ColumnElement[Any], ...]:
    """The order of `originals.arrival_order`: the collation compares paths by code point on both databases."""
    path = collate(OriginalRow.path, "BINARY" if is_sqlite(url) else "C")
    return (OriginalRow.received_at.expression, OriginalRow.mtime_ns.expression, path)


def _originals(url: str, numbers: Sequence[int]) -> tuple[Original, ...]:
    found: dict[int, Original] = {}
    with reading(url) as connection:
        for batch in in_batches(numbers):
            rows = connection.execute(select(OriginalRow.__table__).where(OriginalRow.id.in_(batch)))
            found.update((row.id, original_of(row)) for row in rows)
    return tuple(found[number] for number in numbers if number in found)
