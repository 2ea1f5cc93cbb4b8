"""The page of the year's holidays in the UI: what was understood of a notice, before and after it is confirmed."""

from __future__ import annotations

from collections.abc import Sequence

from prefect.artifacts import create_markdown_artifact

from config.holiday_notice import HolidayNotice, days_in_words
from flows.ui.artifacts import artifact_cell, artifact_table
from flows.ui.links import artifact_key


def publish_holidays(notice: HolidayNotice, hints: Sequence[str], settled: Sequence[str], *, confirmed: bool) -> None:
    """Every festival with its days, then what is to be checked, and which due days moved."""
    lines = [
        {
            "节日": artifact_cell(each.name),
            "放假": days_in_words(each.holidays),
            "周末上班": days_in_words(each.workdays),
        }
        for each in notice.festivals
    ]
    state = "已登记" if confirmed else "未登记"
    then = "" if confirmed else "\n\n核对无误后，勾选“核对无误，正式登记”再运行一次。"
    told = "".join(
        f"\n\n## {title}\n\n" + "\n".join(f"- {artifact_cell(line)}" for line in found)
        for title, found in (("请核对", hints), ("截止日期有变动的应报事项", settled))
        if found
    )
    create_markdown_artifact(
        f"## {notice.year}年放假安排（{state}）\n\n" + artifact_table(lines) + told + then,
        key=artifact_key("holidays"),
        description=f"{notice.year}年放假安排（{state}）",
    )
