"""Many rows into one table at once, a column at a time: what an intake spends its time in the ledger on.

Belongs here: one insert of plain tuples. Does not belong here: what the rows are (`verdicts`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, cast

from sqlalchemy import Column, Connection, Dialect, Table

from tasks.store.packed_text import pack_texts
from tasks.store.schema.columns import AnyText
from tasks.store.schema.models import Base

Values = Sequence[Any]
_PART = 2000


def insert_rows(connection: Connection, model: type[Base], names: Sequence[str], rows: Iterable[Values]) -> None:
    """Insert rows of values in the order of `names`; none is fine. Types are bound as in any other statement."""
    table, dialect, left = cast(Table, model.__table__), connection.dialect, iter(rows)
    statement = _statement(table, names, dialect)
    # In parts: laid out for the driver every value is there four times over.
    while part := list(islice(left, _PART)):
        columns = [
            _bound(table.c[name], values, dialect) for name, values in zip(names, zip(*part, strict=True), strict=True)
        ]
        connection.exec_driver_sql(statement, list(zip(*columns, strict=True)))


def _bound(column: Column[Any], values: Values, dialect: Dialect) -> Values:
    """One column's values as the driver takes them."""
    if isinstance(column.type, AnyText):
        return pack_texts(values)
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    if process is None:
        return values
    try:
        distinct = set(values)
    except TypeError:
        # Lists: hardly any comes twice.
        return [process(value) for value in values]
    # Days, instants and addresses of cells come again and again.
    bound = {value: process(value) for value in distinct}
    return [bound[value] for value in values]


def _statement(table: Table, names: Sequence[str], dialect: Dialect) -> str:
    quote = dialect.identifier_preparer.quote
    mark = "?" if dialect.paramstyle == "qmark" else "%s"
    # Names come from the tables' own definitions.
    columns, marks = ", ".join(map(quote, names)), ", ".join([mark] * len(names))
    return f"INSERT INTO {quote(table.name)} ({columns}) VALUES ({marks})"  # noqa: S608
