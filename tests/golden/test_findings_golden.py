"""The findings of a fixed set of damaged workbooks: what a person last read, however the files come to be judged.

Work on speed must not change a finding; a change that is meant is written with `python -m tests.golden.findings`.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import Any

import pytest

from expectations.catalogue import CATALOGUE
from flows.steps.judge_one_chunk import read_and_judge
from flows.steps.judging_pool import JudgingPool
from tasks.model.context import Context
from tasks.model.submission import Original
from tests.golden.findings import chunks_of, golden, office_in, told

# With the other test that starts working processes: they are forked from one that has everything imported, once.
pytestmark = pytest.mark.xdist_group("judges")
Files = Sequence[Original]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> tuple[Context, Files]:
    return office_in(tmp_path_factory.mktemp("damaged"))


def _judged(context: Context, chunks: Sequence[Files]) -> dict[str, Any]:
    return {path: said for chunk in chunks for path, said in told(read_and_judge(chunk, context)).items()}


def test_one_chunk_of_them_all_is_what_was_last_read_by_a_person(office: tuple[Context, Files]) -> None:
    context, files = office
    assert _judged(context, [files]) == golden()


def test_many_chunks_and_files_alone_are_judged_as_all_together(office: tuple[Context, Files]) -> None:
    context, files = office
    alone = chunks_of(files[11::29], 1)
    assert _judged(context, [*chunks_of(files[::-1], 43), *alone]) == golden()


def test_several_processes_judge_as_one(office: tuple[Context, Files]) -> None:
    context, files = office
    with JudgingPool(context) as pool, closing(pool.judged(chunks_of(files, 30))) as verdicts:
        assert {path: said for chunk in verdicts for path, said in told(chunk).items()} == golden()


def test_the_set_has_a_fault_of_nearly_every_kind() -> None:
    """Those that are left out need another kind of file: a roster, a nil report, two reports at once, a lead who differs."""
    codes = {line.split()[0] for said in golden().values() for line in said["findings"]}
    of_reports = {code for code in CATALOGUE if code.startswith("V")}
    assert of_reports - codes <= {"V106", "V121", "V205", "V304", "V402", "V409", "V412"}
    assert {said["state"] for said in golden().values()} == {"accepted", "queried", "returned", "refused"}
