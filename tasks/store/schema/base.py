"""The base of every table class: naming of constraints and the database type of each annotation.

Belongs here: what all tables share. Does not belong here: tables (`*_tables`), how a value is stored (`columns`).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, Double, MetaData, Text
from sqlalchemy.orm import DeclarativeBase

from tasks.store.schema.columns import Instant, Json, Texts


class Base(DeclarativeBase):
    """Names every constraint, so that a later migration can refer to it on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {str: Text, dt.datetime: Instant, float: Double, tuple[str, ...]: Texts, Any: Json}  # noqa: RUF012


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """A constraint that allows only these values in a text column."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")
