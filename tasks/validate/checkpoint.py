"""One Great Expectations run over all rows of a chunk -> the rows that failed. Imported only when there are rows.

Belongs here: context, suite, run, and reading its result. The expectations are in `expectations`, the wording of a failure
in `finding_words`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from threading import RLock
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from expectations.rule_meta import CODES, marks_of, read_marks
from tasks.errors import PipelineError

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite
    from great_expectations.expectations.expectation import Expectation


class MissedRow(NamedTuple):
    """One row that failed one expectation: the rule's code, the row's index, and the mark of the rule (`rule_meta.Mark`)."""

    code: str
    key: int
    fields: tuple[str, ...]
    value: str
    expected: str


# The index of every row that failed, without the text of a query that would select them.
_RESULT_FORMAT = {"result_format": "COMPLETE", "return_unexpected_index_query": False}


def make_suite(name: str, expectations: Iterable[Expectation]) -> ExpectationSuite:
    """A suite for `run_checkpoint`. Make it once per process: that takes as long as a run over a thousand rows."""
    # Before the import below: making the expectations imports Great Expectations without its warnings.
    expectations = list(expectations)
    from great_expectations import ExpectationSuite

    return ExpectationSuite(name=name, expectations=expectations)


def run_checkpoint(frame: pd.DataFrame, suite: ExpectationSuite) -> list[MissedRow]:
    """Check the frame (one integer per row as index) against a suite in one run; returns the failed rows in rule order.

    Raises PipelineError when an expectation could not be evaluated: a broken rule is never a clean file.
    """
    # Batch.validate keeps no result, unlike a stored validation definition: memory stays constant over many chunks.
    batch = _batch_definition().get_batch(batch_parameters={"dataframe": frame})
    result = batch.validate(suite, result_format=_RESULT_FORMAT)
    return [miss for outcome in result.results for miss in _misses(outcome, frame)]


def _misses(outcome: Any, frame: pd.DataFrame) -> Iterator[MissedRow]:
    meta = outcome.expectation_config.meta
    if outcome.exception_info.get("raised_exception", True):
        codes = "、".join(mark["code"] for mark in marks_of(meta))
        raise PipelineError(f"规则{codes}没有执行成功：{outcome.exception_info.get('exception_message')}")
    keys = outcome.result.get("unexpected_index_list") or []
    marks = read_marks(meta)
    if "rules" not in marks:
        yield from (_miss(marks, key) for key in keys)
    elif keys:
        # One expectation for several rules: the cell holds the codes of those that failed.
        cells = frame.loc[keys, marks["by"]]
        yield from (
            _miss(marks["rules"][code], key)
            for key, cell in zip(keys, cells, strict=True)
            for code in cell.split(CODES)
        )


def _miss(mark: Mapping[str, Any], key: Any) -> MissedRow:
    return MissedRow(mark["code"], int(key), tuple(mark["fields"]), mark["value"], mark["expected"])


@cache
def _batch_definition() -> Any:
    """The batch definition of every run; one ephemeral context per process, which creates no folder."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig
    from tqdm.auto import tqdm

    # It logs where its temporary folder is, which an office cannot use.
    logger = logging.getLogger("great_expectations.data_context.types.base")
    level = logger.level
    logger.setLevel(logging.WARNING)
    # Its progress bars, though hidden, share one lock among all processes forked from one: a process killed while it holds
    # the lock would stop the others for ever. So this process gets a lock of its own.
    tqdm.set_lock(RLock())
    context = gx.get_context(mode="ephemeral")
    logger.setLevel(level)
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("lianxi").add_dataframe_asset("rows")
    return asset.add_batch_definition_whole_dataframe("all")
