"""Tasks made from plain functions: plain outside a flow, named in Chinese, and tried again only where it helps."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from importlib import import_module
from inspect import getclosurevars, isfunction, signature
from string import Formatter
from typing import Any

import pytest
from prefect import Task
from prefect.cache_policies import NO_CACHE
from prefect.states import Failed

from config.paths import PROJECT
from tasks.errors import InputError, LianxiError, PipelineError, RetryableError
from tasks.task import as_task, is_retryable


def _made() -> Iterator[tuple[str, Task[..., Any]]]:
    """The Prefect task of every module-level name that `as_task` made, once."""
    found: dict[int, tuple[str, Task[..., Any]]] = {}
    for room in ("tasks", "flows"):
        for path in sorted((PROJECT / room).rglob("*.py")):
            if "as_task(" in path.read_text(encoding="utf-8"):
                module = import_module(".".join(path.relative_to(PROJECT).with_suffix("").parts))
                for name, value in vars(module).items():
                    made = getclosurevars(value).nonlocals.get("task") if isfunction(value) else None
                    if isinstance(made, Task):
                        found.setdefault(id(made), (name, made))
    yield from found.values()


TASKS = dict(_made())


def test_a_run_shows_some_twenty_steps_and_no_more() -> None:
    assert 10 <= len(TASKS) <= 20, sorted(TASKS)


@pytest.mark.parametrize("name", TASKS)
def test_every_task_has_a_chinese_name_of_its_own_and_caches_nothing(name: str) -> None:
    task = TASKS[name]
    assert re.fullmatch(r"[\u4e00-\u9fff]+", task.name)
    assert task.cache_policy is NO_CACHE
    assert [other.name for other in TASKS.values()].count(task.name) == 1


@pytest.mark.parametrize("name", TASKS)
def test_a_run_is_named_by_the_tasks_name_and_its_parameters(name: str) -> None:
    task = TASKS[name]
    if task.task_run_name is None:
        return
    assert isinstance(task.task_run_name, str)
    assert task.task_run_name.startswith(task.name)
    fields = {re.split(r"[.\[]", field)[0] for _, field, _, _ in Formatter().parse(task.task_run_name) if field}
    assert fields <= set(signature(task.fn).parameters)


@pytest.mark.parametrize(
    ("error", "again"),
    [(RetryableError("忙"), True), (PipelineError("坏"), False), (InputError("错"), False), (ValueError("x"), False)],
)
def test_only_a_passing_fault_is_tried_again(error: LianxiError, again: bool) -> None:
    assert asyncio.run(is_retryable(None, None, Failed(data=error))) is again


def test_outside_a_flow_run_a_task_is_the_function_it_was_made_from() -> None:
    doubled = as_task(lambda number: number * 2, "加倍", run_name="加倍 {number}", log=str, retries=True)
    assert (doubled(21), doubled(number=4)) == (42, 8)
