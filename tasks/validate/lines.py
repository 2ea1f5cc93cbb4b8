"""Rows as read -> typed lines: every value normalised, every fault a code, every repair logged.

Belongs here: `Line` and how a raw row becomes one. Does not belong here: judging a line (the suites do).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from config.calendar import Period
from config.names import normalise
from config.plan import Target
from tasks.shapes import Duty, ProgressRow, Reading, Repair, Row
from tasks.validate.dates import Day, read_day
from tasks.validate.normalise import folded, measure_no, text_of
from tasks.validate.numbers import Number, read_number
from tasks.validate.register import Key, Register

NARRATIVE = ("progress", "problems", "coordination", "coordination_unit", "next_steps", "highlights", "explanation")
FILLED = ("cumulative", "status", *NARRATIVE[:-1], "expected")
"""The fields a unit fills: one with content makes a row filled (情况说明 alone does not)."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row, typed. `aside` keeps it out of the roll-up: "unknown" measure or one that is "foreign" to the unit.

    `texts` are narrative fields as written; `faults` codes by field; `wants_figure` whether this unit owes the figure.
    """

    file: int
    row: Row
    key: Key
    aside: str | None
    target: Target | None
    wants_figure: bool
    metric_given: str
    unit_given: str
    target_given: Number
    previous_given: Number
    cumulative: Number
    status_given: str
    status: str | None
    expected: Day
    texts: dict[str, str]
    faults: dict[str, str]
    last: ProgressRow | None
    repairs: tuple[Repair, ...]

    @property
    def explained(self) -> bool:
        """Whether 情况说明 says something for this row."""
        return bool(self.texts["explanation"])


def lines_of(file: int, reading: Reading, duty: Duty, register: Register) -> Iterator[Line]:
    """The lines of one reading. `file` is its place in the chunk. The reading must have unit, kind and period."""
    period = Period.parse(reading.period or duty.period)
    owned = frozenset(register.owned(duty))
    for row in reading.rows:
        yield _line(file, reading, row, duty, owned, register, (period.start, period.end))


def _line(
    file: int,
    reading: Reading,
    row: Row,
    duty: Duty,
    owned: frozenset[str],
    register: Register,
    span: tuple[dt.date, dt.date],
) -> Line:
    values = {field: value for field, value in row.values.items() if value is not None}
    no = measure_no(text_of(values.get("measure_no")))
    metric_given = folded(text_of(values.get("metric")))
    target, metric, metric_fault = _metric(no, metric_given, register)
    unit = target.unit if target else ""
    cumulative = read_number(values.get("cumulative"), unit)
    status_given = text_of(values.get("status")).strip()
    status = register.layout.status_of(status_given) if status_given else None
    expected = _expected(values.get("expected"), register, span, status == "已完成")
    texts = {field: _narrative(field, values.get(field), register) for field in NARRATIVE}
    unit_given = text_of(values.get("metric_unit"))
    faults = {"metric": metric_fault, "measure_text": _text_fault(no, text_of(values.get("measure_text")), register)}
    return Line(
        file=file,
        row=row,
        key=(no, metric),
        aside=None if no in owned else ("foreign" if no in register.measures else "unknown"),
        target=target,
        wants_figure=target is not None and register.reporter(no) == duty.unit,
        metric_given=metric_given,
        unit_given="" if not unit_given or _same(unit_given, unit) else unit_given.strip(),
        target_given=read_number(_bare(values.get("target")), unit),
        previous_given=read_number(values.get("previous"), unit),
        cumulative=cumulative,
        status_given=status_given,
        status=status,
        expected=expected,
        texts=texts,
        faults={field: code for field, code in faults.items() if code},
        last=register.last(duty.unit, (no, metric)),
        repairs=tuple(_repairs(reading, row, cumulative, status_given, status, expected)),
    )


def _metric(no: str, given: str, register: Register) -> tuple[Target | None, str, str]:
    """The target a row is about, its registered metric, and the code of what is wrong with the metric given."""
    measure = register.measures.get(no)
    if measure is None or not measure.targets:
        return None, "", ""
    target = register.target(no, given)
    if target is not None:
        return target, target.metric, ""
    if len(measure.targets) == 1:
        # Only one figure can be meant; the register's name is used and the edit is shown.
        return measure.targets[0], measure.targets[0].metric, "V408" if given else ""
    return None, given, "V409"


def _text_fault(no: str, given: str, register: Register) -> str:
    measure = register.measures.get(no)
    # Nearly every cell still holds what was issued.
    if measure is None or given == measure.text:
        return ""
    text = normalise(given).rstrip("….")
    if not text or normalise(measure.text).startswith(text):
        return ""
    return "V410" if register.texts.get(normalise(given), no) not in ("", no) else "V407"


def _expected(value: object, register: Register, span: tuple[dt.date, dt.date], done: bool) -> Day:
    if register.layout.is_blank(value):
        return Day("")
    column = next(column for column in register.layout.columns("progress") if column.field == "expected")
    return read_day(value, column.words, span[0], span[1], done)


def _narrative(field: str, value: object, register: Register) -> str:
    """Text as written; "无" counts as nothing said, except in 进展情况, where it is not an answer, and 存在问题."""
    text = text_of(value)
    if not folded(text):
        return ""
    keeps_none = field in ("progress", "problems")
    return text if keeps_none or not register.layout.is_blank(text) else ""


def _bare(value: object) -> object:
    """A target without the operator that a text export shows before it (≥110)."""
    return value.lstrip("≥≤=→ ") if isinstance(value, str) else value


def _same(one: str, other: str) -> bool:
    return normalise(one) == normalise(other)


def _repairs(
    reading: Reading, row: Row, cumulative: Number, given: str, status: str | None, expected: Day
) -> Iterator[Repair]:
    changes = (
        ("cumulative", cumulative.text, text_of(cumulative.value), "" if cumulative.fault else cumulative.repair),
        ("status", given, status or "", "进展状态按固定写法归一" if status and status != given else ""),
        ("expected", text_of(row.values.get("expected")), expected.text, "" if expected.fault else expected.repair),
    )
    for field, before, after, why in changes:
        if why and field in reading.columns:
            yield Repair(f"{reading.columns[field]}{row.number}", before, after, why)
