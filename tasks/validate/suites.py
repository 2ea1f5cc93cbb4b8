"""The suites as Great Expectations objects, each made once per process.

Belongs here: which expectations check which frame. The expectations themselves are in `expectations`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from expectations.month_suite import month_expectations
from expectations.roster_suite import person_expectations, roster_expectations
from expectations.submission_suite import file_expectations, row_expectations
from tasks.validate.checkpoint import make_suite

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite


@cache
def row_suite(statuses: tuple[str, ...]) -> ExpectationSuite:
    """The suite for `row_frame.row_frame`. `statuses` are the words of 进展状态."""
    return make_suite("rows", [*row_expectations(statuses), *month_expectations()])


@cache
def file_suite() -> ExpectationSuite:
    """The suite for `submission_case.file_frame`."""
    return make_suite("files", file_expectations())


@cache
def roster_suite() -> ExpectationSuite:
    """The suite for `submission_case.roster_frame`."""
    return make_suite("rosters", roster_expectations())


@cache
def person_suite() -> ExpectationSuite:
    """The suite for `roster_persons.person_frame`."""
    return make_suite("persons", person_expectations())
