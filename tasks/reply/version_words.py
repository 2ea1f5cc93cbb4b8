"""The sentences on which file counts, and on what a new version changes.

Belongs here: those sentences, for the receipt and the list of findings. The comparison itself is in `PreviousVersion`.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from config.workbook import WorkbookLayout
from tasks.model.submission import Change, PreviousVersion, Submission

# Short values are quoted; a longer text, which may be a page, is only reported as changed.
_QUOTED_CHARS = 24
_LISTED_ROWS = 12


def counting_file_words(submission: Submission, before: PreviousVersion | None) -> str:
    """The sentence on which file counts after this decision."""
    if submission.state == "accepted":
        late = before is not None and before.received_at > submission.received_at
        if late and before is not None:
            return f"仍以收到时间更晚的{_version_name(before)}计入汇总，本版留存备查。"
        sentence = "现以本版（零报告）为准，视为已按规定报送。" if submission.nil else "现以本版所填内容计入汇总。"
        return sentence + (f"原来有效的{_version_name(before)}不再使用。" if before else "")
    if not (submission.unit and submission.kind and submission.period):
        return ""
    if before is None:
        return "目前没有已受理的版本，本期数据尚未计入汇总。"
    return f"目前计入汇总的仍是{_version_name(before)}；本版未受理，不影响它。"


def difference_words(before: PreviousVersion | None, layout: WorkbookLayout) -> str:
    """What changed since the version in force before, measure by measure; "" if there was none."""
    if before is None:
        return ""
    if not before.changes:
        return f"与上一版（第{before.version}版）相比：各项内容没有变化。"
    titles = {column.field: column.title for column in layout.columns("progress")}
    rows: dict[tuple[str, str], list[Change]] = {}
    for change in before.changes:
        rows.setdefault((change.measure, change.metric), []).append(change)
    texts = [
        f"第{measure}项{f'（{metric}）' if metric else ''}："
        + "，".join(_change_words(change, titles.get(change.field, change.field)) for change in changes)
        for (measure, metric), changes in list(rows.items())[:_LISTED_ROWS]
    ]
    if (rest := len(rows) - _LISTED_ROWS) > 0:
        texts.append(f"另有{rest}行有变动")
    head = f"与上一版（第{before.version}版）相比，共{len(before.changes)}处变动："
    return head + "；".join(texts) + "。"


def _change_words(change: Change, title: str) -> str:
    before, after = (text.rstrip("。") for text in (change.before, change.after))
    if not after:
        return f"“{title}”已清空"
    if max(len(before), len(after)) > _QUOTED_CHARS:
        return f"“{title}”有改动" if before else f"“{title}”新填"
    return f"“{title}”由“{before}”改为“{after}”" if before else f"“{title}”新填“{after}”"


def _version_name(before: PreviousVersion) -> str:
    name = PurePosixPath(before.path).name
    return f"第{before.version}版（{name}，{before.received_at:%Y-%m-%d %H:%M}收到）"
