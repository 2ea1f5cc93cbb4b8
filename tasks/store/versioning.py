"""Which version a file becomes and which version counts: pure decisions on values, no database.

Belongs here: versions, duplicates, supersession. Does not belong here: how they are stored (`verdicts`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tasks.model.submission import Verdict
from tasks.model.words import State

VersionedDuty = tuple[str, str, str]

# How good an outcome is: the same bytes elsewhere are a version of their own only where they fare better.
_WORTH: Mapping[str, int] = {"refused": 0, "received": 1, "returned": 2, "queried": 3, "accepted": 4}


@dataclass(slots=True)
class KnownVersion:
    """One submission, on record or about to be (`id` 0). `state` and `superseded_by` change while ruling.

    `key` is (unit, kind, period), '' for what is unknown; `sender` the unit, or the owner of the folder.
    """

    id: int
    key: VersionedDuty
    sender: str
    sha256: str
    original_id: int
    version: int
    verdict: State
    state: State
    received_at: dt.datetime
    superseded_by: KnownVersion | None = None


class Arrival(NamedTuple):
    """One verdict on one part of one original on record."""

    original_id: int
    part: int
    verdict: Verdict


@dataclass(slots=True)
class KnownVersions:
    """What is on record of the duties and files at hand: highest versions, entries in force, entries by bytes."""

    versions: dict[VersionedDuty, int] = field(default_factory=dict)
    in_force: dict[VersionedDuty, KnownVersion] = field(default_factory=dict)
    by_bytes: dict[tuple[str, str], list[KnownVersion]] = field(default_factory=dict)

    def add(self, entry: KnownVersion) -> None:
        """Make an entry known by its bytes."""
        self.by_bytes.setdefault((entry.sender, entry.sha256), []).append(entry)


class Ruling(NamedTuple):
    """`entry` is the new submission, or, where `is_sighting`, the one these bytes already made."""

    arrival: Arrival
    entry: KnownVersion
    is_sighting: bool


def duty_key(verdict: Verdict) -> VersionedDuty:
    """(unit, kind, period) with '' for what is unknown."""
    reading = verdict.reading
    return (reading.unit or "", reading.kind or "", reading.period or "")


def sender(verdict: Verdict) -> str:
    """Who sent it: the unit, or the owner of the folder where the unit is unknown; '' if neither is known."""
    return verdict.reading.unit or verdict.reading.original.folder_unit or ""


def rule(arrivals: Sequence[Arrival], book: KnownVersions) -> tuple[Ruling, ...]:
    """Rule on arrivals in the order given, oldest first. The book's entries in force change state where superseded."""
    return tuple(_rule_one(arrival, book) for arrival in arrivals)


def _rule_one(arrival: Arrival, book: KnownVersions) -> Ruling:
    verdict, key = arrival.verdict, duty_key(arrival.verdict)
    bytes_key = (sender(verdict), verdict.reading.original.sha256)
    if twin := _twin(arrival, key, book.by_bytes.get(bytes_key, ())):
        return Ruling(arrival, twin, is_sighting=True)
    book.versions[key] = version = book.versions.get(key, 0) + 1
    entry = KnownVersion(
        id=0,
        key=key,
        sender=bytes_key[0],
        sha256=bytes_key[1],
        original_id=arrival.original_id,
        version=version,
        verdict=verdict.state,
        state=verdict.state,
        received_at=verdict.reading.original.received_at,
    )
    if verdict.state == "accepted":
        _put_in_force(entry, book)
    book.add(entry)
    return Ruling(arrival, entry, is_sighting=False)


def _twin(arrival: Arrival, key: VersionedDuty, same_bytes: Iterable[KnownVersion]) -> KnownVersion | None:
    """The submission these bytes already made from another place, unless they fare better here.

    A file refused for lying in the wrong folder must not stay refused when it is put into the right one; and one that a
    person said the owner of is a version of its own.
    """
    if arrival.verdict.reading.identified_by == "person":
        return None
    for entry in same_bytes:
        elsewhere = entry.original_id != arrival.original_id
        if elsewhere and entry.key == key and _WORTH[arrival.verdict.state] <= _WORTH[entry.verdict]:
            return entry
    return None


def _put_in_force(entry: KnownVersion, book: KnownVersions) -> None:
    """An accepted version replaces the accepted one before it; one that was received earlier does not."""
    before = book.in_force.get(entry.key)
    if before is None or before.received_at <= entry.received_at:
        book.in_force[entry.key] = entry
        older, newer = before, entry
    else:
        older, newer = entry, before
    if older is not None:
        older.state, older.superseded_by = "superseded", newer
