"""What other units say of the same figure: the lead of a measure against those that share in it.

Belongs here: bringing together the figures of a period, from this chunk and from what was accepted before. Whether a
difference matters is for a person: it is a hint on both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tasks.validate.lines import Line
from tasks.validate.normalise import plain
from tasks.validate.register import Register

Figures = dict[tuple[str, str, str], dict[str, float]]
"""(period, measure, metric) -> unit -> figure, in the registered unit of measure."""


def differing(lines: Sequence[Line], senders: Mapping[int, tuple[str, str]], register: Register) -> dict[int, str]:
    """index of a line -> what others say, for the lines whose figure differs: 县财政局80、县住建局85.

    `senders` are unit and period by file. A lead is held against all, everybody else against the lead alone.
    """
    said = _figures(lines, senders, register)
    found: dict[int, str] = {}
    for place, line in enumerate(lines):
        unit, period = senders[line.file]
        others = said.get((period, *line.key), {})
        value = line.cumulative.value
        if len(others) < 2 or value is None or line.cumulative.fault or line.aside:
            continue
        lead = register.reporter(line.key[0])
        # Looked up, not searched for: a measure may be shared by every unit of a nation.
        against = others if unit == lead else {name: others[name] for name in (lead,) if name in others}
        if words := "、".join(
            f"{name}{plain(figure)}" for name, figure in against.items() if name != unit and figure != value
        ):
            found[place] = words
    return found


def _figures(lines: Sequence[Line], senders: Mapping[int, tuple[str, str]], register: Register) -> Figures:
    said: Figures = {}
    for row in register.current:
        if row.cumulative is not None:
            said.setdefault((row.period, row.measure, row.metric), {})[row.unit] = row.cumulative
    for line in lines:
        if line.target is not None and line.cumulative.value is not None and not (line.cumulative.fault or line.aside):
            unit, period = senders[line.file]
            said.setdefault((period, *line.key), {})[unit] = line.cumulative.value
    return said
