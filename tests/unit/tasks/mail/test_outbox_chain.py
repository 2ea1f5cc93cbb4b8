"""From the outbox to the server and back: the server's reply reaches the ladder and the command line."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows.admin.letters import read_letter_list, resolve_letter, write_letters_preview
from flows.context import open_context
from flows.steps.send_letters import _leaving, dispatch, withdraw_stale_letters
from tasks.errors import InputError
from tasks.mail.contact_history import counted_keys, dead_addresses, undelivered
from tasks.mail.message import Sender
from tasks.model.letter import Letter, LetterOutcome
from tasks.model.run_context import Context
from tasks.model.submission import Duty, Original, Reading, Verdict
from tasks.store import outbox
from tasks.store.migrate import migrate
from tasks.store.record_verdicts import write_verdicts
from tasks.store.send_limits import count_left_since, requeue_rehearsed, was_login_refused
from tests.mailserver import PASSWORD, USER, Authority, Faults, MailServer
from tests.unit.tasks.mail.mail_values import UNIT, at, decided, duty, letter, mail, people, standing

DAY = dt.date(2023, 10, 23)
NOW = at(DAY, 9)
SENDER = ("notice@office.example", "某县促消费联席会议办公室")


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated ledger to copy, because migrating one per test takes longer than the tests."""
    path = tmp_path_factory.mktemp("blank") / "lianxi.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, blank: Path) -> Context:
    for name in ("LIANXI_DATABASE_URL", "LIANXI_PLAN", "LIANXI_SECRET", "LIANXI_SHARE", "LIANXI_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LIANXI_DATA", str(tmp_path / "数据 data"))
    opened = open_context(now=NOW)
    shutil.copy(blank, opened.data / "lianxi.db")
    assert opened.url == f"sqlite:///{opened.data / 'lianxi.db'}"
    return opened


def reminder(office: Context, unit: str = UNIT, **changes: Any) -> Letter:
    """A blue letter to the unit's clerk with a copy to its leader."""
    to, cc = (each.mail for each in people(unit, unit.encode().hex()))
    return replace(letter(), plan=office.plan.id, unit=unit, to=(to,), cc=(cc,), message_id=_id(unit), **changes)


def _id(unit: str) -> str:
    return f"<{unit.encode().hex()}@demo.lianxi>"


def owed(office: Context, unit: str = UNIT) -> Duty:
    return replace(duty(unit), plan=office.plan.id)


def send(office: Context, server: MailServer, now: dt.datetime = NOW, **changes: Any) -> tuple[int, tuple[str, ...]]:
    waiting = outbox.load_ready_letters(office.url, office.plan.id, now)
    counter = Sender(office.data, SENDER)
    # No event: this chain is about outbox and wire, and needs no Prefect server.
    return dispatch(office.url, waiting, mail(server.port, "none", **changes), counter, now, on_sent=lambda _: None)


def states(office: Context) -> list[str]:
    return [each.state for each in outbox.letter_records(office.url, office.plan.id)]


def test_an_address_the_server_does_not_know_becomes_a_red_item_the_next_morning(office: Context) -> None:
    sent = reminder(office)
    outbox.enqueue_letters(office.url, [sent], NOW)
    with MailServer(faults=Faults(recipients={sent.to[0]: "550 5.1.1 no such user"})) as server:
        left, troubles = send(office, server)
    assert left == 1
    # Why, but not whose address it was: what a flow returns may be kept.
    assert "550 5.1.1 no such user" in troubles[0] and "@" not in troubles[0]
    dead = dead_addresses(outbox.letter_records(office.url, office.plan.id), NOW - dt.timedelta(days=30))
    assert dead == {sent.to[0]}
    clerk, leader = (replace(each, plan=office.plan.id) for each in people(UNIT, UNIT.encode().hex()))
    tomorrow = DAY + dt.timedelta(days=2)
    late = standing("未报", tomorrow, owed(office))
    steps, calls = decided([late], (clerk, leader), (), tomorrow, office.settings, dead)
    assert [each.mail for each in steps[0].to] == [leader.mail]
    assert [call.what for call in calls] == ["业务负责人的邮箱"]


@pytest.mark.parametrize("waits", ["to", "cc"])
def test_a_recipient_refused_for_now_gets_it_later_and_the_others_once(office: Context, waits: str) -> None:
    sent = replace(reminder(office), cc=("b@unit.example", "c@unit.example"))
    full = sent.to[0] if waits == "to" else "c@unit.example"
    outbox.enqueue_letters(office.url, [sent], NOW)
    with MailServer(
        faults=Faults(recipients={full: "452 4.2.2 mailbox full", "b@unit.example": "550 no such user"})
    ) as server:
        assert send(office, server)[0] == 0
        [record] = outbox.letter_records(office.url, office.plan.id)
        assert (record.state, record.partly, record.dead) == ("uncertain", True, ("b@unit.example",))
        assert send(office, server, NOW + dt.timedelta(minutes=9)) == (0, ())
        server.faults.recipients.clear()
        assert send(office, server, NOW + dt.timedelta(minutes=10))[0] == 1
    got = [address for taken in server.taken for address in taken.recipients]
    assert sorted(got) == sorted((sent.to[0], "c@unit.example"))
    assert got[-1] == full
    assert {taken.message["Message-ID"] for taken in server.taken} == {sent.message_id}
    assert states(office) == ["sent"]


def test_a_letter_refused_for_all_recipients_counts_as_undelivered(office: Context) -> None:
    outbox.enqueue_letters(office.url, [reminder(office)], NOW)
    with MailServer(faults=Faults(data=["554 rejected"])) as server:
        send(office, server)
    assert states(office) == ["refused"]
    assert "554：rejected" in undelivered(outbox.letter_records(office.url, office.plan.id))[owed(office).key]
    assert outbox.sent_keys(office.url, office.plan.id) == frozenset()


def test_a_dead_server_costs_one_try_each_pass_and_the_letters_rest(office: Context) -> None:
    units = (UNIT, "县乙局", "县丙局")
    outbox.enqueue_letters(office.url, [reminder(office, unit) for unit in units], NOW)
    with MailServer(faults=Faults(greeting=["421 busy"])) as server:
        assert send(office, server)[0] == 0
        assert server.connections == 1
        assert send(office, server, NOW + dt.timedelta(minutes=9))[0] == 0
        assert server.connections == 1
        assert send(office, server, NOW + dt.timedelta(minutes=10))[0] == 3
    assert states(office) == ["sent"] * 3


def test_a_letter_of_a_unit_accepted_after_it_was_written_never_leaves(office: Context) -> None:
    outbox.enqueue_letters(office.url, [reminder(office), reminder(office, "县乙局")], NOW)
    withdraw_stale_letters(office, [standing("按时", DAY, owed(office)), standing("未报", DAY, owed(office, "县乙局"))])
    with MailServer() as server:
        assert send(office, server)[0] == 1
    assert states(office) == ["withdrawn", "sent"]


def test_a_unit_accepted_while_its_letter_waits_for_its_turn_is_not_written_to(office: Context) -> None:
    late, done = reminder(office), reminder(office, "县乙局")
    receipt = replace(reminder(office, "县乙局", rung="受理", duty="progress/2023-10/v1"), message_id="<r@demo.lianxi>")
    outbox.enqueue_letters(office.url, [late, done, receipt], NOW)
    waiting = outbox.load_ready_letters(office.url, office.plan.id, NOW)
    accept(office, "县乙局")
    with MailServer() as server:
        counter, settings = Sender(office.data, SENDER), mail(server.port, "none")
        assert dispatch(office.url, waiting, settings, counter, NOW, on_sent=lambda _: None) == (2, ())
    assert states(office) == ["sent", "withdrawn", "sent"]


def accept(office: Context, unit: str) -> None:
    """The unit's October report is accepted."""
    found = Original(office.plan.id, "0" * 64, f"{unit}/上报/a.xlsx", unit, 1, 1, NOW, "00/0")
    read = Reading(found, office.plan.id, unit, "2023-10", "progress", "signature", "1", "月度报送")
    write_verdicts(office.url, [Verdict(read, "accepted", ())], NOW)


def test_a_batch_that_runs_into_the_quiet_hours_stops_there(office: Context) -> None:
    outbox.enqueue_letters(office.url, [reminder(office, unit) for unit in (UNIT, "县乙局", "县丙局")], NOW)
    waiting, minutes = outbox.load_ready_letters(office.url, office.plan.id, NOW), iter((0, 1, 59, 60))
    with MailServer() as server:
        settings, counter = (
            mail(server.port, "none", quiet_from="10:00", quiet_until="11:00"),
            Sender(office.data, SENDER),
        )
        clock = lambda: 60.0 * next(minutes)  # noqa: E731
        assert dispatch(office.url, waiting, settings, counter, NOW, lambda _: None, clock) == (2, ())
    assert states(office) == ["sent", "sent", "ready"]


def test_what_was_only_rehearsed_is_sent_for_good_once_it_is_decided_in_earnest(office: Context) -> None:
    first, other = reminder(office), reminder(office, "县乙局")
    outbox.enqueue_letters(office.url, [first, other], NOW)
    rehearsed = mail(0, "ssl", mode="dry-run")
    dispatch(office.url, [first, other], rehearsed, Sender(office.data, SENDER), NOW, on_sent=lambda _: None)
    on_record = outbox.letter_records(office.url, office.plan.id)
    assert [each.rehearsed for each in on_record] == [True, True]
    assert counted_keys(on_record, live=False) == (first.key, other.key)
    assert counted_keys(on_record, live=True) == ()
    assert count_left_since(office.url, NOW - dt.timedelta(hours=1)) == 0
    again = replace(first, text="另一稿\n")
    assert requeue_rehearsed(office.url, [again, reminder(office, "县丙局")], NOW) == 1
    with MailServer() as server:
        assert send(office, server)[0] == 1
    assert [taken.message["Message-ID"] for taken in server.taken] == [first.message_id]
    assert "另一稿" in server.taken[0].message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    # Sent is sent: it is not taken up again.
    assert requeue_rehearsed(office.url, [again], NOW) == 0


def test_after_a_refused_login_the_account_rests_until_a_letter_has_left(office: Context, tmp_path: Path) -> None:
    outbox.enqueue_letters(
        office.url, [reminder(office), replace(reminder(office, "县乙局"), to=("a@elsewhere.example",))], NOW
    )
    authority, hours = Authority(tmp_path), dt.timedelta(hours=1)
    with MailServer(authority, "ssl") as server:
        for password, when in (("wrong", NOW), (PASSWORD, NOW + hours)):
            waiting = outbox.load_ready_letters(office.url, office.plan.id, when)
            settings = mail(server.port, "ssl", authority.ca_file, user=USER, password=password)
            dispatch(office.url, waiting, settings, Sender(office.data, SENDER), when, on_sent=lambda _: None)
            if when == NOW:
                assert was_login_refused(office.url, office.plan.id, NOW - hours)
                assert not was_login_refused(office.url, "another", NOW - hours)
                assert not was_login_refused(office.url, office.plan.id, NOW + hours)
    assert (states(office), server.logins) == (["sent", "refused"], [False, True])
    assert not was_login_refused(office.url, office.plan.id, NOW - hours)


def test_after_an_outage_of_days_nothing_of_the_past_leaves(office: Context) -> None:
    outbox.enqueue_letters(office.url, [reminder(office)], NOW)
    later = replace(office, now=at(DAY + dt.timedelta(days=3), 9))
    withdraw_stale_letters(later, [standing("未报", later.now.date(), owed(office))])
    with MailServer() as server:
        assert send(later, server, later.now)[0] == 0
    assert states(office) == ["refused"]


@pytest.mark.parametrize(
    ("when", "left"),
    [
        ("2023-10-23T19:59", ["蓝", "受理"]),
        ("2023-10-23T20:00", []),
        ("2023-10-24T07:59", []),
        ("2023-10-24T08:00", ["蓝", "受理"]),
        # A Saturday: a receipt is an answer and may leave, a reminder may not.
        ("2023-10-28T10:00", ["受理"]),
        ("2023-10-07T10:00", ["蓝", "受理"]),
    ],
)
def test_what_may_leave_at_what_hour_of_what_day(office: Context, when: str, left: list[str]) -> None:
    now = replace(office, now=dt.datetime.fromisoformat(when).replace(tzinfo=NOW.tzinfo))
    waiting = (reminder(office), reminder(office, rung="受理"))
    assert [each.rung for each in _leaving(now, waiting)] == left


def test_beyond_the_days_limit_letters_wait(office: Context) -> None:
    waiting = tuple(reminder(office, unit) for unit in (UNIT, "县乙局", "县丙局"))
    limits = office.settings.mail.model_copy(update={"mode": "send", "per_day": 2})
    limited = replace(office, settings=office.settings.model_copy(update={"mail": limits}))
    assert _leaving(limited, waiting) == waiting[:2]
    outbox.enqueue_letters(office.url, waiting[:1], NOW)
    outbox.close_letter(office.url, waiting[0].key, LetterOutcome("sent", "250"), NOW)
    assert _leaving(limited, waiting[1:]) == waiting[1:2]
    # Two senders at once may each have thought so: the ledger is asked before each letter.
    outbox.enqueue_letters(office.url, waiting[1:], NOW)
    with MailServer() as server:
        assert send(office, server, per_day=2)[0] == 1
    assert states(office) == ["sent", "sent", "ready"]


def test_a_person_lists_the_letters_of_a_period_and_settles_an_uncertain_one(office: Context) -> None:
    outbox.enqueue_letters(office.url, [reminder(office), reminder(office, "县乙局", duty="roster/2023-09/红+5")], NOW)
    with MailServer(faults=Faults(drop=["after-data"])) as server:
        send(office, server, when_uncertain="ask")
        assert outbox.load_ready_letters(office.url, office.plan.id, NOW + dt.timedelta(hours=5), "ask") == ()
    assert [(each.unit, each.state) for each in read_letter_list("2023-10").letters] == [(UNIT, "uncertain")]
    assert [each.unit for each in read_letter_list("2023-09").letters] == ["县乙局"]
    assert resolve_letter(_id(UNIT)[1:9], arrived=True, now="2023-10-24").unit == UNIT
    assert read_letter_list("2023-10").letters[0].state == "sent"
    with pytest.raises(InputError, match="开头"):
        resolve_letter(_id(UNIT)[1:9], arrived=False)


def test_the_preview_of_a_period_lies_in_the_outbox_folder_and_a_period_without_duties_is_refused(
    office: Context,
) -> None:
    path = write_letters_preview("2023-10")
    assert path == office.data / "outbox" / "preview" / "yanqi-2023-2023-10.html"
    assert "2023年10月月度报送" in path.read_text(encoding="utf-8")
    assert states(office) == []
    with pytest.raises(InputError, match="没有应报事项"):
        write_letters_preview("2019-01")


def test_a_broken_template_is_reported_when_a_context_opens(office: Context, tmp_path: Path, monkeypatch: Any) -> None:
    from config.config_errors import ConfigError
    from tasks.mail import letter_templates

    folder = tmp_path / "mail"
    shutil.copytree(letter_templates._ROOT, folder)
    monkeypatch.setattr(letter_templates, "_ROOT", folder)
    open_context(now=NOW)
    blue = folder / "blue.j2"
    blue.write_text(blue.read_text(encoding="utf-8").replace("{{ unit }}", "{{ unti }}"), encoding="utf-8")
    with pytest.raises(ConfigError, match="unti") as caught:
        open_context(now=NOW)
    assert caught.value.faults[0].line
