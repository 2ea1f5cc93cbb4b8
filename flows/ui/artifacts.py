"""Publishes what the coordinator sees in the Prefect UI: the matrix, the findings, the call list, letters, the brief.

Belongs here: values as Markdown artifacts under keys that never change, so that an artifact's history is the history of
the month. Does not belong here: decisions; the values come from `tasks`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from prefect.artifacts import Artifact, create_markdown_artifact

from config.calendar import Period
from config.settings import Settings
from expectations.catalogue import CATALOGUE, general_text
from flows.ui.links import artifact_key, artifact_link, escaped_markdown, file_link, files_base_url
from tasks.mail.contact_history import letter_outcome
from tasks.mail.letter_wording import without_numbers
from tasks.model.letter import Call, LetterRecord
from tasks.model.meeting import Matter
from tasks.model.run_context import Context
from tasks.model.submission import Finding, Standing, Submission
from tasks.model.words import NEEDS_ACTION, PROVISIONAL, PROVISIONAL_WHY, SEVERITIES, SEVERITY_WORDS, State
from tasks.rollup.matrix import by_urgency, matrix, rates
from tasks.store.brief_issues import load_brief
from tasks.store.reply_records import Reply, load_replies, paths_of_replies

# The column of replies follows these. The findings have a page of their own: the UI does not wrap cells, and hides what
# is wider than the screen.
_FIRST_COLUMNS = ("单位", "报送事项", "情形")
_COLUMNS = (*_FIRST_COLUMNS, "应报日期", "首次报送", "逾期工作日")
_ANSWER: Mapping[State, str] = {
    "returned": "退回", "queried": "待说明", "refused": "不予受理", "accepted": "回执",
}  # fmt: skip
# First letter of the codes of rules on rosters.
_ROSTER_RULES = "C"


def publish_matrix(context: Context, period: Period, standings: Sequence[Standing]) -> None:
    """The matrix of units × standing, the most urgent first, below the period's counts and links to related pages."""
    counted, plan = rates(standings), context.plan.id
    kinds = {standing.duty.kind for standing in standings}
    titles = [title for title in _COLUMNS if title != "报送事项" or len(kinds) > 1]
    written = load_replies(context.url, plan, period.text)
    rows = []
    for standing, row in zip(by_urgency(standings), matrix(standings), strict=True):
        cells = {title: artifact_cell(row[title], NEEDS_ACTION) for title in titles}
        first = {title: cells.pop(title) for title in _FIRST_COLUMNS if title in cells}
        rows.append({**first, "退回和回执": _reply_links(context, standing, written), **cells})
    head = (
        f"应报 **{counted['expected']}** 件，已收到 **{counted['received']}** 件，"
        f"已受理 **{counted['accepted']}** 件，其中按时 **{counted['on_time']}** 件。\n\n"
    )
    if any(PROVISIONAL in row["应报日期"] for row in rows):
        head += f"{PROVISIONAL}：{PROVISIONAL_WHY}。\n\n"
    create_markdown_artifact(
        head + _related_pages(context, period, bool(written)) + artifact_table(rows),
        key=artifact_key("matrix", plan, period.text),
        description=f"{period.label}报送情况",
    )


def _reply_links(context: Context, standing: Standing, written: Sequence[Reply]) -> str:
    """A link to each reply to the files of this duty, in order."""
    own = [each for each in written if (each.unit, each.kind) == (standing.duty.unit, standing.duty.kind)]
    base = files_base_url(context.settings)
    return " ".join(file_link(base, each.path, f"第{each.version}版{_ANSWER[each.verdict]}") for each in own)


def _related_pages(context: Context, period: Period, has_findings: bool) -> str:
    """Links to the other pages of the month that exist by now."""
    plan = context.plan.id
    links = [
        artifact_link(_findings_key(context, period), "检查发现的问题") if has_findings else "",
        *(
            artifact_link(artifact_key(page, plan), title)
            for page, title in (("letters", "当日信件"), ("calls", "电话催报名单"))
            if Artifact.get(artifact_key(page, plan))
        ),
        artifact_link(artifact_key("brief", plan, period.text), "本期简报")
        if load_brief(context.url, plan, period.text)
        else "",
    ]
    return "相关页面：" + " · ".join(link for link in links if link) + "\n\n"


def publish_findings(context: Context, period: Period | None, judged: Sequence[Submission]) -> None:
    """All findings on these files, the most severe first, with a link to the reply.

    With a period, `judged` are the files in force for its duties; without one, files whose period is unknown.
    """
    paths, base = (
        paths_of_replies(context.url, [submission.id for submission in judged]),
        files_base_url(context.settings),
    )
    faulty = sorted(
        (each for each in judged if each.findings), key=lambda each: min(map(_severity_rank, each.findings))
    )
    entries = [
        artifact_entry(
            f"{submission.unit or '（未识别）'} 第{submission.version}版",
            [
                f"文件：{artifact_cell(submission.path.rsplit('/', 1)[-1])}",
                *([f"答复：{file_link(base, paths[submission.id], '打开')}"] if submission.id in paths else []),
            ],
            [_finding(each) for each in sorted(submission.findings, key=_severity_rank)],
        )
        for submission in faulty
    ]
    body = "\n\n".join(entries) or "收到的报表没有发现问题。"
    about = f"{period.label}报表" if period else "未识别的来件"
    create_markdown_artifact(body, key=_findings_key(context, period), description=f"{about}检查发现的问题")


def _severity_rank(finding: Finding) -> int:
    return SEVERITIES.index(finding.severity)


def _finding(finding: Finding) -> str:
    measure = f"措施{finding.measure}" if finding.measure else ""
    where = "、".join(part for part in (measure, "、".join(finding.cells[:6])) if part)
    about = f"（{artifact_cell(where)}）" if where else ""
    text, remedy = _text_and_remedy(finding)
    return f"**{SEVERITY_WORDS[finding.severity]}**{about}：{artifact_cell(text)}　怎么改：{artifact_cell(remedy)}（{finding.code}）"


def _text_and_remedy(finding: Finding) -> tuple[str, str]:
    """What is wrong and what to do. For roster rules the general wording, which quotes no personal data."""
    if not finding.code.startswith(_ROSTER_RULES):
        return finding.text, finding.remedy
    rule = CATALOGUE[finding.code]
    return general_text(rule.title), general_text(rule.remedy)


def _findings_key(context: Context, period: Period | None) -> str:
    return artifact_key("findings", context.plan.id, *([period.text] if period else []))


def publish_calls(plan: str, day: str, calls: Sequence[Call]) -> None:
    """Whom to call today, what is missing, and the last contacts: one heading per call.

    Telephone numbers are personal data: the coordinator's morning digest has them, an artifact does not.
    """
    body = "\n\n".join(map(_call, calls)) or "今天没有需要打电话的单位。"
    body += "\n\n电话号码见当日摘要邮件；打过电话后运行“记录通话”，这里随即更新。" if calls else ""
    create_markdown_artifact(body, key=artifact_key("calls", plan), description=f"{day} 电话催报名单")


def _call(call: Call) -> str:
    lines = {
        "缺什么": [call.what],
        "为什么打电话": [call.why],
        "上次通话": [call.said or "还没有通过电话"],
        "最近联系": call.last,
    }
    return artifact_entry(
        call.unit,
        [f"{title}：{artifact_cell(without_numbers(text))}" for title, texts in lines.items() for text in texts],
    )


def publish_letters(plan: str, day: str, records: Sequence[LetterRecord]) -> None:
    """Today's letters with their state, and the reason where one was not delivered."""
    rows = [
        {
            "单位": artifact_cell(record.unit),
            "主题": artifact_cell(record.subject),
            "状态": artifact_cell(letter_outcome(record)),
            "说明": ""
            if record.state == "sent" and not record.partly
            else artifact_cell(without_numbers(record.answer)),
        }
        for record in records
    ]
    body = artifact_table(rows) if rows else "今天没有信件。"
    create_markdown_artifact(body, key=artifact_key("letters", plan), description=f"{day} 信件")


def publish_brief(context: Context, period: Period, state: str, text: str, files: Sequence[str]) -> None:
    """The drafted or frozen brief in Markdown, with links to its files."""
    body = f"{_files(context.settings, files)}{text}"
    create_markdown_artifact(
        body, key=artifact_key("brief", context.plan.id, period.text), description=f"{period.label}简报（{state}）"
    )


def publish_matters(plan: str, matters: Sequence[Matter], on: dt.date) -> None:
    """All matters that the meeting follows, the open ones first, with the numbers to enter in the form."""
    entries = [
        artifact_entry(f"{matter.no}　{'超期' if matter.is_overdue(on) else matter.state}", _matter(matter))
        for matter in sorted(matters, key=lambda matter: matter.state != "办理中")
    ]
    body = "\n\n".join(entries) or "还没有会议事项。"
    create_markdown_artifact(body, key=artifact_key("matters", plan), description="协调事项和议定事项")


def _matter(matter: Matter) -> list[str]:
    due = matter.due.isoformat() if matter.due else "待会议明确"
    return [
        f"事项：{artifact_cell(matter.words)}",
        f"提出单位：{artifact_cell(matter.raised_by or '—')}；责任单位：{artifact_cell(matter.owner or '待会议明确')}；办结期限：{due}",
        f"办理情况：{artifact_cell(matter.progress or '—')}",
    ]


def publish_counties(settings: Settings, period: Period, text: str, files: Sequence[str]) -> None:
    """The prefecture's overview in Markdown, with links to its files."""
    body = f"{_files(settings, files)}{text}"
    create_markdown_artifact(
        body, key=artifact_key("counties", period.text), description=f"{period.label}各县（市）情况"
    )


def _files(settings: Settings, files: Sequence[str]) -> str:
    listed = "\n".join(f"- {file_link(files_base_url(settings), file)}" for file in files)
    return f"文件：\n\n{listed}\n\n---\n\n"


def publish_register(plan: str, summary: str, changes: Sequence[str], *, confirmed: bool) -> None:
    """A register draft: what a person should check, and the changes against the plan in force."""
    state = "已生效" if confirmed else "草稿，未生效"
    changed = "\n".join(f"- {artifact_cell(change)}" for change in changes) or "与现行方案没有不同，或尚无现行方案。"
    create_markdown_artifact(
        f"{summary}\n\n## 与现行方案相比（{state}）\n\n{changed}\n",
        key=artifact_key("register", plan),
        description=f"登记方案 {plan}",
    )


def artifact_entry(title: str, lines: Sequence[str], more: Sequence[str] = ()) -> str:
    """A heading, a bulleted list and a numbered list of Markdown lines (see `artifact_cell`).

    Use it for long text: the UI wraps lists, but hides the part of a table that is wider than the screen.
    """
    numbered = [f"{number}. {line}" for number, line in enumerate(more, 1)]
    return "\n".join((f"### {artifact_cell(title)}", "", *(f"- {line}" for line in lines), "", *numbered)).rstrip()


def artifact_table(rows: Sequence[Mapping[str, str]]) -> str:
    """A Markdown table of at least one row, whose cells are Markdown already (see `artifact_cell`)."""
    titles = list(rows[0])
    lines = ["| " + " | ".join(titles) + " |", "|" + "---|" * len(titles)]
    return "\n".join(lines + ["| " + " | ".join(row[title] for title in titles) + " |" for row in rows])


def artifact_cell(text: str, bold: Sequence[str] = ()) -> str:
    """Text as Markdown that cannot leave its cell or become markup; bold if it is one of `bold`."""
    return f"**{text}**" if text in bold else escaped_markdown(text)
