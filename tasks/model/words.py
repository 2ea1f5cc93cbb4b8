"""The closed lists of the domain: kinds of duty, states, severities, standings and lights, and the words people read.

Belongs here: each list once, its order, its groups and its Chinese words. Does not belong here: sentences (`mail`,
`brief`), the rules by which a state or a light is decided (`validate`, `rollup`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Literal, get_args

# Lists that lower layers need too. They are defined there, and read from here by everything in tasks and flows.
from config.kinds import FORMER_KIND_TITLES as FORMER_KIND_TITLES
from config.kinds import KIND_TITLES as KIND_TITLES
from config.kinds import Kind as Kind
from config.kinds import kind_of_title as kind_of_title
from config.settings import Rung
from expectations.rule import SEVERITIES as SEVERITIES
from expectations.rule import SEVERITY_WORDS as SEVERITY_WORDS
from expectations.rule import Severity as Severity

# ---------------------------------------------------------------- submissions

State = Literal["received", "refused", "returned", "queried", "accepted", "superseded"]
STATES: tuple[State, ...] = get_args(State)

STATE_WORDS: Mapping[State, str] = MappingProxyType(
    {
        "received": "已收到",
        "refused": "不予受理",
        "returned": "退回更正",
        "queried": "须作说明",
        "accepted": "受理",
        "superseded": "已有新版本",
    }
)

STATE_OF_SEVERITY: Mapping[Severity, State] = MappingProxyType(
    {"refuse": "refused", "return": "returned", "query": "queried", "hint": "accepted"}
)
"""The state of a submission whose gravest finding has this severity."""

BLOCKING: tuple[Severity, ...] = ("refuse", "return", "query")
"""Severities of findings that keep a submission from being accepted."""

NOT_ACCEPTED: tuple[State, ...] = ("refused", "returned", "queried")
"""States of a submission that went back to the unit."""

# ---------------------------------------------------------------- standings

StandingName = Literal["按时", "迟报", "待更正", "待说明", "零报告", "未报", "延期", "未到期"]

ON_TIME: tuple[StandingName, ...] = ("按时", "零报告")
REPORTED: tuple[StandingName, ...] = ("按时", "迟报", "零报告")
"""An accepted report, on time or late."""

SENT_BACK: tuple[StandingName, ...] = ("待更正", "待说明")
"""A report that came, was not accepted, and waits for the unit."""

OPEN: tuple[StandingName, ...] = ("未报", *SENT_BACK)
"""Past its last day and without an accepted report."""

NOT_REPORTED_IN_TIME: tuple[StandingName, ...] = ("未报", "迟报")
NEEDS_ACTION: tuple[StandingName, ...] = (*OPEN, "迟报")
"""What a page sets in bold."""

NOT_COUNTED_YET: tuple[StandingName, ...] = ("未到期", "延期")
"""Duties whose last day lies ahead: left out of every rate."""

BY_URGENCY: tuple[StandingName, ...] = (*OPEN, "迟报", "延期", "未到期", "零报告", "按时")
"""The order on screens: what needs somebody's attention first."""

IN_PRINT: tuple[StandingName, ...] = (*NOT_REPORTED_IN_TIME, *SENT_BACK, "延期", "未到期", "零报告", "按时")
"""The order in the brief's attachments, whose second lists 未报 and 迟报 together."""

# ---------------------------------------------------------------- lights

Light = Literal["绿", "黄", "红", "无"]
LIGHTS: tuple[Light, ...] = get_args(Light)
LIGHT_NAMES: Mapping[Light, str] = MappingProxyType({"绿": "绿灯", "黄": "黄灯", "红": "红灯", "无": "未评定"})
LAGGING: tuple[Light, ...] = ("红", "黄")

LIGHT_TINTS: Mapping[Light, str] = MappingProxyType({"绿": "D5E8D0", "黄": "FFE9A8", "红": "F4B6AE"})
"""RGB of a cell's background. Each tint keeps a grey of its own in print; 无 has none."""

LIGHT_COLOURS: Mapping[Light, str] = MappingProxyType({"绿": "4E8F5B", "黄": "E0A100", "红": "B3261E", "无": "A6A6A6"})
"""RGB of a bar in a chart."""


def worst_light(lights: Iterable[Light]) -> Light:
    """The worst of some lights: red, yellow, green, and 无 only where there is no other."""
    return min(lights, key=(*LAGGING, "绿", "无").index, default="无")


# ---------------------------------------------------------------- letters

RUNGS: tuple[Rung, ...] = get_args(Rung)
"""The ladder of reminders, lowest rung first."""

LetterState = Literal["ready", "sending", "sent", "uncertain", "failed", "refused", "withdrawn"]
LETTER_STATES: tuple[LetterState, ...] = get_args(LetterState)

LETTER_STATE_WORDS: Mapping[LetterState, str] = MappingProxyType(
    {
        "ready": "待发",
        "sending": "正在发出",
        "sent": "已发出",
        "uncertain": "不能确定是否送达",
        "failed": "未发出，稍后重试",
        "refused": "未送达",
        "withdrawn": "已撤回",
    }
)

TO_SEND: tuple[LetterState, ...] = ("ready", "failed")
"""Letters that nobody has, and that are still to be sent."""

ClosedState = Literal["sent", "uncertain", "failed", "refused"]
"""States in which one try to send a letter can end."""

AnswerCode = Literal["rehearsed", "login_refused", "partly"]
"""What the program must know again of the answer to a letter: it was only written as a file, the mail account was
turned away, or some of the recipients were."""

UNCLOSED: tuple[LetterState, ...] = (*TO_SEND, "uncertain")
"""Letters that the next run may send, or send again."""

NOT_SENT_FOR_GOOD: tuple[LetterState, ...] = ("refused", "withdrawn")
"""Letters that nobody has, and that are not tried again."""

# ---------------------------------------------------------------- matters of the joint meeting

MatterKind = Literal["协调事项", "议定事项"]
MATTER_KINDS: tuple[MatterKind, ...] = get_args(MatterKind)
MatterState = Literal["办理中", "已销号"]
MATTER_STATES: tuple[MatterState, ...] = get_args(MatterState)

# ---------------------------------------------------------------- dates

# A day counted in workdays of a year whose holidays are not published yet: in short, and in full.
PROVISIONAL = "（暂定）"
PROVISIONAL_WHY = "暂按周一至周五和日期固定的节日推算，放假通知公布后自动改正"
