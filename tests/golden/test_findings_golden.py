"""The findings of a fixed set of damaged workbooks: what a person last read, however the files come to be judged.

Work on speed must not change a finding; a change that is meant is written with `python -m tests.golden.findings`.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import Any

import pytest

from expectations.catalogue import CATALOGUE
from flows.steps.judge_one_chunk import JudgingInputs, read_and_judge
from flows.steps.judging_pool import Judges
from tasks.model.submission import Original
from tests.golden.findings import chunks_of, desk_in, golden, told

# With the other test that starts working processes: they are forked from one that has everything imported, once.
pytestmark = pytest.mark.xdist_group("judges")
Files = Sequence[Original]


@pytest.fixture(scope="module")
def at_desk(tmp_path_factory: pytest.TempPathFactory) -> tuple[JudgingInputs, Files]:
    return desk_in(tmp_path_factory.mktemp("damaged"))


def _judged(desk: JudgingInputs, chunks: Sequence[Files]) -> dict[str, Any]:
    return {path: said for chunk in chunks for path, said in told(read_and_judge(chunk, desk)).items()}


def test_one_chunk_of_them_all_is_what_was_last_read_by_a_person(at_desk: tuple[JudgingInputs, Files]) -> None:
    desk, files = at_desk
    assert _judged(desk, [files]) == golden()


def test_many_chunks_and_files_alone_are_judged_as_all_together(at_desk: tuple[JudgingInputs, Files]) -> None:
    desk, files = at_desk
    alone = chunks_of(files[11::29], 1)
    assert _judged(desk, [*chunks_of(files[::-1], 43), *alone]) == golden()


def test_several_processes_judge_as_one(at_desk: tuple[JudgingInputs, Files]) -> None:
    desk, files = at_desk
    with Judges(desk) as judges, closing(judges.judged(chunks_of(files, 30))) as verdicts:
        assert {path: said for chunk in verdicts for path, said in told(chunk).items()} == golden()


def test_the_set_has_a_fault_of_nearly_every_kind() -> None:
    """Those that are left out need another kind of file: a roster, a nil report, two reports at once, a lead who differs."""
    codes = {line.split()[0] for said in golden().values() for line in said["findings"]}
    of_reports = {code for code in CATALOGUE if code.startswith("V")}
    assert of_reports - codes <= {"V106", "V121", "V205", "V304", "V402", "V409", "V412"}
    assert {said["state"] for said in golden().values()} == {"accepted", "queried", "returned", "refused"}
