"""What the coordinator sees in the Prefect UI: the matrix of units × standing, the findings, the call list, the brief.

Belongs here: publishing values as artifacts under keys that never change, so that an artifact's history is the
month's history. The values come from `tasks`; nothing is decided here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from prefect.artifacts import create_markdown_artifact

from config.calendar import Period
from tasks.mail.history import became
from tasks.outcomes import Call, LetterRecord
from tasks.rollup.matrix import matrix, rates
from tasks.shapes import Standing, Submission

# What needs somebody's attention stands out in bold: a mark would need a font that has it.
_ATTENTION = ("未报", "待更正", "待说明", "迟报")
_SHOWN = ("单位", "报送事项", "情形", "应报日期", "首次报送", "受理版本", "逾期工作日", "待办")
_SEVERITY = {"refuse": "不予受理", "return": "退回更正", "query": "须作说明", "hint": "提示"}


def publish_matrix(plan: str, period: Period, standings: Sequence[Standing]) -> None:
    """The matrix of units × standing, whoever needs attention first, with the period's counts above it."""
    counted = rates(standings)
    kinds = {standing.duty.kind for standing in standings}
    titles = [title for title in _SHOWN if title != "报送事项" or len(kinds) > 1]
    lines = [{title: line[title] for title in titles} for line in matrix(standings)]
    head = (
        f"应报 **{counted['expected']}** 件，已收到 **{counted['received']}** 件，"
        f"已受理 **{counted['accepted']}** 件，其中按时 **{counted['on_time']}** 件。\n\n"
    )
    create_markdown_artifact(
        head + _table(lines, strong=_ATTENTION),
        key=_key("matrix", plan, period.text),
        description=f"{period.label}报送情况",
    )


def publish_findings(plan: str, received: Sequence[Submission]) -> None:
    """Every finding of what this pass received, the gravest first, one line each."""
    lines = [
        {
            "单位": submission.unit or "（未识别）",
            "文件": submission.path.rsplit("/", 1)[-1],
            "级别": _SEVERITY[finding.severity],
            "代码": finding.code,
            "措施": finding.measure or "",
            "问题": finding.text,
            "怎么改": finding.remedy,
            "单元格": "、".join(finding.cells[:6]),
        }
        for submission in received
        for finding in submission.findings
    ]
    lines.sort(key=lambda line: list(_SEVERITY.values()).index(line["级别"]))
    body = _table(lines) if lines else "本次收到的报表没有发现问题。"
    create_markdown_artifact(body, key=_key("findings", plan), description="检查发现的问题")


def publish_calls(plan: str, day: str, calls: Sequence[Call]) -> None:
    """Whom to call today, what exactly is missing, and what was last said to them.

    Telephone numbers are people's own: they stand in the coordinator's morning digest, not in an artifact.
    """
    lines = [
        {
            "单位": call.unit,
            "缺什么": call.what,
            "为什么打电话": call.why,
            "逾期工作日": str(call.overdue_workdays),
            "最近三次去信": "；".join(call.last),
        }
        for call in calls
    ]
    body = _table(lines) + "\n\n电话号码见当日摘要邮件。" if lines else "今天没有需要打电话的单位。"
    create_markdown_artifact(body, key=_key("calls", plan), description=f"{day} 电话催报名单")


def publish_letters(plan: str, day: str, records: Sequence[LetterRecord]) -> None:
    """Today's letters and what became of each."""
    lines = [{"单位": record.unit, "主题": record.subject, "状态": became(record)} for record in records]
    body = _table(lines) if lines else "今天没有信件。"
    create_markdown_artifact(body, key=_key("letters", plan), description=f"{day} 信件")


def publish_brief(plan: str, period: Period, state: str, text: str, files: Sequence[str]) -> None:
    """The brief as drafted or as frozen, in Markdown, with where its files lie."""
    listed = "\n".join(f"- `{file}`" for file in files)
    body = f"文件（在数据文件夹内）：\n\n{listed}\n\n---\n\n{text}"
    create_markdown_artifact(body, key=_key("brief", plan, period.text), description=f"{period.label}简报（{state}）")


def publish_counties(period: Period, text: str, files: Sequence[str]) -> None:
    """The prefecture's issue in Markdown, with where its files lie."""
    listed = "\n".join(f"- `{file}`" for file in files)
    body = f"文件（在数据文件夹内）：\n\n{listed}\n\n---\n\n{text}"
    create_markdown_artifact(body, key=_key("counties", period.text), description=f"{period.label}各县（市）情况")


def publish_register(plan: str, summary: str, changes: Sequence[str], *, confirmed: bool) -> None:
    """A register as read: what a person should check, and what would change in the plan in force."""
    state = "已生效" if confirmed else "草稿，未生效"
    changed = "\n".join(f"- {_cell(change)}" for change in changes) or "与现行方案没有不同，或尚无现行方案。"
    create_markdown_artifact(
        f"{summary}\n\n## 与现行方案相比（{state}）\n\n{changed}\n",
        key=_key("register", plan),
        description=f"登记方案 {plan}",
    )


def _key(*parts: str) -> str:
    """Lowercase letters, digits and dashes: what Prefect allows."""
    return re.sub(r"[^a-z0-9]+", "-", "-".join(parts).lower()).strip("-")


def _table(lines: Sequence[Mapping[str, str]], strong: Sequence[str] = ()) -> str:
    """A Markdown table; what units wrote cannot break out of its cell or become markup. `strong` words are bold."""
    titles = list(lines[0])
    rows = ["| " + " | ".join(titles) + " |", "|" + "---|" * len(titles)]
    return "\n".join(
        rows + ["| " + " | ".join(_cell(line[title], strong) for title in titles) + " |" for line in lines]
    )


def _cell(text: str, strong: Sequence[str] = ()) -> str:
    if text in strong:
        return f"**{text}**"
    flat = re.sub(r"\s+", " ", text).replace("&", "&amp;").replace("<", "&lt;")
    return re.sub(r"([\\|`*_\[\]])", r"\\\1", flat)
