"""One county's counts of a period, for its prefecture: frozen values that pass from `rollup` to `brief`.

Belongs here: counts and arithmetic on them. Does not belong here: anything about a unit, a person or a single measure,
which a prefecture does not see.
"""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class CountyTally:
    """Counts of one period: monthly reports by standing, measures by light, targets by progress."""

    expected: int = 0
    received: int = 0
    on_time: int = 0
    late: int = 0
    missing: int = 0
    green: int = 0
    yellow: int = 0
    red: int = 0
    unrated: int = 0
    done: int = 0
    on_track: int = 0
    behind: int = 0
    far_behind: int = 0
    unknown: int = 0

    def __add__(self, other: CountyTally) -> CountyTally:
        return CountyTally(
            **{each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(CountyTally)}
        )

    @property
    def measures(self) -> int:
        """Number of all measures."""
        return self.green + self.yellow + self.red + self.unrated

    @property
    def targets(self) -> int:
        """Number of all targets."""
        return self.done + self.on_track + self.behind + self.far_behind + self.unknown


@dataclass(frozen=True, slots=True)
class CountyLine:
    """One plan of a county. `rank` is 1 for the best and shared by equals; None where nothing was due."""

    plan: str
    name: str
    tally: CountyTally
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class UnreadablePlan:
    """A plan whose ledger or files could not be read, and why. The prefecture's brief names it."""

    plan: str
    why: str
