"""Which version a file becomes and which version counts: pure decisions on values, no database.

Belongs here: versions, duplicates, supersession. Does not belong here: how they are stored (`record_verdicts`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tasks.model.submission import Verdict
from tasks.model.words import State

VersionedDuty = tuple[str, str, str]
"""(unit, kind, period) of one plan, '' for what is unknown: versions count within it."""

# Rank of a verdict: the same bytes at another path become a new version only with a better verdict.
_RANK: Mapping[str, int] = {"refused": 0, "received": 1, "returned": 2, "queried": 3, "accepted": 4}


@dataclass(slots=True)
class KnownVersion:
    """One submission, stored or about to be (`id` 0). `decide_versions` changes `state` and `superseded_by`.

    `sender` is the unit, or the owner of the folder if the unit is unknown.
    """

    id: int
    key: VersionedDuty
    sender: str
    sha256: str
    original_id: int
    number: int
    verdict: State
    state: State
    received_at: dt.datetime
    superseded_by: KnownVersion | None = None


class Arrival(NamedTuple):
    """One verdict on one part of one stored original."""

    original_id: int
    part: int
    verdict: Verdict


@dataclass(slots=True)
class KnownVersions:
    """The stored versions of the duties and files of a chunk.

    `versions` holds the highest version number of each duty, `in_force` the accepted version, `by_bytes` all versions
    by sender and sha256.
    """

    versions: dict[VersionedDuty, int] = field(default_factory=dict)
    in_force: dict[VersionedDuty, KnownVersion] = field(default_factory=dict)
    by_bytes: dict[tuple[str, str], list[KnownVersion]] = field(default_factory=dict)

    def add(self, version: KnownVersion) -> None:
        """Index a version by its bytes."""
        self.by_bytes.setdefault((version.sender, version.sha256), []).append(version)


class VersionDecision(NamedTuple):
    """`version` is the new submission or, if `is_sighting`, the earlier one with the same bytes."""

    arrival: Arrival
    version: KnownVersion
    is_sighting: bool


def duty_key(verdict: Verdict) -> VersionedDuty:
    """The key under which versions of this file count."""
    reading = verdict.reading
    return (reading.unit or "", reading.kind or "", reading.period or "")


def sender_of(verdict: Verdict) -> str:
    """The unit that sent the file, or the owner of the folder if the unit is unknown; '' if neither is known."""
    return verdict.reading.unit or verdict.reading.original.folder_unit or ""


def decide_versions(arrivals: Sequence[Arrival], known: KnownVersions) -> tuple[VersionDecision, ...]:
    """Decide on arrivals in the order given, oldest first. Updates `known`, including versions it supersedes."""
    return tuple(_decide(arrival, known) for arrival in arrivals)


def _decide(arrival: Arrival, known: KnownVersions) -> VersionDecision:
    verdict, key = arrival.verdict, duty_key(arrival.verdict)
    bytes_key = (sender_of(verdict), verdict.reading.original.sha256)
    if duplicate := _duplicate_of(arrival, key, known.by_bytes.get(bytes_key, ())):
        return VersionDecision(arrival, duplicate, is_sighting=True)
    known.versions[key] = number = known.versions.get(key, 0) + 1
    version = KnownVersion(
        id=0,
        key=key,
        sender=bytes_key[0],
        sha256=bytes_key[1],
        original_id=arrival.original_id,
        number=number,
        verdict=verdict.state,
        state=verdict.state,
        received_at=verdict.reading.original.received_at,
    )
    if verdict.state == "accepted":
        _put_in_force(version, known)
    known.add(version)
    return VersionDecision(arrival, version, is_sighting=False)


def _duplicate_of(arrival: Arrival, key: VersionedDuty, same_bytes: Iterable[KnownVersion]) -> KnownVersion | None:
    """The earlier submission with the same bytes from another path, unless the new verdict is better.

    A file refused for lying in the wrong folder must not stay refused once it is moved to the right one. A file whose
    unit was assigned by a person is always a version of its own.
    """
    if arrival.verdict.reading.identified_by == "person":
        return None
    for version in same_bytes:
        elsewhere = version.original_id != arrival.original_id
        if elsewhere and version.key == key and _RANK[arrival.verdict.state] <= _RANK[version.verdict]:
            return version
    return None


def _put_in_force(version: KnownVersion, known: KnownVersions) -> None:
    """An accepted version supersedes the one in force, unless that one was received later."""
    before = known.in_force.get(version.key)
    if before is None or before.received_at <= version.received_at:
        known.in_force[version.key] = version
        older, newer = before, version
    else:
        older, newer = version, before
    if older is not None:
        older.state, older.superseded_by = "superseded", newer
