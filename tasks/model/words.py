"""The closed lists of the domain: kinds of duty, states, severities, standings and lights, and the words people read.

Belongs here: each list once, its order, and its Chinese words. Does not belong here: sentences (`mail`, `brief`), the
rules by which a state or a light is decided (`validate`, `rollup`).
"""

from __future__ import annotations

from typing import Literal

Kind = Literal["roster", "progress", "deliverable", "annual"]
Severity = Literal["refuse", "return", "query", "hint"]
State = Literal["received", "refused", "returned", "queried", "accepted", "superseded"]
LetterState = Literal["ready", "sending", "sent", "uncertain", "failed", "refused", "withdrawn"]
StandingName = Literal["按时", "迟报", "待更正", "待说明", "零报告", "未报", "延期", "未到期"]
Light = Literal["绿", "黄", "红", "无"]
MatterKind = Literal["协调事项", "议定事项"]
MatterState = Literal["办理中", "已销号"]

# A day counted in workdays of a year whose holidays are not published yet: in short, and in full.
PROVISIONAL = "（暂定）"
PROVISIONAL_WHY = "暂按周一至周五和日期固定的节日推算，放假通知公布后自动改正"
