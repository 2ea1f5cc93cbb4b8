"""Typed rows that count -> rows for the ledger. No checks: only the rows of accepted submissions come here."""

from __future__ import annotations

from collections.abc import Iterable

from tasks.model.submission import ProgressRow, Reading
from tasks.validate.cell_text import cell_text_of
from tasks.validate.typed_rows import TypedRow


def progress_rows(reading: Reading, rows: Iterable[TypedRow]) -> tuple[ProgressRow, ...]:
    """The rows in sheet order, figures in the registered unit of measure, narrative as written."""
    return tuple(_row(reading, row) for row in rows)


def _row(reading: Reading, row: TypedRow) -> ProgressRow:
    unit, texts = reading.unit or "", row.texts
    field = "cumulative" if row.target and "cumulative" in reading.columns else "progress"
    return ProgressRow(
        plan=reading.plan,
        unit=unit,
        period=reading.period or "",
        measure=row.key[0],
        role="牵头" if row.prefilled.owner == unit else "责任",
        metric=row.key[1],
        metric_unit=row.target.unit if row.target else "",
        target=row.target.value if row.target else None,
        # Without a target there is no unit of measure to convert to: the figure stays in the original only.
        cumulative=row.cumulative.value if row.target else None,
        status=row.status or row.status_given,
        progress=texts["progress"],
        problems=texts["problems"],
        coordination=texts["coordination"],
        coordination_unit=texts["coordination_unit"],
        next_steps=texts["next_steps"],
        highlights=texts["highlights"],
        expected=row.expected.text,
        explanation="；".join(filter(None, (texts["explanation"], cell_text_of(row.raw.values.get("extra"))))),
        row=row.raw.number,
        cell=f"{reading.columns.get(field, '')}{row.raw.number}",
    )
