"""Rows as read -> typed lines: every value normalised, every fault a code, every repair logged.

Belongs here: `Line` and how a raw row becomes one. Does not belong here: what the row is about (`asked`), and judging
a line (the suites do).
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
from tasks.validate.plan_lookup import Key, PlanLookup
from tasks.validate.prefilled_cells import Asked, Questions
from tasks.validate.repeated_cells import Change, UsualCells

NARRATIVE = ("progress", "problems", "coordination", "coordination_unit", "next_steps", "highlights", "explanation")
_KEEP_NONE = ("progress", "problems")


class TypedRow(NamedTuple):
    """One row, typed. `aside` keeps it out of the roll-up: "unknown" measure or one that is "foreign" to the unit.

    `texts` are narrative fields as written; `wants_figure` whether this unit owes the figure.
    """

    # A named tuple, for there is one a row and a frozen dataclass takes four times as long to make.
    file: int
    row: ReadRow
    asked: Asked
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
    def key(self) -> Key:
        """(measure number, metric) as registered."""
        return self.asked.key

    @property
    def target(self) -> Target | None:
        """The target the row is about."""
        return self.asked.target

    @property
    def sound(self) -> float | None:
        """The figure, where nothing is wrong with it."""
        return self.cumulative.value if self.cumulative.fault is None else None

    @property
    def explained(self) -> bool:
        """Whether 情况说明 says something for this row."""
        return bool(self.texts["explanation"])

    @property
    def is_filled(self) -> bool:
        """Whether the unit filled in anything (情况说明 alone does not count)."""
        if self.status_given or self.cumulative.text or self.expected.text:
            return True
        return any(self.texts[field] for field in NARRATIVE[:-1])


class RowTyper:
    """Makes lines of the rows of a chunk. What stands in many rows (measures, words, months) is read once."""

    def __init__(self, register: PlanLookup) -> None:
        self._register = register
        self._questions = Questions(register)
        self._usual: dict[str, UsualCells] = {}

    def lines_of(self, file: int, reading: Reading, duty: Duty) -> tuple[TypedRow, ...]:
        """The lines of one reading. `file` is its place in the chunk. The reading must have unit, kind and period."""
        register = self._register
        owned, last = register.owned(duty), register.last(duty.unit, duty.period)
        usual = self._usual_of(reading.period or duty.period)
        return tuple([self._line(file, reading, row, duty, owned, usual, last) for row in reading.rows])

    def _usual_of(self, text: str) -> UsualCells:
        if text not in self._usual:
            period = Period.parse(text)
            self._usual[text] = UsualCells(self._register, self._questions, period.start, period.end)
        return self._usual[text]

    def _line(
        self,
        file: int,
        reading: Reading,
        row: ReadRow,
        duty: Duty,
        owned: frozenset[str],
        usual_of: UsualCells,
        last: Mapping[Key, ProgressRow],
    ) -> TypedRow:
        values = row.values
        usual = usual_of(values)
        asked = usual.asked
        unit = asked.unit
        cumulative = read_number(values.get("cumulative"), unit)
        return TypedRow(
            file,
            row,
            asked,
            None if asked.key[0] in owned else ("foreign" if asked.known else "unknown"),
            asked.target is not None and asked.owner == duty.unit,
            read_number(_bare(values.get("target")), unit),
            read_number(values.get("previous"), unit),
            cumulative,
            usual.status_given,
            usual.status,
            usual.expected,
            self._told(values),
            last.get(asked.key),
            _repairs(reading.columns, row.number, cumulative, usual.changes),
        )

    def _told(self, values: Mapping[str, object]) -> dict[str, str]:
        """The narrative fields; what is blank is ""."""
        told: dict[str, str] = dict.fromkeys(NARRATIVE, "")
        for field in NARRATIVE:
            if (value := values.get(field)) is not None:
                told[field] = self._word(value, field)
        return told

    def _word(self, value: object, field: str) -> str:
        """A text as written; "无" counts as nothing said, except in 进展情况, where it is not an answer, and 存在问题."""
        if isinstance(value, str) and is_sentence(value) and value.isprintable():
            # Nearly every text.
            return value
        text = cell_text_of(value)
        if is_sentence(text) or (
            folded_text(text) and (field in _KEEP_NONE or not self._register.layout.is_blank(text))
        ):
            return text
        return ""


def _bare(value: object) -> object:
    """A target without the operator that a text export shows before it (≥110)."""
    return value.lstrip("≥≤=→ ") if isinstance(value, str) else value


def _repairs(
    columns: Mapping[str, str], number: int, cumulative: Number, usual: tuple[Change, ...]
) -> tuple[Repair, ...]:
    changes = usual
    if cumulative.repair and not cumulative.fault:
        changes = (("cumulative", cumulative.text, cell_text_of(cumulative.value), cumulative.repair), *usual)
    if not changes:
        return ()
    return tuple(
        [
            Repair(f"{columns[field]}{number}", before, after, why)
            for field, before, after, why in changes
            if field in columns
        ]
    )
