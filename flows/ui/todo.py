"""待办, the coordinator's to-do list: requests for an extension, and files that a person must identify.

Belongs here: collecting and publishing the two lists. Does not belong here: answering them (`extend`, `assign`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from prefect.artifacts import create_markdown_artifact

from flows.ui.artifacts import artifact_cell, artifact_entry, artifact_table
from flows.ui.links import artifact_key, file_link, files_base_url
from tasks.model.run_context import Context
from tasks.model.submission import Submission
from tasks.model.words import KIND_TITLES, Kind
from tasks.read.manual_assignment import IDENTITY_DOUBTS, doubtful_submissions
from tasks.store.duty_table import ExtensionRequest
from tasks.store.extensions import open_requests
from tasks.store.reply_records import paths_of_replies
from tasks.store.submissions import load_received


@dataclass(frozen=True, slots=True)
class Todo:
    """Open requests for an extension, and submissions whose doubts only a person can resolve."""

    requests: tuple[ExtensionRequest, ...]
    doubtful: tuple[Submission, ...]


def read_todo(context: Context) -> Todo:
    """The to-do list as of the ledger's present state."""
    return Todo(
        open_requests(context.url, context.plan.id), doubtful_submissions(load_received(context.url, context.plan.id))
    )


def publish_todo(context: Context) -> None:
    """Publish both lists as one artifact, whose key never changes."""
    todo = read_todo(context)
    body = f"## 延期申请\n\n{_requests(todo.requests)}\n\n## 待认定来件\n\n{_files(context, todo.doubtful)}\n"
    create_markdown_artifact(body, key=artifact_key("todo", context.plan.id), description="待办事项")


def _requests(requests: Sequence[ExtensionRequest]) -> str:
    if not requests:
        return "没有待批复的延期申请。"
    rows = [
        {
            "单位": artifact_cell(each.key[1]),
            "报送事项": KIND_TITLES[cast("Kind", each.key[2])],
            "期间": each.key[3],
            "申请延期至": each.until.isoformat(),
            "收到": f"{each.received_at:%Y-%m-%d %H:%M}",
            "理由": artifact_cell(each.reason or ""),
        }
        for each in requests
    ]
    return artifact_table(rows) + "\n\n在 Deployments 中运行“批复延期”。"


def _files(context: Context, files: Sequence[Submission]) -> str:
    if not files:
        return "没有待认定的来件。"
    paths, base = paths_of_replies(context.url, [each.id for each in files]), files_base_url(context.settings)
    entries = [
        artifact_entry(
            f"来件编号 {each.id}",
            [
                f"文件：{artifact_cell(each.path)}，{each.received_at:%Y-%m-%d %H:%M} 收到",
                f"像是：{artifact_cell(' '.join(part for part in (each.unit, each.period) if part) or '看不出')}",
                *(f"疑点：{artifact_cell(found.text)}" for found in each.findings if found.code in IDENTITY_DOUBTS),
                *([f"答复：{file_link(base, paths[each.id], '打开')}"] if each.id in paths else []),
            ],
        )
        for each in files
    ]
    return "\n\n".join(entries) + "\n\n在 Deployments 中运行“认定来件”，填来件编号、单位和期间。"
