"""Insert many rows into one table, converting a whole column at a time.

Most of the time an intake spends in the ledger goes into these inserts.
Belongs here: one insert of plain tuples. Does not belong here: what the rows mean (`record_verdicts`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, cast

from sqlalchemy import Column, Connection, Dialect, Table

from tasks.store.packed_text import pack_texts
from tasks.store.schema.base import Base
from tasks.store.schema.columns import AnyText

_Values = Sequence[Any]
_BATCH = 2000


def insert_rows(connection: Connection, model: type[Base], names: Sequence[str], rows: Iterable[_Values]) -> None:
    """Insert rows whose values are in the order of `names`; no rows is fine. Types are bound as in any statement."""
    table, dialect, left = cast(Table, model.__table__), connection.dialect, iter(rows)
    statement = _statement(table, names, dialect)
    # In batches, because the conversion holds every value four times over.
    while batch := list(islice(left, _BATCH)):
        columns = [
            _bound(table.c[name], values, dialect) for name, values in zip(names, zip(*batch, strict=True), strict=True)
        ]
        connection.exec_driver_sql(statement, list(zip(*columns, strict=True)))


def _bound(column: Column[Any], values: _Values, dialect: Dialect) -> _Values:
    """One column's values converted for the driver."""
    if isinstance(column.type, AnyText):
        return pack_texts(values)
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    if process is None:
        return values
    try:
        distinct = set(values)
    except TypeError:
        # Lists cannot be hashed, and hardly any occurs twice.
        return [process(value) for value in values]
    # Days, instants and cell addresses recur often: each distinct value is converted once.
    bound = {value: process(value) for value in distinct}
    return [bound[value] for value in values]


def _statement(table: Table, names: Sequence[str], dialect: Dialect) -> str:
    quote = dialect.identifier_preparer.quote
    placeholder = "?" if dialect.paramstyle == "qmark" else "%s"
    # Safe to interpolate: the names come from the table definitions.
    columns, placeholders = ", ".join(map(quote, names)), ", ".join([placeholder] * len(names))
    return f"INSERT INTO {quote(table.name)} ({columns}) VALUES ({placeholders})"  # noqa: S608
