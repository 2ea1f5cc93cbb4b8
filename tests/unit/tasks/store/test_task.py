"""The coats: Chinese names, no caching, one call, and another try only where it helps."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from collections.abc import Callable, Iterator

import pytest
from prefect import Task
from prefect.cache_policies import NO_CACHE
from prefect.logging import disable_run_logger
from prefect.states import Failed

from tasks.errors import InputError, LianxiError, PipelineError, RetryableError
from tasks.model.letter import Letter
from tasks.model.seen_files import SeenFiles
from tasks.model.submission import Duty, Verdict
from tasks.store import task
from tasks.store.pending import claim_pending_originals

PLAN = "yanqi-2023"
COATS = {name: coat for name, coat in vars(task).items() if isinstance(coat, Task)}


@pytest.fixture
def quiet() -> Iterator[None]:
    """Coats without a run around them."""
    with disable_run_logger():
        yield


@pytest.mark.parametrize("name", COATS)
def test_every_coat_has_a_chinese_name_of_its_own_and_caches_nothing(name: str) -> None:
    coat = COATS[name]
    assert re.fullmatch(r"[\u4e00-\u9fff]+", coat.name)
    assert coat.cache_policy is NO_CACHE
    assert [other.name for other in COATS.values()].count(coat.name) == 1
    assert coat.task_run_name in (None, f"{coat.name} {{label}}")


@pytest.mark.parametrize(
    ("error", "again"),
    [(RetryableError("忙"), True), (PipelineError("坏"), False), (InputError("错"), False), (ValueError("x"), False)],
)
def test_only_a_passing_fault_is_tried_again(error: LianxiError, again: bool) -> None:
    assert asyncio.run(task._is_passing(None, None, Failed(data=error))) is again


@pytest.mark.usefixtures("quiet")
def test_a_month_goes_through_the_coats(
    url: str,
    duty: Callable[..., Duty],
    verdict: Callable[..., Verdict],
    letter: Callable[..., Letter],
    at: Callable[..., dt.datetime],
) -> None:
    task.prepare_ledger.fn(url)
    assert task.save_duties.fn(url, [duty()], label="2023-10") == 1
    assert task.load_duties.fn(url, PLAN, "2023-10", label="2023-10") == (duty(),)
    judged = verdict()
    assert task.known_files.fn(url, PLAN, label="2023-10") == SeenFiles()
    originals = [judged.reading.original]
    assert tuple(task.claim_originals.fn(url, originals, at(18), PLAN, label="1–1/1")) == tuple(originals)
    (made,) = task.record_verdicts.fn(url, [judged], at(18), label="1–1/1")
    assert task.unanswered.fn(url, PLAN, label="1–1/1") == (made,)
    task.record_replies.fn(url, [(made.id, None)], at(18), label="1–1/1")
    assert task.load_submissions.fn(url, PLAN, label="2023-10") == (made,)
    assert task.load_rows.fn(url, PLAN, "2023-10", label="2023-10") == (judged.rows, ())
    assert task.load_previous.fn(url, PLAN, {"2023-11"}, {"县商工局"}, label="1–1/1") == judged.rows
    assert task.load_contacts.fn(url, PLAN, dt.date(2023, 10, 23), label="2023-10") == ()
    assert task.enqueue.fn(url, [letter()], at(23), label="2023-10") == (letter(),)
    assert task.ready_letters.fn(url, PLAN, at(23), label="2023-10") == (letter(),)
    assert task.save_draft.fn(url, PLAN, "2023-10", 1, "{}", at(25), label="2023-10").issue_no == 1
    assert task.freeze_brief.fn(url, PLAN, "2023-10", "张三", at(26), label="2023-10").state == "frozen"
    assert tuple(claim_pending_originals(url, [], at(26), PLAN)) == ()
