"""Values for the tests of mail: an invented county with duties, standings and contacts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from config.calendar import load_calendar
from config.county import County
from config.plan import Document, Plan
from config.settings import MailSettings, Settings
from config.settings_file import load_settings
from tasks.mail.ladder import LadderStep, MailHistory, decide_ladder
from tasks.mail.letter_builder import LetterBuilder
from tasks.mail.letter_keys import message_id
from tasks.mail.letter_templates import load_templates
from tasks.model.letter import Call, Letter, LetterKey, LetterRecord
from tasks.model.run_context import Context
from tasks.model.submission import Contact, Duty, DutyKey, Finding, Standing, Submission
from tasks.model.words import Kind, StandingName, State
from tests import factories

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = load_calendar()
PLAN = "demo-2023"
UNIT = "县某局"
DUE = dt.date(2023, 10, 20)
_CONTEXT = factories.context()


def settings(**env: str) -> Settings:
    """The shipped settings with the given environment variables and no others."""
    return load_settings(env=env)


def mail(port: int, security: str, ca_file: Path | None = None, **changes: object) -> MailSettings:
    """Mail settings for the loopback server."""
    values: dict[str, object] = {
        "mode": "send",
        "allow": ("unit.example",),
        "host": "localhost",
        "port": port,
        "user": "",
        "security": security,
        "ca_file": ca_file,
        "per_minute": 1000,
        "timeout_seconds": 5,
        "password_block": "",
        "per_day": 100_000,
        "quiet_from": "00:00",
        "quiet_until": "00:00",
        "retry_minutes": (10, 30, 60),
        "give_up_hours": 72,
        "when_uncertain": "resend",
        "dead_days": 30,
        "attachments_bytes": 14 * 2**20,
    }
    return MailSettings.model_validate({**values, **changes})


def context(today: dt.date = DUE, rules: Settings | None = None, left: Mapping[str, dt.date] | None = None) -> Context:
    """A run on the morning of `today`, in a county that the units `left` left on these days."""
    units = tuple(factories.unit(name, valid_to=day) for name, day in (left or {}).items())
    county = _CONTEXT.county.model_copy(update={"units": units})
    return replace(_CONTEXT, settings=rules or _CONTEXT.settings, now=at(today, 9), county=county)


def decided(
    standings: Sequence[Standing],
    contacts: Iterable[Contact],
    sent_keys: Iterable[LetterKey],
    today: dt.date,
    rules: Settings,
    unreachable: Collection[str] = (),
    undelivered: Mapping[DutyKey, str] | None = None,
    left: Mapping[str, dt.date] | None = None,
) -> tuple[tuple[LadderStep, ...], tuple[Call, ...]]:
    """The steps and calls of the morning of `today`."""
    history = MailHistory(tuple(sent_keys), unreachable, undelivered or {})
    return decide_ladder(standings, contacts, history, context(today, rules, left))


def letter_builder() -> LetterBuilder:
    """The letter builder of an invented county."""
    document = Document(no="某政办发〔2023〕1号", title="某县促进消费措施", issued_on=None, issuer="某县")
    county = County(
        id="mou",
        name="某县",
        full_name="某县",
        level="县",
        convener="县商工局",
        office="某县促消费联席会议办公室",
        meeting="促消费联席会议",
        mail_sender="notice@office.example",
        mail_sender_name="某县促消费联席会议办公室",
        coordinator_mail="coordinator@office.example",
        convener_mail="convener@office.example",
        coordinator_phone="0990-0000000",
        units=(),
    )
    plan = Plan(id=PLAN, county="mou", document=document, sections=(), measures=())
    return LetterBuilder(county, plan, load_templates())


def duty(
    unit: str = UNIT,
    kind: Kind = "progress",
    period: str = "2023-10",
    due: dt.date = DUE,
    extended_to: dt.date | None = None,
    grace_until: dt.date | None = None,
) -> Duty:
    """A duty that opens ten days before it is due."""
    closes = CALENDAR.add_workdays(due, 7)
    opens = due - dt.timedelta(days=10)
    measures = ("3", "5", "12") if kind == "progress" else ()
    return Duty(PLAN, unit, kind, period, opens, due, grace_until or due, closes, "", measures, extended_to)


def standing(
    name: StandingName,
    today: dt.date,
    owed: Duty | None = None,
    returned_on: dt.date | None = None,
    findings: tuple[Finding, ...] = (),
) -> Standing:
    """A standing as the roll-up would give it for `today`: overdue counts from the due day, or from a later return."""
    owed = owed or duty()
    start = owed.extended_to or owed.due
    start = max(start, returned_on) if returned_on else start
    late = name in ("未报", "待更正", "待说明") and today > start
    overdue = CALENDAR.workdays_between(start, today) if late else 0
    returned_at = at(returned_on, 10) if returned_on else None
    return Standing(owed, name, overdue, returned_at, None, returned_at, None, None, findings)


def people(unit: str = UNIT, mark: str = "a") -> tuple[Contact, Contact]:
    """A clerk and a leader with usable addresses."""
    return (
        Contact(PLAN, unit, "业务负责人", "甲某", "科员", "0990-0000001", f"{mark}.clerk@unit.example"),
        Contact(PLAN, unit, "分管领导", "乙某", "副局长", "0990-0000002", f"{mark}.leader@unit.example"),
    )


def finding(number: int = 1) -> Finding:
    """One fault of a returned workbook."""
    text = f"第{number}处本期累计小于上期累计"
    return Finding("R01", "return", text, "请核对后改正", "月度报送", (f"H{number + 9}",), "3")


def submission(state: State = "returned", version: int = 1, nil: bool = False, path: str = "") -> Submission:
    """One judged version of a file, received and decided on 2023-10-19."""
    day = dt.date(2023, 10, 19)
    return Submission(
        id=version,
        plan=PLAN,
        unit=UNIT,
        kind="progress",
        period="2023-10",
        version=version,
        state=state,
        sha256="0" * 64,
        path=path or f"{UNIT}/上报/10月报表.xlsx",
        stored="x",
        received_at=at(day, 9),
        decided_at=at(day, 10),
        nil=nil,
        findings=(finding(1), finding(2)) if state == "returned" else (),
    )


def letter(number: int = 1, **changes: Any) -> Letter:
    """A short letter to one address, keyed by its number."""
    values: dict[str, Any] = {
        "plan": PLAN,
        "unit": f"县某局{number}",
        "duty": "progress/2023-10/蓝+1",
        "rung": "蓝",
        "day": dt.date(2023, 10, 23),
        "to": (f"clerk{number}@unit.example",),
        "cc": (),
        "subject": f"【催报通知】第{number}封",
        "text": "请报送。\n",
        "html": "<p>请报送。</p>\n",
        "message_id": "",
        "attachments": (),
        **changes,
    }
    made = Letter(**values)
    return made if made.message_id else replace(made, message_id=message_id(made.key))


def record(sent: Letter, state: str = "sent", answer: str = "", **changes: Any) -> LetterRecord:
    """The outbox's record of a letter enqueued at nine on its day and closed an hour later."""
    plain = ("plan", "unit", "duty", "rung", "day", "to", "cc", "subject", "message_id")
    values = {name: getattr(sent, name) for name in plain}
    times = {"enqueued_at": at(sent.day, 9), "closed_at": at(sent.day, 10)}
    return LetterRecord(**{**values, "state": state, "answer": answer, **times, **changes})


def at(day: dt.date, hour: int) -> dt.datetime:
    """An instant in the office's zone."""
    return dt.datetime.combine(day, dt.time(hour), ZONE)
