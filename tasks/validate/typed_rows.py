"""Rows as read -> typed rows: every value normalised, every fault a code, every repair recorded.

Belongs here: `TypedRow` and how a raw row becomes one. Does not belong here: what the row is about (`prefilled_cells`), and
checking a row (the suites).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from config.calendar import Period
from config.plan import Target
from tasks.model.submission import Duty, ProgressRow, Reading, ReadRow, Repair
from tasks.validate.cell_text import cell_text_of, folded_text, is_sentence
from tasks.validate.parse_day import CellDay
from tasks.validate.parse_number import Number, read_number
from tasks.validate.plan_lookup import PlanLookup, RowKey
from tasks.validate.prefilled_cells import PrefilledCells, PrefilledReader
from tasks.validate.repeated_cells import FieldRepair, RepeatedCellReader

NARRATIVE = ("progress", "problems", "coordination", "coordination_unit", "next_steps", "highlights", "explanation")
_KEEP_NONE = ("progress", "problems")


class TypedRow(NamedTuple):
    """One row, typed. `aside` keeps it out of the roll-up: the measure is "unknown" or "foreign" to the unit.

    `texts` are the narrative fields as written; `wants_figure` tells whether this unit owes the figure; `last` is the row
    last accepted for the same measure and metric.
    """

    # A named tuple: a frozen dataclass takes four times as long to make, and there is one per row.
    file: int
    raw: ReadRow
    prefilled: PrefilledCells
    aside: str | None
    wants_figure: bool
    target_given: Number
    previous_given: Number
    cumulative: Number
    status_given: str
    status: str | None
    expected: CellDay
    texts: dict[str, str]
    last: ProgressRow | None
    repairs: tuple[Repair, ...]

    @property
    def key(self) -> RowKey:
        """(measure number, metric) as in the plan."""
        return self.prefilled.key

    @property
    def target(self) -> Target | None:
        """The target the row is about."""
        return self.prefilled.target

    @property
    def sound(self) -> float | None:
        """The figure; None if it has a fault."""
        return self.cumulative.value if self.cumulative.fault is None else None

    @property
    def explained(self) -> bool:
        """Whether the row has a text in 情况说明."""
        return bool(self.texts["explanation"])

    @property
    def is_filled(self) -> bool:
        """Whether the unit filled in anything (情况说明 alone does not count)."""
        if self.status_given or self.cumulative.text or self.expected.text:
            return True
        return any(self.texts[field] for field in NARRATIVE[:-1])


class RowTyper:
    """Types the rows of a chunk. Cells that many rows have in common (measure, status, month) are read once."""

    def __init__(self, lookup: PlanLookup) -> None:
        self._lookup = lookup
        self._prefilled = PrefilledReader(lookup)
        self._readers: dict[str, RepeatedCellReader] = {}

    def rows_of(self, file: int, reading: Reading, duty: Duty) -> tuple[TypedRow, ...]:
        """The rows of one reading that has unit, kind and period. `file` is its position in the chunk."""
        lookup = self._lookup
        owned, last = lookup.owned(duty), lookup.last(duty.unit, duty.period)
        reader = self._reader_for(reading.period or duty.period)
        return tuple([self._row(file, reading, raw, duty, owned, reader, last) for raw in reading.rows])

    def _reader_for(self, text: str) -> RepeatedCellReader:
        if text not in self._readers:
            period = Period.parse(text)
            self._readers[text] = RepeatedCellReader(self._lookup, self._prefilled, period.start, period.end)
        return self._readers[text]

    def _row(
        self,
        file: int,
        reading: Reading,
        raw: ReadRow,
        duty: Duty,
        owned: frozenset[str],
        reader: RepeatedCellReader,
        last: Mapping[RowKey, ProgressRow],
    ) -> TypedRow:
        values = raw.values
        repeated = reader.read(values)
        prefilled = repeated.prefilled
        unit = prefilled.unit
        cumulative = read_number(values.get("cumulative"), unit)
        return TypedRow(
            file,
            raw,
            prefilled,
            None if prefilled.key[0] in owned else ("foreign" if prefilled.known else "unknown"),
            prefilled.target is not None and prefilled.owner == duty.unit,
            read_number(_without_operator(values.get("target")), unit),
            read_number(values.get("previous"), unit),
            cumulative,
            repeated.status_given,
            repeated.status,
            repeated.expected,
            self._narrative(values),
            last.get(prefilled.key),
            _repairs(reading.columns, raw.number, cumulative, repeated.repairs),
        )

    def _narrative(self, values: Mapping[str, object]) -> dict[str, str]:
        """The narrative fields; a blank one is ""."""
        texts: dict[str, str] = dict.fromkeys(NARRATIVE, "")
        for field in NARRATIVE:
            if (value := values.get(field)) is not None:
                texts[field] = self._narrative_text(value, field)
        return texts

    def _narrative_text(self, value: object, field: str) -> str:
        """A text as written. "无" is "", except in 进展情况, where it is no answer, and in 存在问题, where it is one."""
        if isinstance(value, str) and is_sentence(value) and value.isprintable():
            # The shortcut for nearly every text.
            return value
        text = cell_text_of(value)
        if is_sentence(text) or (folded_text(text) and (field in _KEEP_NONE or not self._lookup.layout.is_blank(text))):
            return text
        return ""


def _without_operator(value: object) -> object:
    """A target without the operator that a text export shows before it (≥110)."""
    return value.lstrip("≥≤=→ ") if isinstance(value, str) else value


def _repairs(
    columns: Mapping[str, str], number: int, cumulative: Number, repairs: tuple[FieldRepair, ...]
) -> tuple[Repair, ...]:
    if cumulative.repair and not cumulative.fault:
        repairs = (("cumulative", cumulative.text, cell_text_of(cumulative.value), cumulative.repair), *repairs)
    if not repairs:
        return ()
    return tuple(
        [
            Repair(f"{columns[field]}{number}", before, after, why)
            for field, before, after, why in repairs
            if field in columns
        ]
    )
