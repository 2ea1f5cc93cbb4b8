"""Count each county's roll-up, and rank the counties.

Belongs here: counting and ranking. Lights and standings were decided in each county's own roll-up by its own thresholds;
nothing is judged again here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from tasks.model.county_tally import CountyLine, CountyTally
from tasks.model.progress import RollUp
from tasks.model.words import ON_TIME

_TRACKS = {"绿": "on_track", "黄": "behind", "红": "far_behind", "无": "unknown"}


def tally_of(rollup: RollUp) -> CountyTally:
    """The counts of one county: its monthly reports of the period, its measures and its targets."""
    monthly = [each for each in rollup.standings if each.duty.kind == "progress" and each.duty.period == rollup.period]
    names = Counter(standing.name for standing in monthly)
    lights = Counter(measure.light for measure in rollup.measures)
    tracks = Counter("done" if figure.is_done else _TRACKS[figure.light] for figure in rollup.figures)
    return CountyTally(
        expected=len(monthly),
        received=sum(standing.first_received is not None for standing in monthly),
        on_time=sum(names[name] for name in ON_TIME),
        late=names["迟报"],
        missing=names["未报"],
        green=lights["绿"],
        yellow=lights["黄"],
        red=lights["红"],
        unrated=lights["无"],
        **{name: tracks[name] for name in ("done", "on_track", "behind", "far_behind", "unknown")},
    )


def ranked(lines: Iterable[CountyLine]) -> tuple[CountyLine, ...]:
    """The counties, the best first: by on-time rate, then by rate received, then by the share of red measures.

    Equal counties share a rank and keep the given order. A county in which nothing was due has no rank and comes last.
    """
    given = list(lines)
    due = sorted((line for line in given if line.tally.expected), key=_rank_key)
    keys = [_rank_key(line) for line in due]
    placed = [replace(line, rank=keys.index(_rank_key(line)) + 1) for line in due]
    return (*placed, *(replace(line, rank=None) for line in given if not line.tally.expected))


def _rank_key(line: CountyLine) -> tuple[float, float, float]:
    tally = line.tally
    red = tally.red / tally.measures if tally.measures else 0.0
    return (-tally.on_time / tally.expected, -tally.received / tally.expected, red)
