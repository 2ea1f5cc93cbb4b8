"""The files on the findings' page: for each duty the one in force and the newest one."""

from __future__ import annotations

from tasks.rollup.standing import counting_and_newest
from tests import factories


def test_the_file_that_counts_and_a_newer_one_that_is_not_accepted_are_both_looked_at() -> None:
    made = factories.submission
    overtaken, counts, newest = made("superseded", id=1), made(id=2, version=2), made("returned", id=3, version=3)
    elsewhere = made("returned", id=4, unit=factories.COMMERCE, version=1)
    assert counting_and_newest([newest, elsewhere, overtaken, counts], {2, None}) == [elsewhere, counts, newest]
    assert counting_and_newest([overtaken, counts], {2}) == [counts]
    assert counting_and_newest([], {None}) == []
