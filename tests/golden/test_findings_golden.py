"""The findings of a fixed set of damaged workbooks are those a person approved, however the files are split into chunks.

Work on speed must not change a finding; an intended change is written with `python -m tests.golden.findings`.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import Any

import pytest

from expectations.catalogue import CATALOGUE
from flows.steps.judge_one_chunk import read_and_judge
from flows.steps.judging_pool import JudgingPool
from tasks.model.run_context import Context
from tasks.model.submission import Original
from tests.golden.findings import as_text, chunks_of, golden, office_in

# In one worker with the other test that starts processes: all are forked from one process that has everything imported.
pytestmark = pytest.mark.xdist_group("judges")
Files = Sequence[Original]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> tuple[Context, Files]:
    return office_in(tmp_path_factory.mktemp("damaged"))


def _judged(context: Context, chunks: Sequence[Files]) -> dict[str, Any]:
    return {path: text for chunk in chunks for path, text in as_text(read_and_judge(chunk, context)).items()}


def test_all_files_in_one_chunk_give_the_approved_findings(office: tuple[Context, Files]) -> None:
    context, files = office
    assert _judged(context, [files]) == golden()


def test_many_chunks_and_single_files_give_the_same_findings(office: tuple[Context, Files]) -> None:
    context, files = office
    alone = chunks_of(files[11::29], 1)
    assert _judged(context, [*chunks_of(files[::-1], 43), *alone]) == golden()


def test_several_processes_give_the_same_findings(office: tuple[Context, Files]) -> None:
    context, files = office
    with JudgingPool(context) as pool, closing(pool.judged(chunks_of(files, 30))) as verdicts:
        assert {path: text for chunk in verdicts for path, text in as_text(chunk).items()} == golden()


def test_the_set_has_a_fault_of_nearly_every_kind() -> None:
    """The codes left out need another kind of file: a roster, a nil report, two reports at once, a lead whose figure differs."""
    codes = {line.split()[0] for text in golden().values() for line in text["findings"]}
    of_reports = {code for code in CATALOGUE if code.startswith("V")}
    assert of_reports - codes <= {"V106", "V121", "V205", "V304", "V402", "V409", "V412"}
    assert {text["state"] for text in golden().values()} == {"accepted", "queried", "returned", "refused"}
