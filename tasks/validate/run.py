"""One Great Expectations run over all rows of a chunk -> what missed. Imported only once there is a row.

Belongs here: context, suite, run, and reading its result. Which expectations there are is `expectations`;
what a miss means to a unit is `words`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from tasks.errors import PipelineError

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation


@dataclass(frozen=True, slots=True)
class Miss:
    """One row that missed one expectation: the rule's code, the row's index, and what to say (`expectations.marks`)."""

    code: str
    key: int
    fields: tuple[str, ...]
    value: str
    expected: str


def run(frame: pd.DataFrame, expectations: Iterable[Expectation]) -> list[Miss]:
    """Hold the frame (indexed by one integer a row) against all expectations in one run; the misses in rule order.

    Raises PipelineError when an expectation could not be evaluated: a broken rule is never a clean file.
    """
    if frame.empty:
        return []
    # First, for they import Great Expectations quietly.
    wanted = list(expectations)
    from great_expectations import ExpectationSuite

    suite = ExpectationSuite(name="suite", expectations=wanted)
    # Batch.validate keeps no result, unlike a stored validation definition: memory stays flat over many chunks.
    batch = _batches().get_batch(batch_parameters={"dataframe": frame})
    result = batch.validate(suite, result_format={"result_format": "COMPLETE"})
    return [miss for outcome in result.results for miss in _misses(outcome)]


def _misses(outcome: Any) -> Iterator[Miss]:
    mark = outcome.expectation_config.meta
    if outcome.exception_info.get("raised_exception", True):
        raise PipelineError(f"规则{mark['code']}没有执行成功：{outcome.exception_info.get('exception_message')}")
    for key in outcome.result.get("unexpected_index_list") or ():
        yield Miss(mark["code"], int(key), tuple(mark["fields"]), mark["value"], mark["expected"])


@cache
def _batches() -> Any:
    """The batch definition every run uses; one ephemeral context a process, which leaves no folder behind."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    # It tells the office's log where its temporary folder is, which helps nobody.
    talker = logging.getLogger("great_expectations.data_context.types.base")
    level = talker.level
    talker.setLevel(logging.WARNING)
    context = gx.get_context(mode="ephemeral")
    talker.setLevel(level)
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("lianxi").add_dataframe_asset("rows")
    return asset.add_batch_definition_whole_dataframe("all")
