"""待办: what waits for the coordinator: requests for an extension, and files nobody can tell the owner of.

Belongs here: gathering the two lists, and showing them in the UI. How each is answered is `extend` and `assign`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from prefect.artifacts import create_markdown_artifact

from flows.ui.artifacts import artifact_cell, artifact_entry, artifact_table
from flows.ui.links import artifact_key, base_of, file_link
from tasks.model.context import Context
from tasks.model.submission import Submission
from tasks.model.words import KIND_TITLES, NOT_ACCEPTED, Kind
from tasks.read.manual_assignment import DOUBTS
from tasks.store.duty_table import ExtensionRequest
from tasks.store.extensions import open_requests
from tasks.store.reply_records import paths_of_replies
from tasks.store.submissions import load_received

ASSIGNED = "人工认定"


@dataclass(frozen=True, slots=True)
class Todo:
    """Requests without an answer, and submissions held up by a doubt that a person can settle."""

    requests: tuple[ExtensionRequest, ...]
    doubtful: tuple[Submission, ...]


def read_todo(context: Context) -> Todo:
    """What waits now."""
    return Todo(open_requests(context.url, context.plan.id), doubtful(load_received(context.url, context.plan.id)))


def doubtful(received: Iterable[Submission]) -> tuple[Submission, ...]:
    """Files held up by a doubt of whose they are, unless a person has said it or something newer is in force."""
    known = tuple(received)
    told = {each.sha256 for each in known if f"/{ASSIGNED}/" in each.path}
    done = {(each.unit, each.kind, each.period) for each in known if each.state == "accepted"}
    return tuple(
        each
        for each in known
        if each.sha256 not in told
        and each.state in NOT_ACCEPTED
        and (each.unit, each.kind, each.period) not in done
        and any(found.code in DOUBTS and found.severity != "hint" for found in each.findings)
    )


def publish_todo(context: Context) -> None:
    """Both lists under one key that never changes."""
    waiting = read_todo(context)
    body = f"## 延期申请\n\n{_requests(waiting.requests)}\n\n## 待认定来件\n\n{_files(context, waiting.doubtful)}\n"
    create_markdown_artifact(body, key=artifact_key("todo", context.plan.id), description="待办事项")


def _requests(requests: Sequence[ExtensionRequest]) -> str:
    if not requests:
        return "没有待批复的延期申请。"
    lines = [
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
    return artifact_table(lines) + "\n\n在 Deployments 中运行“批复延期”。"


def _files(context: Context, files: Sequence[Submission]) -> str:
    if not files:
        return "没有待认定的来件。"
    paths, base = paths_of_replies(context.url, [each.id for each in files]), base_of(context.settings)
    told = [
        artifact_entry(
            f"来件编号 {each.id}",
            [
                f"文件：{artifact_cell(each.path)}，{each.received_at:%Y-%m-%d %H:%M} 收到",
                f"像是：{artifact_cell(' '.join(part for part in (each.unit, each.period) if part) or '看不出')}",
                *(f"疑点：{artifact_cell(found.text)}" for found in each.findings if found.code in DOUBTS),
                *([f"答复：{file_link(base, paths[each.id], '打开')}"] if each.id in paths else []),
            ],
        )
        for each in files
    ]
    return "\n\n".join(told) + "\n\n在 Deployments 中运行“认定来件”，填来件编号、单位和期间。"
