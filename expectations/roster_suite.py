"""The suite for contact rosters: one 分管领导 and one 业务负责人 of the unit itself, each reachable.

Belongs here: the rules on one person and on the roster as a whole. The frame has one integer per row as index, and None for
an empty cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from expectations.rule_meta import load_expectations, marked_expectation

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

ROLES = ("分管领导", "业务负责人")
ONE_PHONE = r"(?:1[3-9]\d{9}|0\d{2,3}-?\d{7,8}(?:-\d{1,6})?)"
PHONE = rf"^{ONE_PHONE}(?:、{ONE_PHONE})*$"
MAIL = r"^[A-Za-z0-9._%+-]+@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}$"
_REQUIRED = {"name": "姓名", "title": "职务", "phone": "电话"}

PERSON_COLUMNS = ("role", "role_text", "name", "title", "phone", "mail", "unit_foreign", "unit")
"""Text columns of the frame of persons; `file` is its one number."""


def person_expectations() -> Iterator[Expectation]:
    """Every expectation on one person of a roster."""
    e = load_expectations()
    yield e.ExpectColumnValuesToBeInSet(
        column="role", value_set=list(ROLES), **marked_expectation("C503", "role", value="role_text")
    )
    for field, title in _REQUIRED.items():
        yield e.ExpectColumnValuesToNotBeNull(column=field, **marked_expectation("C504", field, expected=f"={title}"))
    yield e.ExpectColumnValuesToNotBeNull(column="mail", **marked_expectation("C509", "mail"))
    yield e.ExpectColumnValuesToMatchRegex(
        column="phone", regex=PHONE, **marked_expectation("C505", "phone", value="phone")
    )
    yield e.ExpectColumnValuesToMatchRegex(
        column="mail", regex=MAIL, **marked_expectation("C506", "mail", value="mail")
    )
    yield e.ExpectColumnValuesToBeNull(
        column="unit_foreign", **marked_expectation("C507", "unit", value="unit_foreign", expected="unit")
    )


def roster_expectations() -> Iterator[Expectation]:
    """Every expectation on one roster as a whole: one row of the frame is one file."""
    e = load_expectations()
    yield e.ExpectColumnValuesToBeNull(column="roster_untouched", **marked_expectation("C508"))
    for column, role in (("leaders", ROLES[0]), ("officers", ROLES[1])):
        yield e.ExpectColumnValuesToBeBetween(
            column=column, min_value=1, **marked_expectation("C501", expected=f"={role}")
        )
        yield e.ExpectColumnValuesToBeBetween(
            column=column, max_value=1, **marked_expectation("C502", expected=f"={role}")
        )
