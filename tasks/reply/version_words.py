"""Which file counts, and what a new version changes, in words.

Belongs here: those sentences, for the receipt and the list. The comparison itself comes with the submission.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from config.workbook import WorkbookLayout
from tasks.model.submission import Change, PreviousVersion, Submission

# Figures are told as they are; of prose, which may be a page, it is told that it changed.
_TOLD_CHARS = 24
_TOLD_MEASURES = 12


def which_counts(submission: Submission, before: PreviousVersion | None) -> str:
    """The sentence that says which file counts after this decision."""
    if submission.state == "accepted":
        late = before is not None and before.received_at > submission.received_at
        if late and before is not None:
            return f"仍以收到时间更晚的{_named(before)}计入汇总，本版留存备查。"
        counts = "现以本版（零报告）为准，视为已按规定报送。" if submission.nil else "现以本版所填内容计入汇总。"
        return counts + (f"原来有效的{_named(before)}不再使用。" if before else "")
    if not (submission.unit and submission.kind and submission.period):
        return ""
    if before is None:
        return "目前没有已受理的版本，本期数据尚未计入汇总。"
    return f"目前计入汇总的仍是{_named(before)}；本版未受理，不影响它。"


def difference(before: PreviousVersion | None, layout: WorkbookLayout) -> str:
    """What changed against the version in force before, measure by measure; nothing where none was."""
    if before is None:
        return ""
    if not before.changes:
        return f"与上一版（第{before.version}版）相比：各项内容没有变化。"
    titles = {column.field: column.title for column in layout.columns("progress")}
    measures: dict[tuple[str, str], list[Change]] = {}
    for change in before.changes:
        measures.setdefault((change.measure, change.metric), []).append(change)
    lines = [
        f"第{measure}项{f'（{metric}）' if metric else ''}："
        + "，".join(_one(change, titles.get(change.field, change.field)) for change in changes)
        for (measure, metric), changes in list(measures.items())[:_TOLD_MEASURES]
    ]
    if (rest := len(measures) - _TOLD_MEASURES) > 0:
        lines.append(f"另有{rest}行有变动")
    head = f"与上一版（第{before.version}版）相比，共{len(before.changes)}处变动："
    return head + "；".join(lines) + "。"


def _one(change: Change, title: str) -> str:
    before, after = (text.rstrip("。") for text in (change.before, change.after))
    if not after:
        return f"“{title}”已清空"
    if max(len(before), len(after)) > _TOLD_CHARS:
        return f"“{title}”有改动" if before else f"“{title}”新填"
    return f"“{title}”由“{before}”改为“{after}”" if before else f"“{title}”新填“{after}”"


def _named(before: PreviousVersion) -> str:
    name = PurePosixPath(before.path).name
    return f"第{before.version}版（{name}，{before.received_at:%Y-%m-%d %H:%M}收到）"
