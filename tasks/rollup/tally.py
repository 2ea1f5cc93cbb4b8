"""Measures and figures counted by plan, section or lead unit, on frames of one plan or of many at once.

Belongs here: counting what the roll-ups have judged. Does not belong here: judging it (lights, progress), tables for
people (brief).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from tasks.model.progress import GroupTally, MeasureProgress, TargetProgress
from tasks.model.words import LIGHTS

if TYPE_CHECKING:
    import pandas as pd

By = Literal["plan", "section", "unit"]
# A plan's id, what it says of its measures and what of its figures.
Parts = tuple[str, Sequence[MeasureProgress], Sequence[TargetProgress]]


def tally(parts: Sequence[Parts], by: Sequence[By]) -> tuple[GroupTally, ...]:
    """One count per group (`by` nothing: one for all), in the order in which the groups first appear.

    A group is its values in the order of `by`: of several plans, units of one name are told apart only with `plan`.
    """
    measures = measures_frame(parts)
    if measures.empty:
        return ()
    keys: list[str] = list(by)
    grouped = measures.assign(all="").groupby(keys or ["all"], sort=False)
    counts = grouped[["measures", "reported", *LIGHTS, "figures", "done"]].sum()
    return tuple(
        GroupTally(
            group=() if not keys else group if isinstance(group, tuple) else (group,),
            measures=int(row.measures),
            reported=int(row.reported),
            lights=tuple((light, int(row[light])) for light in LIGHTS),
            figures=int(row.figures),
            done=int(row.done),
        )
        for group, row in counts.iterrows()
    )


def measures_frame(parts: Sequence[Parts]) -> pd.DataFrame:
    """One row per plan and measure: whose it is, and how it counts (0 or 1; its figures and those done, in numbers)."""
    # Imported here: `status` and the letters need a standing and no frame.
    import pandas as pd

    rows = [
        {
            "plan": plan,
            "section": measure.section,
            "unit": measure.unit,
            "no": measure.no,
            "measures": 1,
            "reported": int(measure.reported),
            **{light: int(measure.light == light) for light in LIGHTS},
        }
        for plan, measures, _ in parts
        for measure in measures
    ]
    figures = pd.DataFrame(
        [
            {"plan": plan, "no": item.measure, "figures": 1, "done": int(item.share is not None and item.share >= 1.0)}
            for plan, _, items in parts
            for item in items
        ],
        columns=["plan", "no", "figures", "done"],
    )
    per_measure = figures.groupby(["plan", "no"], sort=False).sum().reset_index()
    frame = pd.DataFrame(rows, columns=["plan", "section", "unit", "no", "measures", "reported", *LIGHTS])
    return frame.merge(per_measure, how="left", on=["plan", "no"]).fillna({"figures": 0, "done": 0})
