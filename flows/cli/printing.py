"""Prints what the commands of `month`, `reports` and `coordinator` return: plain Chinese, or JSON for programs.

Belongs here: words and tables for a terminal. Does not belong here: decisions, reading files or the ledger.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tasks.model.words import BY_URGENCY, KIND_TITLES, PROVISIONAL, PROVISIONAL_WHY

if TYPE_CHECKING:
    import datetime as dt

    from flows.admin.letters import LetterList
    from flows.admin.recheck import Rechecked
    from flows.admin.status import Status
    from flows.call import NotedCall
    from flows.chase import Chased
    from flows.decide import DecidedMatter
    from flows.issue import Issued
    from flows.prefecture import PrefectureIssue
    from flows.register import Registered
    from flows.steps.brief_draft import Briefed
    from flows.steps.results import Posted, Taken
    from flows.ui.todo import Todo
    from tasks.model.letter import LetterRecord
    from tasks.model.meeting import Matter
    from tasks.model.submission import Standing
    from tasks.register.draft import Draft

_COLOURS = {
    "按时": "green",
    "零报告": "green",
    "迟报": "yellow",
    "延期": "blue",
    "未到期": "white",
    "待更正": "dark_orange",
    "待说明": "dark_orange",
    "未报": "red",
}


def print_register_json(draft: Draft) -> None:
    """`lianxi register --json`: the register as read from the document."""
    print(json.dumps(draft.to_json(), ensure_ascii=False, indent=2))  # noqa: T201


def print_status_json(status: Status) -> None:
    """`lianxi status --json`: one JSON object for other programs."""
    values = {
        "plan": status.plan,
        "period": status.period,
        "duties": [_duty(standing) for standing in status.standings],
        "rates": status.rates,
    }
    print(json.dumps(values, ensure_ascii=False, indent=2))  # noqa: T201


def _duty(standing: Standing) -> dict[str, object]:
    duty = standing.duty
    return {
        "unit": duty.unit,
        "kind": duty.kind,
        "standing": standing.name,
        "due": (duty.extended_to or duty.due).isoformat(),
        # Only where it is so: other programs know the object without it.
        **({"due_provisional": True} if duty.is_provisional(duty.extended_to or duty.due) else {}),
        "first_received": standing.first_received.isoformat() if standing.first_received else None,
        "first_accepted": standing.first_accepted.isoformat() if standing.first_accepted else None,
        "version": standing.version,
        "findings": [
            {
                "code": finding.code,
                "severity": finding.severity,
                "sheet": finding.sheet,
                "cell": "、".join(finding.cells),
                "text": finding.text,
            }
            for finding in standing.findings
        ],
    }


def _version_in_force(standing: Standing) -> str:
    if not standing.version:
        return ""
    return f"以第{standing.version}版为准" if standing.first_accepted else f"第{standing.version}版，未受理"


def print_status_table(out: Console, status: Status) -> None:
    """`lianxi status`: one row per duty, the most urgent standing first, and the period's counts."""
    counts = status.rates
    table = Table(title=f"{status.period} 报送情况（{status.plan}，{status.at:%Y-%m-%d %H:%M}）")
    for title in ("单位", "事项", "情形", "应报", "首次报送", "哪一份算数", "待办"):
        table.add_column(title, overflow="fold")
    for standing in sorted(status.standings, key=lambda each: (BY_URGENCY.index(each.name), each.duty.unit)):
        duty, colour = standing.duty, _COLOURS[standing.name]
        received = f"{standing.first_received:%m-%d %H:%M}" if standing.first_received else ""
        todo = "；".join(finding.text for finding in standing.findings[:2])
        version = _version_in_force(standing)
        day = duty.extended_to or duty.due
        due = f"{day:%m-%d}{PROVISIONAL if duty.is_provisional(day) else ''}"
        table.add_row(duty.unit, KIND_TITLES[duty.kind], f"[{colour}]{standing.name}[/]", due, received, version, todo)
    out.print(table)
    if any(each.duty.is_provisional(each.duty.extended_to or each.duty.due) for each in status.standings):
        out.print(f"{PROVISIONAL}：{PROVISIONAL_WHY}")
    out.print(
        f"应报 {counts['expected']}，已收到 {counts['received']}，已受理 {counts['accepted']}，按时 {counts['on_time']}"
    )


def print_issue(out: Console, done: Issued) -> None:
    """`lianxi issue`."""
    out.print(
        f"{'、'.join(done.periods)}：应报事项 {done.duties} 件（新增或变动 {done.new}），报表在各单位“发放”文件夹"
    )
    print_sending(out, done.posted)


def print_intake(out: Console, done: Taken) -> None:
    """`lianxi intake`."""
    if not done.received:
        out.print("没有新的报表")
    for name, count in done.states.items():
        out.print(f"  {name} {count} 份")
    if done.waiting:
        out.print(f"  {done.waiting} 个文件还在写入，下次再收")
    print_list(out, done.troubles)
    print_sending(out, done.posted)


def print_chase(out: Console, done: Chased) -> None:
    """`lianxi chase`."""
    if not done.workday:
        out.print(f"{done.day} 不是工作日，不催报")
        return
    rungs = "，".join(f"{rung} {count} 件" for rung, count in done.rungs.items()) or "没有需要催报的事项"
    out.print(f"{done.day} 催报：{rungs}")
    if done.calls:
        out.print("[red]今天要打电话：[/]")
        for call in done.calls:
            print_list(out, [f"{call.unit} {call.phone or '（无电话）'}：{call.what}（{call.why}）"])
            if call.said:
                out.print(f"      上次通话：{call.said}", markup=False, highlight=False, soft_wrap=True)
            for contact in call.last:
                out.print(f"      最近联系：{contact}", markup=False, highlight=False, soft_wrap=True)
    print_list(out, done.asked)
    print_sending(out, done.posted)


def print_last_contacts(out: Console, noted: NotedCall) -> None:
    """`lianxi call`: the last contacts with a unit."""
    lines = [f"上次通话：{noted.said}"] if noted.said else []
    lines += [f"最近联系：{contact}" for contact in noted.last]
    out.print(f"{noted.unit}：{'' if lines else '还没有信件和通话记录'}", markup=False, highlight=False)
    print_list(out, lines)


def print_letters(out: Console, found: LetterList) -> None:
    """`lianxi letters`: one row per letter; its number is the beginning of its Message-ID."""
    from tasks.mail.contact_history import letter_outcome

    counts = "，".join(f"{state} {count}" for state, count in Counter(map(letter_outcome, found.letters)).items())
    table = Table(title=f"{found.period} 信件（{found.plan}）：{counts or '无'}")
    for title in ("日期", "单位", "主题", "状态", "服务器答复", "编号"):
        table.add_column(title, overflow="fold")
    for each in found.letters:
        cells = (f"{each.day:%m-%d}", each.unit, each.subject, letter_outcome(each), each.answer)
        table.add_row(*(escape(cell) for cell in cells), each.message_id.strip("<>")[:8])
    out.print(table)


def print_resolved_letter(out: Console, letter: LetterRecord, arrived: bool) -> None:
    """`lianxi letters --arrived` and `--resend`."""
    done = "已记为送达" if arrived else "下次发信时以同一编号重发"
    out.print(f"{letter.unit}《{letter.subject}》：{done}", markup=False, highlight=False, soft_wrap=True)


def print_brief(out: Console, done: Briefed | None) -> None:
    """`lianxi brief` and `lianxi summary`."""
    if done is None:
        out.print("没有需要编发的简报")
        return
    out.print(f"{done.title}（第{done.issue_no}期，{done.state}）")
    print_list(out, [str(path) for path in done.files])
    if done.lacks_pdf:
        out.print(
            "没有 PDF：本机没有安装 LibreOffice，或者转换未成（见运行日志）；装好后再运行一次即可补上，其他文件不受影响"
        )
    if done.state == "送审稿":
        out.print(f"核对后定稿印发：lianxi brief {done.period} --approve")
    elif done.state == "退回修改":
        out.print(f"修改意见已记入送审稿；数据更正后重新起草：lianxi brief {done.period}")
    print_sending(out, done.posted)


def print_decision(out: Console, done: DecidedMatter) -> None:
    """`lianxi decide`: the matter as it now stands in the ledger."""
    matter = done.matter
    day = f"，办结期限{matter.due}" if matter.due else ""
    out.print(f"{matter.no}（{matter.state}）：{matter.words}", markup=False)
    out.print(f"责任单位：{matter.owner or '待会议明确'}{day}；下期简报跟踪", markup=False, highlight=False)


def print_matters(out: Console, matters: Sequence[Matter], on: dt.date) -> None:
    """`lianxi decide` without arguments: all matters that the meeting follows, overdue ones marked as of `on`."""
    table = Table(title="协调事项和议定事项")
    for title in ("编号", "事项", "责任单位", "办结期限", "状态"):
        table.add_column(title, overflow="fold", no_wrap=title in ("编号", "办结期限", "状态"))
    for each in matters:
        state = "超期" if each.is_overdue(on) else each.state
        table.add_row(each.no, escape(each.words), escape(each.owner), str(each.due or "—"), state)
    out.print(table if matters else "还没有会议事项")


def print_recheck(out: Console, done: Rechecked) -> None:
    """`lianxi recheck`."""
    out.print(f"{done.period}：已受理 {done.accepted} 份，按现行规则结论不同的 {len(done.differing)} 份")
    for each in done.differing:
        gone = f"；不再有 {'、'.join(each.gone)}" if each.gone else ""
        new = "；".join(f"{finding.code} {finding.text}" for finding in each.new)
        print_list(out, [f"{each.submission.unit} 第{each.submission.version}版：{new}{gone}"])


def print_register(out: Console, done: Registered) -> None:
    """`lianxi register`."""
    out.print(f"{done.title}：措施 {done.measures} 项，单位 {done.units} 个，应报事项 {done.duties} 条")
    if done.uncertain:
        out.print(f"[yellow]需要人工核对 {len(done.uncertain)} 处：[/]")
        print_list(out, done.uncertain)
    if done.changes:
        out.print("[yellow]与现行方案相比：[/]")
        print_list(out, done.changes)
    out.print("已成为正式方案：" if done.confirmed else "草稿（未生效）：")
    print_list(out, done.files)
    if not done.confirmed:
        out.print("核对无误后加 --confirm 再运行一次，方案才生效")


def print_prefecture(out: Console, done: PrefectureIssue) -> None:
    """`lianxi prefecture`: one row per county in order of rank, the plans that failed, and the files written."""
    table = Table(title=f"{done.period} 各县（市）情况")
    for title in ("名次", "县（市）", "应报", "已报", "按时", "绿", "黄", "红", "指标", "完成"):
        table.add_column(title)
    for line in done.lines:
        tally = line.tally
        reported = (tally.expected, tally.received, tally.on_time)
        counts = (*reported, tally.green, tally.yellow, tally.red, tally.targets, tally.done)
        table.add_row(str(line.rank or "—"), line.name, *map(str, counts))
    out.print(table)
    print_list(out, [f"未能汇总 {each.plan}：{each.why}" for each in done.unreadable])
    print_list(out, [str(path) for path in done.files])


def print_todo(out: Console, todo: Todo) -> None:
    """`lianxi todo`: open requests for an extension, and files that a person must identify."""
    out.print(f"待批复的延期申请 {len(todo.requests)} 件，待认定的来件 {len(todo.doubtful)} 件")
    print_list(out, [f"{each.key[1]} {each.key[3]} 申请延期至 {each.until}：{each.reason}" for each in todo.requests])
    for file in todo.doubtful:
        print_list(out, [f"来件 {file.id}：{file.path}（{'；'.join(found.text for found in file.findings[:2])}）"])


def print_sending(out: Console, done: Posted | None) -> None:
    """How many letters were sent, how many wait in the outbox, and which failed. Prints nothing where none was due."""
    if done is None or not (done.sent or done.troubles or done.held):
        return
    held = f"，留在发件箱稍后再发 {done.held} 封" if done.held else ""
    out.print(f"邮件 {done.sent} 封{held}")
    print_list(out, done.troubles)


def print_list(out: Console, lines: Sequence[str]) -> None:
    """A bulleted list. The lines may hold words of units: no markup, no highlighting, no hard wrap."""
    for line in lines:
        out.print(f"  · {line}", markup=False, highlight=False, soft_wrap=True)
