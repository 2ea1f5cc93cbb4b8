"""Many rows into one table at once, a column at a time: what an intake spends its time in the ledger on.

Belongs here: one insert of plain tuples. Does not belong here: what the rows are (`verdicts`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Column, Connection, Dialect, Table

from tasks.store.columns import AnyText
from tasks.store.texts import pack_all

Values = Sequence[Any]
_PART = 2000


def insert_rows(connection: Connection, table: Table, names: Sequence[str], rows: Iterable[Values]) -> None:
    """Insert rows of values in the order of `names`; none is fine. Types are bound as in any other statement."""
    statement, left = _statement(table, names, connection.dialect), iter(rows)
    # In parts: laid out for the driver every value is there four times over.
    while part := list(islice(left, _PART)):
        columns = [
            _bound(table.c[name], values, connection.dialect)
            for name, values in zip(names, zip(*part, strict=True), strict=True)
        ]
        connection.exec_driver_sql(statement, list(zip(*columns, strict=True)))


def _bound(column: Column[Any], values: Values, dialect: Dialect) -> Values:
    """One column's values as the driver takes them."""
    if isinstance(column.type, AnyText):
        return pack_all(values)
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    return values if process is None else [process(value) for value in values]


def _statement(table: Table, names: Sequence[str], dialect: Dialect) -> str:
    quote = dialect.identifier_preparer.quote
    mark = "?" if dialect.paramstyle == "qmark" else "%s"
    # Names come from the tables' own definitions.
    columns, marks = ", ".join(map(quote, names)), ", ".join([mark] * len(names))
    return f"INSERT INTO {quote(table.name)} ({columns}) VALUES ({marks})"  # noqa: S608
