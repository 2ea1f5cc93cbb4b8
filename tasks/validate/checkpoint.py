"""One Great Expectations run over all rows of a chunk -> what missed. Imported only once there is a row.

Belongs here: context, suite, run, and reading its result. Which expectations there are is `expectations`;
what a miss means to a unit is `words`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from threading import RLock
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from expectations.rule_meta import CODES, rules_of, said_by
from tasks.errors import PipelineError

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite
    from great_expectations.expectations.expectation import Expectation


class MissedRow(NamedTuple):
    """One row that missed one expectation: the rule's code, the row's index, and what to say (`expectations.rule_meta`)."""

    code: str
    key: int
    fields: tuple[str, ...]
    value: str
    expected: str


# Every key that missed; not, besides, the text of a query for them.
_WANTED = {"result_format": "COMPLETE", "return_unexpected_index_query": False}


def suite_of(name: str, expectations: Iterable[Expectation]) -> ExpectationSuite:
    """A suite to `run`. Made once a process: putting one together takes as long as a run over a thousand rows."""
    # First, for they import Great Expectations quietly.
    wanted = list(expectations)
    from great_expectations import ExpectationSuite

    return ExpectationSuite(name=name, expectations=wanted)


def run_checkpoint(frame: pd.DataFrame, suite: ExpectationSuite) -> list[MissedRow]:
    """Hold the frame (indexed by one integer a row) against a whole suite in one run; the misses in rule order.

    Raises PipelineError when an expectation could not be evaluated: a broken rule is never a clean file.
    """
    # Batch.validate keeps no result, unlike a stored validation definition: memory stays flat over many chunks.
    batch = _batches().get_batch(batch_parameters={"dataframe": frame})
    result = batch.validate(suite, result_format=_WANTED)
    return [miss for outcome in result.results for miss in _misses(outcome, frame)]


def _misses(outcome: Any, frame: pd.DataFrame) -> Iterator[MissedRow]:
    meta = outcome.expectation_config.meta
    if outcome.exception_info.get("raised_exception", True):
        codes = "、".join(mark["code"] for mark in rules_of(meta))
        raise PipelineError(f"规则{codes}没有执行成功：{outcome.exception_info.get('exception_message')}")
    keys = outcome.result.get("unexpected_index_list") or []
    said = said_by(meta)
    if "rules" not in said:
        yield from (_miss(said, key) for key in keys)
    elif keys:
        # One expectation for several rules: the cell says which.
        cells = frame.loc[keys, said["by"]]
        yield from (
            _miss(said["rules"][code], key) for key, cell in zip(keys, cells, strict=True) for code in cell.split(CODES)
        )


def _miss(mark: Mapping[str, Any], key: Any) -> MissedRow:
    return MissedRow(mark["code"], int(key), tuple(mark["fields"]), mark["value"], mark["expected"])


@cache
def _batches() -> Any:
    """The batch definition every run uses; one ephemeral context a process, which leaves no folder behind."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig
    from tqdm.auto import tqdm

    # It tells the office's log where its temporary folder is, which helps nobody.
    talker = logging.getLogger("great_expectations.data_context.types.base")
    level = talker.level
    talker.setLevel(logging.WARNING)
    # The progress bars it makes, though none is shown, share one lock among all processes forked from one: whichever is
    # killed while it holds it would stop the others for ever. A lock of this process's own.
    tqdm.set_lock(RLock())
    context = gx.get_context(mode="ephemeral")
    talker.setLevel(level)
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("lianxi").add_dataframe_asset("rows")
    return asset.add_batch_definition_whole_dataframe("all")
