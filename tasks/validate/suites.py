"""The suites as Great Expectations takes them, each put together once a process.

Belongs here: which expectations are held against which frame. The expectations themselves are `expectations`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from expectations.month_suite import month_expectations
from expectations.roster_suite import person_expectations, roster_expectations
from expectations.submission_suite import file_expectations, row_expectations
from tasks.validate.checkpoint import suite_of

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite


@cache
def row_suite(statuses: tuple[str, ...]) -> ExpectationSuite:
    """For `frame.row_frame`. `statuses` are the words of 进展状态."""
    return suite_of("rows", [*row_expectations(statuses), *month_expectations()])


@cache
def file_suite() -> ExpectationSuite:
    """For `cases.file_frame`."""
    return suite_of("files", file_expectations())


@cache
def roster_suite() -> ExpectationSuite:
    """For `cases.roster_frame`."""
    return suite_of("rosters", roster_expectations())


@cache
def person_suite() -> ExpectationSuite:
    """For `persons.person_frame`."""
    return suite_of("persons", person_expectations())
