"""What the coordinator sees in the Prefect UI: the matrix of units × standing, the findings, the call list, the brief.

Belongs here: publishing values as artifacts under keys that never change, so that an artifact's history is the
month's history. The values come from `tasks`; nothing is decided here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from prefect.artifacts import Artifact, create_markdown_artifact

from config.calendar import Period
from config.settings import Settings
from expectations.catalogue import CATALOGUE, in_general
from flows.ui.links import artifact_key, artifact_link, base_of, escaped_markdown, file_link
from tasks.mail.contact_history import became
from tasks.mail.letter_wording import without_numbers
from tasks.model.context import Context
from tasks.model.letter import Call, LetterRecord
from tasks.model.meeting import Matter
from tasks.model.submission import Finding, Standing, Submission
from tasks.model.words import PROVISIONAL, PROVISIONAL_WHY, State
from tasks.rollup.matrix import by_urgency, matrix, rates
from tasks.store.brief_issues import load_brief
from tasks.store.reply_records import Reply, load_replies, paths_of_replies

# What needs somebody's attention stands out in bold: a mark would need a font that has it.
_ATTENTION = ("未报", "待更正", "待说明", "迟报")
# After these stand the answers. What is wrong with a file is on the findings' page: the UI wraps no cell, and hides what
# is wider than the screen.
_FIRST = ("单位", "报送事项", "情形")
_SHOWN = (*_FIRST, "应报日期", "首次报送", "逾期工作日")
_ANSWER: Mapping[State, str] = {
    "returned": "退回", "queried": "待说明", "refused": "不予受理", "accepted": "回执",
}  # fmt: skip
# The family of rules on rosters.
_ROSTER = "C"
_SEVERITY = {"refuse": "不予受理", "return": "退回更正", "query": "须作说明", "hint": "提示"}


def publish_matrix(context: Context, period: Period, standings: Sequence[Standing]) -> None:
    """The matrix of units × standing, whoever needs attention first, with the period's counts and ways on above it."""
    counted, plan = rates(standings), context.plan.id
    kinds = {standing.duty.kind for standing in standings}
    titles = [title for title in _SHOWN if title != "报送事项" or len(kinds) > 1]
    answered = load_replies(context.url, plan, period.text)
    lines = []
    for standing, line in zip(by_urgency(standings), matrix(standings), strict=True):
        shown = {title: artifact_cell(line[title], _ATTENTION) for title in titles}
        first = {title: shown.pop(title) for title in _FIRST if title in shown}
        lines.append({**first, "退回和回执": _answers(context, standing, answered), **shown})
    head = (
        f"应报 **{counted['expected']}** 件，已收到 **{counted['received']}** 件，"
        f"已受理 **{counted['accepted']}** 件，其中按时 **{counted['on_time']}** 件。\n\n"
    )
    if any(PROVISIONAL in line["应报日期"] for line in lines):
        head += f"{PROVISIONAL}：{PROVISIONAL_WHY}。\n\n"
    create_markdown_artifact(
        head + _ways_on(context, period, bool(answered)) + artifact_table(lines),
        key=artifact_key("matrix", plan, period.text),
        description=f"{period.label}报送情况",
    )


def _answers(context: Context, standing: Standing, answered: Sequence[Reply]) -> str:
    """A link to each answer this duty's files have had, in order."""
    own = [each for each in answered if (each.unit, each.kind) == (standing.duty.unit, standing.duty.kind)]
    base = base_of(context.settings)
    return " ".join(file_link(base, each.path, f"第{each.version}版{_ANSWER[each.verdict]}") for each in own)


def _ways_on(context: Context, period: Period, any_answered: bool) -> str:
    """Links from the matrix to those other pages of the month that there are: a link must open."""
    plan = context.plan.id
    ways = [
        artifact_link(_findings_key(context, period), "检查发现的问题") if any_answered else "",
        *(
            artifact_link(artifact_key(page, plan), title)
            for page, title in (("letters", "当日信件"), ("calls", "电话催报名单"))
            if Artifact.get(artifact_key(page, plan))
        ),
        artifact_link(artifact_key("brief", plan, period.text), "本期简报")
        if load_brief(context.url, plan, period.text)
        else "",
    ]
    return "相关页面：" + " · ".join(way for way in ways if way) + "\n\n"


def publish_findings(context: Context, period: Period | None, judged: Sequence[Submission]) -> None:
    """Every finding on these files, the gravest first, with the answer that it went into.

    Of a period: on the file that counts for each duty. Without one: on files nobody can tell the period of.
    """
    paths, base = paths_of_replies(context.url, [submission.id for submission in judged]), base_of(context.settings)
    faulty = sorted((each for each in judged if each.findings), key=lambda each: min(map(_gravity, each.findings)))
    told = [
        artifact_entry(
            f"{submission.unit or '（未识别）'} 第{submission.version}版",
            [f"文件：{artifact_cell(submission.path.rsplit('/', 1)[-1])}", *_to_answer(base, paths.get(submission.id))],
            [_finding(each) for each in sorted(submission.findings, key=_gravity)],
        )
        for submission in faulty
    ]
    body = "\n\n".join(told) or "收到的报表没有发现问题。"
    about = f"{period.label}报表" if period else "未识别的来件"
    create_markdown_artifact(body, key=_findings_key(context, period), description=f"{about}检查发现的问题")


def _gravity(finding: Finding) -> int:
    return list(_SEVERITY).index(finding.severity)


def _finding(finding: Finding) -> str:
    where = "、".join(part for part in (_measure(finding), "、".join(finding.cells[:6])) if part)
    about = f"（{artifact_cell(where)}）" if where else ""
    text, remedy = _words(finding)
    return f"**{_SEVERITY[finding.severity]}**{about}：{artifact_cell(text)}　怎么改：{artifact_cell(remedy)}（{finding.code}）"


def _words(finding: Finding) -> tuple[str, str]:
    """What is wrong and what to do; about a person, without what stands in the roster: the cell is named, that is enough."""
    if not finding.code.startswith(_ROSTER):
        return finding.text, finding.remedy
    rule = CATALOGUE[finding.code]
    return in_general(rule.title), in_general(rule.remedy)


def _measure(finding: Finding) -> str:
    return f"措施{finding.measure}" if finding.measure else ""


def _to_answer(base: str, path: str | None) -> list[str]:
    return [f"答复：{file_link(base, path, '打开')}"] if path else []


def _findings_key(context: Context, period: Period | None) -> str:
    return artifact_key("findings", context.plan.id, *([period.text] if period else []))


def publish_calls(plan: str, day: str, calls: Sequence[Call]) -> None:
    """Whom to call today, what exactly is missing, and what was last said to them: one heading a line of the list.

    Telephone numbers are people's own: they stand in the coordinator's morning digest, not in an artifact.
    """
    body = "\n\n".join(map(_call, calls)) or "今天没有需要打电话的单位。"
    body += "\n\n电话号码见当日摘要邮件；打过电话后运行“记录通话”，这里随即更新。" if calls else ""
    create_markdown_artifact(body, key=artifact_key("calls", plan), description=f"{day} 电话催报名单")


def _call(call: Call) -> str:
    told = {
        "缺什么": [call.what],
        "为什么打电话": [call.why],
        "上次通话": [call.said or "还没有通过电话"],
        "最近联系": call.last,
    }
    return artifact_entry(
        call.unit,
        [f"{title}：{artifact_cell(without_numbers(words))}" for title, found in told.items() for words in found],
    )


def publish_letters(plan: str, day: str, records: Sequence[LetterRecord]) -> None:
    """Today's letters, what became of each, and why where one did not arrive."""
    lines = [
        {
            "单位": artifact_cell(record.unit),
            "主题": artifact_cell(record.subject),
            "状态": artifact_cell(became(record)),
            "说明": ""
            if record.state == "sent" and not record.partly
            else artifact_cell(without_numbers(record.answer)),
        }
        for record in records
    ]
    body = artifact_table(lines) if lines else "今天没有信件。"
    create_markdown_artifact(body, key=artifact_key("letters", plan), description=f"{day} 信件")


def publish_brief(context: Context, period: Period, state: str, text: str, files: Sequence[str]) -> None:
    """The brief as drafted or as frozen, in Markdown, with links to its files."""
    body = f"{_files(context.settings, files)}{text}"
    create_markdown_artifact(
        body, key=artifact_key("brief", context.plan.id, period.text), description=f"{period.label}简报（{state}）"
    )


def publish_matters(plan: str, matters: Sequence[Matter], on: dt.date) -> None:
    """Every matter the meeting follows, the open ones first, under the numbers the form asks for."""
    told = [
        artifact_entry(f"{matter.no}　{'超期' if matter.is_overdue(on) else matter.state}", _matter(matter))
        for matter in sorted(matters, key=lambda matter: matter.state != "办理中")
    ]
    body = "\n\n".join(told) or "还没有会议事项。"
    create_markdown_artifact(body, key=artifact_key("matters", plan), description="协调事项和议定事项")


def _matter(matter: Matter) -> list[str]:
    due = matter.due.isoformat() if matter.due else "待会议明确"
    return [
        f"事项：{artifact_cell(matter.words)}",
        f"提出单位：{artifact_cell(matter.raised_by or '—')}；责任单位：{artifact_cell(matter.owner or '待会议明确')}；办结期限：{due}",
        f"办理情况：{artifact_cell(matter.progress or '—')}",
    ]


def publish_counties(settings: Settings, period: Period, text: str, files: Sequence[str]) -> None:
    """The prefecture's issue in Markdown, with links to its files."""
    body = f"{_files(settings, files)}{text}"
    create_markdown_artifact(
        body, key=artifact_key("counties", period.text), description=f"{period.label}各县（市）情况"
    )


def _files(settings: Settings, files: Sequence[str]) -> str:
    listed = "\n".join(f"- {file_link(base_of(settings), file)}" for file in files)
    return f"文件：\n\n{listed}\n\n---\n\n"


def publish_register(plan: str, summary: str, changes: Sequence[str], *, confirmed: bool) -> None:
    """A register as read: what a person should check, and what would change in the plan in force."""
    state = "已生效" if confirmed else "草稿，未生效"
    changed = "\n".join(f"- {artifact_cell(change)}" for change in changes) or "与现行方案没有不同，或尚无现行方案。"
    create_markdown_artifact(
        f"{summary}\n\n## 与现行方案相比（{state}）\n\n{changed}\n",
        key=artifact_key("register", plan),
        description=f"登记方案 {plan}",
    )


def artifact_entry(title: str, lines: Sequence[str], more: Sequence[str] = ()) -> str:
    """A heading with a list below it, and a numbered one below that, of Markdown lines (see `cell`).

    For what is long: the UI wraps a list, while a table hides what is wider than the screen.
    """
    numbered = [f"{number}. {line}" for number, line in enumerate(more, 1)]
    return "\n".join((f"### {artifact_cell(title)}", "", *(f"- {line}" for line in lines), "", *numbered)).rstrip()


def artifact_table(lines: Sequence[Mapping[str, str]]) -> str:
    """A Markdown table of cells that are Markdown already (see `cell`)."""
    titles = list(lines[0])
    rows = ["| " + " | ".join(titles) + " |", "|" + "---|" * len(titles)]
    return "\n".join(rows + ["| " + " | ".join(line[title] for title in titles) + " |" for line in lines])


def artifact_cell(text: str, strong: Sequence[str] = ()) -> str:
    """What units wrote cannot break out of its cell or become markup; `strong` words are bold."""
    return f"**{text}**" if text in strong else escaped_markdown(text)
