"""The bound on text runs holds for every row, however cells are merged, and merged ranges take bounded memory."""

from __future__ import annotations

import tracemalloc
from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from tasks.read.formats.sheet_grid import Range, SheetGrid

HEIGHT, WIDTH = 4, 8
CELLS = st.lists(
    st.lists(st.sampled_from((None, "a", "b", 1.0)), min_size=WIDTH, max_size=WIDTH), min_size=1, max_size=HEIGHT
)
# Also beyond the last value, and from right to left: a file may contain either.
RANGES = st.lists(
    st.tuples(
        st.tuples(st.integers(0, HEIGHT), st.integers(0, WIDTH)),
        st.tuples(st.integers(0, HEIGHT + 2), st.integers(0, WIDTH + 2)),
    ),
    max_size=6,
)


@given(CELLS, RANGES)
def test_a_row_has_no_more_text_runs_than_the_bound(cells: list[list[object]], ranges: list[Range]) -> None:
    grid = SheetGrid("a", cells, merged=tuple(ranges))
    for row in range(grid.height + 1):
        assert len(list(groupby(grid.texts(row)))) <= grid.max_text_runs(row)


def test_a_row_covered_by_one_merged_title_has_one_text_run() -> None:
    grid = SheetGrid("a", [["标题", *[None] * (WIDTH - 1)], ["a"] * WIDTH], merged=(((0, 0), (0, WIDTH - 1)),))
    assert [grid.max_text_runs(row) for row in (0, 1, 2)] == [1, WIDTH, 1]


def test_any_number_of_overlapping_ranges_takes_bounded_memory() -> None:
    """A small file can hold very many, each of which touches every row."""
    cells: list[list[object]] = [[None] * 20 for _ in range(1000)]
    ranges = tuple(((0, column % 20), (999, 19)) for column in range(20_000))
    tracemalloc.start()
    try:
        grid = SheetGrid("a", cells, merged=ranges)
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()
    assert grid.merged_at(500, 3) == ranges[0]
