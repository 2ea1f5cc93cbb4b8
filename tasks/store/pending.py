"""What waits for a verdict, in the order of arrival: its numbers at once, the files themselves a chunk at a time.

Belongs here: the order and the sequence that a pass goes through. However many files wait, one chunk of them is in
memory. Their rows are `claims`, taking them in hand `holding`.
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

_PART = 1000


@dataclass(frozen=True, slots=True)
class PendingOriginals(Sequence[Original]):
    """Originals without a verdict when this was asked for, oldest first; read from the ledger as they are looked at."""

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
        # Not one by one, which is what a sequence does by itself.
        for start in range(0, len(self), _PART):
            yield from self[start : start + _PART]


@no_cycle_collection()
def claim_pending_originals(
    url: str, originals: Sequence[Original], now: dt.datetime, plan: str | None = None
) -> PendingOriginals:
    """Record originals, then return every one that still has no verdict, those of a pass that died included.

    They come in the order in which verdicts must be recorded. Claiming again changes nothing. `plan` says whose; without
    it, the plan of the given originals, and with none given, all.
    """
    plan = plan or (originals[0].plan if originals else None)
    if plan is not None:
        record_originals(url, originals, now, plan)
    return pending_originals(url, plan)


def pending_originals(url: str, plan: str | None = None) -> PendingOriginals:
    """Every original without a verdict, of one plan or of all: received first, then changed first, then by path."""
    query = select(OriginalRow.id).where(~OriginalRow.settled)
    if plan is not None:
        query = query.where(OriginalRow.plan == plan)
    with reading(url) as connection:
        # Streamed: a driver would else keep every number twice.
        found = connection.execute(query.order_by(*_arrival(url)), execution_options={"yield_per": _PART}).scalars()
        return PendingOriginals(url, array("q", found))


def _arrival(url: str) -> tuple[ColumnElement[Any], ...]:
    """The order of `claims.arrival_order`, in which a path's letters count by their code points on both databases."""
    path = collate(OriginalRow.path, "BINARY" if is_sqlite(url) else "C")
    return (OriginalRow.received_at.expression, OriginalRow.mtime_ns.expression, path)


def _originals(url: str, numbers: Sequence[int]) -> tuple[Original, ...]:
    found: dict[int, Original] = {}
    with reading(url) as connection:
        for batch in in_batches(numbers):
            rows = connection.execute(select(OriginalRow.__table__).where(OriginalRow.id.in_(batch)))
            found.update((row.id, original_of(row)) for row in rows)
    return tuple(found[number] for number in numbers if number in found)
