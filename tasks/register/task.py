"""The Prefect coat of this stage: name, log, one call. Work is in the plain modules beside it."""

from __future__ import annotations

from pathlib import Path

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from config.county import County
from config.plan import Plan
from config.vocabulary import Vocabulary
from tasks.model.submission import WrittenFile
from tasks.register.compare_plans import Difference, differences
from tasks.register.draft import Draft
from tasks.register.parse_document import parse_document
from tasks.register.write_draft import write_draft


@task(name="读文件", task_run_name="读文件 {label}", cache_policy=NO_CACHE)
def read_document_task(
    content: bytes, name: str, vocabulary: Vocabulary, county: County | None, *, label: str
) -> Draft:
    """See `parse.parse_document`. Raises InputError: trying again would not help."""
    draft = parse_document(content, name, vocabulary, county)
    get_run_logger().info("读出措施 %d 条，待确认 %d 项", len(draft.measures), len(draft.uncertainties))
    return draft


@task(
    name="写登记草稿", task_run_name="写登记草稿 {label}", retries=2, retry_delay_seconds=[2, 10], cache_policy=NO_CACHE
)
def write_draft_task(
    draft: Draft, folder: Path, plan_id: str, county_id: str, *, label: str
) -> tuple[WrittenFile, ...]:
    """See `write.write_draft`."""
    written = write_draft(draft, folder, plan_id, county_id)
    get_run_logger().info("写出 %d 个文件", len(written))
    return written


@task(name="比对方案", task_run_name="比对方案 {label}", cache_policy=NO_CACHE)
def compare_task(old: Plan, new: Plan, *, label: str) -> tuple[Difference, ...]:
    """See `difference.differences`."""
    found = differences(old, new)
    get_run_logger().info("与现行方案相差 %d 处", len(found))
    return found
