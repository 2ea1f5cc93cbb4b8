"""What a unit's clerk does with a file: fill an issued workbook or roster, save it as text, set its time.

Does not belong here: which clerk does what and when (`story`, `play_scene`), finding cells (`issued_form`).
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell, MergedCell

from config.workbook import WorkbookLayout
from config.workbook_file import load_layout
from tasks.demo_units.issued_form import Form, open_form
from tasks.demo_units.typed_answers import Answers, Fields
from tasks.errors import InputError
from tasks.model.submission import Contact
from tasks.storage.atomic_write import write_atomically


def fill_workbook(issued: Path, answers: Answers, save_as: Path, layout: WorkbookLayout | None = None) -> None:
    """Fill an issued report workbook and save it as another file; protection and hidden sheets stay as they were.

    Cells are found by the layout's titles (None: config/workbook.toml). Raises InputError when a measure, a metric
    or a title is not in the workbook, or when a cell to fill is locked.
    """
    form = open_form(issued, layout or load_layout())
    for name, value in answers.heading.items():
        form.type_heading(name, value)
    _fill_rows(form, answers)
    form.save(save_as)


def fill_roster(
    issued: Path,
    people: Sequence[Contact],
    save_as: Path,
    heading: Fields | None = None,
    layout: WorkbookLayout | None = None,
) -> None:
    """Fill an issued contact roster: each person in the row of the role. Raises InputError without such a row."""
    form = open_form(issued, layout or load_layout())
    for name, value in (heading or {}).items():
        form.type_heading(name, value)
    rows = {form.text(row, "role"): row for row in form.rows()}
    for person in people:
        if person.role not in rows:
            raise InputError(f"{issued.name}：名单中没有“{person.role}”这一行")
        for name in ("name", "title", "phone", "mail"):
            form.type_into(rows[person.role], name, getattr(person, name))
    form.save(save_as)


def save_as_csv(filled: Path, save_as: Path, encoding: str = "gb18030", layout: WorkbookLayout | None = None) -> None:
    """Save the table's sheet as comma separated text, with values as displayed, as spreadsheet programs do.

    The hidden sheet and its signature are lost. Raises UnicodeEncodeError for a character outside of `encoding`.
    """
    tables = (layout or load_layout()).sheets
    text = io.StringIO(newline="")
    with closing(load_workbook(filled, data_only=True)) as book:
        sheet = next((book[table.name] for table in tables if table.name in book.sheetnames), book.worksheets[0])
        csv.writer(text, lineterminator="\r\n").writerows([_shown(cell) for cell in row] for row in sheet.iter_rows())
    write_atomically(save_as, text.getvalue().encode(encoding))


def set_modified_time(path: Path, when: dt.datetime) -> None:
    """Set a file's time of change to `when` (aware), so that the share follows the simulated clock."""
    # Whole seconds are exact on every file system.
    nanoseconds = int(when.timestamp()) * 1_000_000_000
    os.utime(path, ns=(nanoseconds, nanoseconds))


def _fill_rows(form: Form, answers: Answers) -> None:
    unused = {(measure, "") for measure in answers.measures}
    unused |= {(measure, metric) for measure, metrics in answers.figures.items() for metric in metrics}
    for row in form.rows():
        measure, metric = form.text(row, "measure_no"), form.text(row, "metric")
        for name, value in answers.measures.get(measure, {}).items():
            form.type_into(row, name, value)
        figures = answers.figures.get(measure, {})
        if metric in figures:
            form.type_into(row, "cumulative", figures[metric])
        unused -= {(measure, ""), (measure, metric)}
    if unused:
        names = "；".join(f"措施{measure}{metric}" for measure, metric in sorted(unused))
        raise InputError(f"{form.path.name}：表中没有这些行：{names}")


def _shown(cell: Cell | MergedCell) -> str:
    """A cell's value as displayed."""
    value = cell.value
    if isinstance(value, dt.date):
        slashes = "/" in cell.number_format
        return f"{value.year}/{value.month}/{value.day}" if slashes else f"{value:%Y-%m-%d}"
    if isinstance(value, int | float) and "%" in cell.number_format:
        return f"{round(value * 100, 10):.10g}%"
    if isinstance(value, float):
        return f"{value:.10g}"
    return "" if value is None else str(value)
