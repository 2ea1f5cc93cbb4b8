"""Counties side by side: each one's roll-up counted, and the counties ranked.

Belongs here: counting and ranking. What a light or a standing is was decided in the county's own roll-up, by its own
thresholds; nothing is judged anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from tasks.model.county_tally import CountyLine, CountyTally
from tasks.model.progress import RollUp, TargetProgress
from tasks.model.words import ON_TIME

_TRACKS = {"绿": "on_track", "黄": "behind", "红": "far_behind", "无": "unknown"}


def tally_of(rollup: RollUp) -> CountyTally:
    """The counts of one county: its monthly reports of the period, its measures and its targets."""
    monthly = [each for each in rollup.standings if each.duty.kind == "progress" and each.duty.period == rollup.period]
    names = Counter(standing.name for standing in monthly)
    lights = Counter(measure.light for measure in rollup.measures)
    tracks = Counter("done" if _is_done(figure) else _TRACKS[figure.light] for figure in rollup.figures)
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
    """The counties, the best first: by rate on time, then by rate received, then by the share of red measures.

    Equals share a rank and stand in the order given; a county in which nothing was due has none and comes last.
    """
    given = list(lines)
    owing = sorted((line for line in given if line.tally.expected), key=_worth)
    worths = [_worth(line) for line in owing]
    placed = [replace(line, rank=worths.index(_worth(line)) + 1) for line in owing]
    return (*placed, *(replace(line, rank=None) for line in given if not line.tally.expected))


def _worth(line: CountyLine) -> tuple[float, float, float]:
    tally = line.tally
    red = tally.red / tally.measures if tally.measures else 0.0
    return (-tally.on_time / tally.expected, -tally.received / tally.expected, red)


def _is_done(figure: TargetProgress) -> bool:
    return figure.share is not None and figure.share >= 1.0
