"""The rows of a table: raw values by field, blanks and footers skipped, lossless repairs logged.

Belongs here: which rows are data, and what is repaired without guessing. Whether a value is right is `validate`.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter
from sys import intern

from config.plan import Plan
from config.workbook import Column, WorkbookLayout
from tasks.caching import cached
from tasks.model.submission import ReadRow, Repair
from tasks.read.formats.sheet_grid import cell_address
from tasks.read.header import SheetTable, extra_columns

_EPOCH_1904 = dt.date(1904, 1, 1)
# Serial days of 2009 to 2059, counted from 1904.
_FIRST, _BEHIND = 38352, 56978
# As documents print them: 22, 3-1, 1.2, 三, 第5项.
_NUMBER = re.compile(r"第?[\d一二三四五六七八九十百.\-—]+[项条款]?")
EXTRA = "extra"
"""The key under which a row keeps what stands in columns of the unit's own; there is none where they are blank."""
_FIGURES = ("target", "previous", "cumulative")


def read_rows(
    table: SheetTable, layout: WorkbookLayout, plan: Plan, form: str
) -> tuple[tuple[ReadRow, ...], tuple[Repair, ...]]:
    """Every data row of a table, with 1-based sheet row numbers and the values as written; and the repairs made."""
    columns = {column.field: column for column in layout.columns(table.kind)}
    extra = extra_columns(table)
    # In the layout's order, whatever the order on the sheet; what the sheet does not have is blank.
    none = dict.fromkeys(columns)
    fields = tuple(field for field in columns if field in table.columns)
    cells_of, is_whole = _picker(tuple(table.columns[field] for field in fields)), len(fields) == len(columns)
    grid, odd = table.grid, _odd_cells(table)
    repairs: list[Repair] = []
    rows: list[ReadRow] = []
    for number, cells in enumerate(grid.cells[table.first :], table.first):
        values: dict[str, object] = dict(zip(fields, cells_of(cells)))  # noqa: B905 - as many by the picker's making
        if not is_whole:
            values = {**none, **values}
        # Every unit that has a measure is issued the same long text: of very many copies one is kept.
        if isinstance(text := values.get("measure_text"), str):
            values["measure_text"] = intern(text)
        made = _look_again(values, table, number, columns, odd[number]) if number in odd else ()
        # Repairs of rows that turn out to be no data are of no interest to anyone.
        written = values.get("measure_no")
        plain = None if written is None else plain_number(written)
        if (plain is None or not _is_number(plain)) and not _is_data(values, plain, layout):
            continue
        repairs += made
        if plain != written:
            values["measure_no"] = plain
            repairs.append(
                Repair(cell_address(number, table.columns["measure_no"]), str(written), str(plain), "措施序号的写法")
            )
        if form not in ("xlsx", "xlsm"):
            repairs += _percent_by_target(values, table, number, plan)
        if extra and (remarks := _remarks(table, number, extra)):
            values[EXTRA] = remarks
        rows.append(ReadRow(number + 1, values))
    return tuple(rows), tuple(repairs)


def _picker(places: tuple[int, ...]) -> Callable[[Sequence[object]], tuple[object, ...]]:
    """Takes the cells at these places out of a row."""
    if len(places) == 1:
        return lambda cells: (cells[places[0]],)
    return itemgetter(*places)


def _odd_cells(table: SheetTable) -> Mapping[int, Sequence[str]]:
    """Row -> the fields in which a value may be more than its cell says."""
    grid = table.grid
    everything = tuple(table.columns)
    if grid.from_1904:
        return dict.fromkeys(range(table.first, grid.height), everything)
    odd: dict[int, Sequence[str]] = {}
    for row, column in grid.percents:
        odd[row] = (*odd.get(row, ()), *(field for field, place in table.columns.items() if place == column))
    return odd | dict.fromkeys(grid.merged_rows, everything)


def _look_again(
    values: dict[str, object], table: SheetTable, row: int, columns: Mapping[str, Column], fields: Sequence[str]
) -> list[Repair]:
    """Replace what a percentage format, an epoch or a merged cell makes of a value; returns what was repaired."""
    repairs: list[Repair] = []
    for field in fields:
        values[field] = _value(table, row, table.columns[field], columns[field], repairs)
    return repairs


def _remarks(table: SheetTable, row: int, extra: Mapping[int, str]) -> str:
    """What stands in columns that the unit added: 完成比例：77%；备案号：12."""
    cells = ((title, table.grid.text(row, column).strip()) for column, title in extra.items())
    return "；".join(f"{title}：{text}" for title, text in cells if text)


def _value(table: SheetTable, row: int, place: int, column: Column, repairs: list[Repair]) -> object:
    """One value; a merged cell counts for its whole range, except for a figure, which is never copied."""
    grid = table.grid
    value = grid.value(row, place)
    if value is not None and (row, place) in grid.percents and isinstance(value, float | int):
        shown = percent_of(value)
        if column.editable:
            repairs.append(Repair(cell_address(row, place), str(value), shown, "单元格是百分比格式"))
        return shown
    # Not by what is whole of it: a number can be endless.
    if column.value == "date" and grid.from_1904 and isinstance(value, float | int) and _FIRST <= value < _BEHIND:
        day = _EPOCH_1904 + dt.timedelta(days=int(value))
        repairs.append(Repair(cell_address(row, place), str(value), day.isoformat(), "日期序号，工作簿从1904年起算"))
        return day
    if value is not None or column.value == "number":
        return value
    covering = grid.merged_at(row, place)
    if covering is None or covering[0][0] < table.first or covering[0] == (row, place):
        return None
    value = grid.value(*covering[0])
    if value is not None:
        repairs.append(Repair(cell_address(row, place), "", str(value), f"{cell_address(*covering[0])} 的合并单元格"))
    return value


def _is_data(values: Mapping[str, object], number: str | None, layout: WorkbookLayout) -> bool:
    """Whether a row without a number of the plan's kind says anything: if two columns are filled."""
    filled = [value for value in values.values() if value is not None]
    if not filled or (isinstance(filled[0], str) and layout.is_footer(filled[0])):
        return False
    if "measure_no" not in values:
        return any(values[field] is not None for field in ("role", "name") if field in values)
    return number is not None or len(filled) > 1


@cached(1024, 64)
def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None


def plain_number(value: object) -> str:
    """A measure's number in the form of the plan: 22.0, `２２` and `(22.)` are all `22`."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _plain_text(str(value))


@cached(1024, 64)
def _plain_text(written: str) -> str:
    text = unicodedata.normalize("NFKC", written).strip()
    return text.strip("()[]、.．。 \u200b\ufeff") or text


def percent_of(value: float) -> str:
    """0.85 as `85%`; digits that only binary arithmetic added are dropped."""
    return f"{round(value * 100, 8):.8f}".rstrip("0").rstrip(".") + "%"


def _percent_by_target(values: dict[str, object], table: SheetTable, row: int, plan: Plan) -> Iterator[Repair]:
    """In a file whose cell formats cannot be seen: the prefilled target tells in which form its row holds percentages.

    The target 60 % stored as 0.6 means that the row's cells still have the format they were issued with.
    """
    if values.get("metric_unit") != "%" or not _is_fraction_of_target(values, plan):
        return
    for field in _FIGURES:
        value = values.get(field)
        if isinstance(value, float | int) and not isinstance(value, bool):
            values[field] = percent_of(value)
            cell = cell_address(row, table.columns[field])
            yield Repair(cell, str(value), percent_of(value), "目标值单元格是百分比格式，同一行按同样的格式读")


def _is_fraction_of_target(values: Mapping[str, object], plan: Plan) -> bool:
    shown = values.get("target")
    targets: Sequence[float] = [
        target.value
        for measure in plan.measures
        if measure.no == values.get("measure_no")
        for target in measure.targets
        if target.unit == "%" and target.metric == values.get("metric")
    ]
    return isinstance(shown, float | int) and any(abs(shown * 100 - value) < 1e-9 for value in targets)
