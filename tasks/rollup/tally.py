"""Count measures and figures by plan, section or lead unit, for one plan or many at once.

Belongs here: counting. Does not belong here: judging (`lights`, `roll_up`), tables for people (`tasks.brief`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from tasks.model.progress import GroupTally, MeasureProgress, TargetProgress
from tasks.model.words import LIGHTS

if TYPE_CHECKING:
    import pandas as pd

By = Literal["plan", "section", "unit"]
# A plan's id, its measures and its figures.
Parts = tuple[str, Sequence[MeasureProgress], Sequence[TargetProgress]]


def tally(parts: Sequence[Parts], by: Sequence[By]) -> tuple[GroupTally, ...]:
    """One count per group, in the order in which groups first appear; an empty `by` counts everything as one group.

    A group is identified by its values in the order of `by`. Units of the same name in several plans are separate groups
    only where `by` includes `plan`.
    """
    measures = _measures_frame(parts)
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


def _measures_frame(parts: Sequence[Parts]) -> pd.DataFrame:
    """One row per plan and measure: plan, section, unit, no, and the counts to sum."""
    # Imported here: pandas is slow to load, and `lianxi status` and the letters do without it.
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
            {"plan": plan, "no": item.measure, "figures": 1, "done": int(item.is_done)}
            for plan, _, items in parts
            for item in items
        ],
        columns=["plan", "no", "figures", "done"],
    )
    per_measure = figures.groupby(["plan", "no"], sort=False).sum().reset_index()
    frame = pd.DataFrame(rows, columns=["plan", "section", "unit", "no", "measures", "reported", *LIGHTS])
    return frame.merge(per_measure, how="left", on=["plan", "no"]).fillna({"figures": 0, "done": 0})
