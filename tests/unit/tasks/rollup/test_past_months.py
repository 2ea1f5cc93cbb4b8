"""Which months and issues come before a period."""

from __future__ import annotations

import pytest

from config.calendar import Period
from tasks.rollup.past_months import issues_before, months_before
from tests import factories


@pytest.mark.parametrize(
    ("period", "months"),
    [("2023-10", ()), ("2023-11", ("2023-10",)), ("2023", ("2023-10", "2023-11")), ("2024-01", ())],
)
def test_the_months_before_are_those_of_the_same_year(period: str, months: tuple[str, ...]) -> None:
    kinds = [("progress", "2023-12"), ("progress", "2023-11"), ("progress", "2023-10"), ("roster", "2023-09")]
    duties = [factories.duty(kind=kind, period=text) for kind, text in kinds]
    assert months_before(duties, Period.parse(period)) == months


def test_issues_of_last_year_are_before_those_of_this_one() -> None:
    issued = ["2023", "2024-01", "2023-12", "2023-10", "2024-02"]
    assert issues_before(issued, Period.parse("2024-01")) == ("2023-10", "2023-12")
