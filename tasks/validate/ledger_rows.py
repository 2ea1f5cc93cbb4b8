"""Lines that count -> the rows that go into the ledger. No judgement: only accepted submissions get this far."""

from __future__ import annotations

from collections.abc import Iterable

from tasks.model.submission import ProgressRow, Reading
from tasks.validate.cell_text import cell_text_of
from tasks.validate.typed_rows import TypedRow


def progress_rows(reading: Reading, lines: Iterable[TypedRow]) -> tuple[ProgressRow, ...]:
    """One row a line, figures in the registered unit, narrative as written, in sheet order."""
    return tuple(_row(reading, line) for line in lines)


def _row(reading: Reading, line: TypedRow) -> ProgressRow:
    unit, texts = reading.unit or "", line.texts
    field = "cumulative" if line.target and "cumulative" in reading.columns else "progress"
    return ProgressRow(
        plan=reading.plan,
        unit=unit,
        period=reading.period or "",
        measure=line.key[0],
        role="牵头" if line.asked.owner == unit else "责任",
        metric=line.key[1],
        metric_unit=line.target.unit if line.target else "",
        target=line.target.value if line.target else None,
        # A figure without a target has no unit to be read in: it stays in the original.
        cumulative=line.cumulative.value if line.target else None,
        status=line.status or line.status_given,
        progress=texts["progress"],
        problems=texts["problems"],
        coordination=texts["coordination"],
        coordination_unit=texts["coordination_unit"],
        next_steps=texts["next_steps"],
        highlights=texts["highlights"],
        expected=line.expected.text,
        explanation="；".join(filter(None, (texts["explanation"], cell_text_of(line.row.values.get("extra"))))),
        row=line.row.number,
        cell=f"{reading.columns.get(field, '')}{line.row.number}",
    )
