"""The rows of a table: raw values by field, without blank rows and footers, with every lossless repair logged.

Belongs here: which rows are data, and repairs that need no guess. Does not belong here: whether a value is right
(`validate`).
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
from tasks.model.submission import ReadRow, Repair
from tasks.read.formats.sheet_grid import cell_address
from tasks.read.header import SheetTable, extra_columns

_EPOCH_1904 = dt.date(1904, 1, 1)
# Serial days of 2009 to 2059, counted from 1904; the second is exclusive.
_FIRST_DAY, _END_DAY = 38352, 56978
# Measure numbers as documents print them: 22, 3-1, 1.2, 三, 第5项.
_MEASURE_NO = re.compile(r"第?[\d一二三四五六七八九十百.\-—]+[项条款]?")
EXTRA = "extra"
"""The key for the cells of columns that the unit added; absent where they are all blank."""
_FIGURES = ("target", "previous", "cumulative")


def read_rows(
    table: SheetTable, layout: WorkbookLayout, plan: Plan, file_format: str
) -> tuple[tuple[ReadRow, ...], tuple[Repair, ...]]:
    """(data rows with 1-based sheet row numbers and values as written, repairs made).

    In files of a format other than .xlsx and .xlsm, percentages are also recognised by the prefilled target.
    """
    columns = {column.field: column for column in layout.columns(table.kind)}
    extra = extra_columns(table)
    # Fields are in the layout's order, whatever the order on the sheet; a column that the sheet lacks is blank.
    missing = dict.fromkeys(columns)
    fields = tuple(field for field in columns if field in table.columns)
    pick, has_all = _picker(tuple(table.columns[field] for field in fields)), len(fields) == len(columns)
    grid, special = table.grid, _special_cells(table)
    repairs: list[Repair] = []
    rows: list[ReadRow] = []
    for number, cells in enumerate(grid.cells[table.first :], table.first):
        values: dict[str, object] = dict(zip(fields, pick(cells)))  # noqa: B905 - the picker gives one cell a field
        if not has_all:
            values = {**missing, **values}
        # Every unit that shares a measure is issued the same long text: one copy in memory is enough.
        if isinstance(text := values.get("measure_text"), str):
            values["measure_text"] = intern(text)
        row_repairs = _apply_format(values, table, number, columns, special[number]) if number in special else ()
        # Only repairs of data rows are logged.
        written = values.get("measure_no")
        plain = None if written is None else plain_number(written)
        if (plain is None or not _MEASURE_NO.fullmatch(plain)) and not _is_data(values, plain, layout):
            continue
        repairs += row_repairs
        if plain != written:
            values["measure_no"] = plain
            repairs.append(
                Repair(cell_address(number, table.columns["measure_no"]), str(written), str(plain), "措施序号的写法")
            )
        if file_format not in ("xlsx", "xlsm"):
            repairs += _percent_by_target(values, table, number, plan)
        if extra and (text := _extra_text(table, number, extra)):
            values[EXTRA] = text
        rows.append(ReadRow(number + 1, values))
    return tuple(rows), tuple(repairs)


def _picker(indexes: tuple[int, ...]) -> Callable[[Sequence[object]], tuple[object, ...]]:
    """A function that picks the cells at these indexes from a row; itemgetter gives no tuple for a single one."""
    if len(indexes) == 1:
        return lambda cells: (cells[indexes[0]],)
    return itemgetter(*indexes)


def _special_cells(table: SheetTable) -> Mapping[int, Sequence[str]]:
    """Row -> the fields whose value depends on more than the cell: percentage formats, the epoch, merged ranges."""
    grid = table.grid
    all_fields = tuple(table.columns)
    if grid.metadata.from_1904:
        return dict.fromkeys(range(table.first, grid.height), all_fields)
    special: dict[int, Sequence[str]] = {}
    for row, column in grid.metadata.percents:
        special[row] = (*special.get(row, ()), *(field for field, index in table.columns.items() if index == column))
    return special | dict.fromkeys(grid.merged_rows, all_fields)


def _apply_format(
    values: dict[str, object], table: SheetTable, row: int, columns: Mapping[str, Column], fields: Sequence[str]
) -> list[Repair]:
    """Replace values by what a percentage format, the epoch or a merged range makes of them; returns the repairs."""
    repairs: list[Repair] = []
    for field in fields:
        values[field] = _value(table, row, table.columns[field], columns[field], repairs)
    return repairs


def _extra_text(table: SheetTable, row: int, extra: Mapping[int, str]) -> str:
    """The cells of columns that the unit added: 完成比例：77%；备案号：12."""
    cells = ((title, table.grid.text(row, column).strip()) for column, title in extra.items())
    return "；".join(f"{title}：{text}" for title, text in cells if text)


def _value(table: SheetTable, row: int, index: int, column: Column, repairs: list[Repair]) -> object:
    """One value; a merged cell counts for its whole range, except for a figure, which is never copied."""
    grid = table.grid
    value = grid.value(row, index)
    if value is not None and (row, index) in grid.metadata.percents and isinstance(value, float | int):
        shown = percent_of(value)
        if column.editable:
            repairs.append(Repair(cell_address(row, index), str(value), shown, "单元格是百分比格式"))
        return shown
    is_day_from_1904 = column.value == "date" and grid.metadata.from_1904
    # Compared before int(), which fails for infinity.
    if is_day_from_1904 and isinstance(value, float | int) and _FIRST_DAY <= value < _END_DAY:
        day = _EPOCH_1904 + dt.timedelta(days=int(value))
        repairs.append(Repair(cell_address(row, index), str(value), day.isoformat(), "日期序号，工作簿从1904年起算"))
        return day
    if value is not None or column.value == "number":
        return value
    covering = grid.merged_at(row, index)
    if covering is None or covering[0][0] < table.first or covering[0] == (row, index):
        return None
    value = grid.value(*covering[0])
    if value is not None:
        repairs.append(Repair(cell_address(row, index), "", str(value), f"{cell_address(*covering[0])} 的合并单元格"))
    return value


def _is_data(values: Mapping[str, object], number: str | None, layout: WorkbookLayout) -> bool:
    """Whether a row without a proper measure number holds data: if two columns are filled and it is no footer."""
    filled = [value for value in values.values() if value is not None]
    if not filled or (isinstance(filled[0], str) and layout.is_footer(filled[0])):
        return False
    if "measure_no" not in values:
        return any(values[field] is not None for field in ("role", "name") if field in values)
    return number is not None or len(filled) > 1


def plain_number(value: object) -> str:
    """A measure's number in the form of the plan: 22.0, `２２` and `(22.)` are all `22`."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = unicodedata.normalize("NFKC", str(value)).strip()
    return text.strip("()[]、.．。 \u200b\ufeff") or text


def percent_of(value: float) -> str:
    """0.85 as `85%`, without the digits that binary arithmetic adds."""
    return f"{round(value * 100, 8):.8f}".rstrip("0").rstrip(".") + "%"


def _percent_by_target(values: dict[str, object], table: SheetTable, row: int, plan: Plan) -> Iterator[Repair]:
    """Read a row's figures as percentages where the file's cell formats are unknown but the prefilled target shows it.

    A target of 60 % stored as 0.6 means that the row's cells still have the percentage format they were issued with.
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
