"""Unsafe behaviour of yagmail that `SmtpClient` prevents."""

from __future__ import annotations

import datetime as dt
import logging
import socket
from pathlib import Path
from typing import Any

import pytest

from tasks.mail.message import Sender, prepare_message
from tasks.mail.smtp_client import SmtpClient
from tasks.mail.smtp_replies import reply_from_error, reply_from_result
from tests.mailserver import PASSWORD, USER, Authority, Faults, MailServer
from tests.unit.tasks.mail.mail_values import at, letter, mail

SENDER = ("notice@office.example", "某县促消费联席会议办公室")
PARCEL = prepare_message(letter(1), Sender(Path("/"), SENDER), at(dt.date(2023, 10, 23), 9))


def test_a_failed_login_leaves_no_line_that_a_later_letter_could_use(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    login: dict[str, Any] = {"user": USER, "password": PASSWORD}
    with MailServer(authority, "starttls", withhold_starttls=True) as server:
        wire = SmtpClient(mail(server.port, "starttls", authority.ca_file, **login), SENDER)
        for attempt in (wire.login, wire.login, lambda: wire.send(**PARCEL)):
            with pytest.raises(OSError, match="STARTTLS"):
                attempt()
            assert wire.smtp.sock is None
    assert (server.envelopes_in_clear, server.taken, server.logins) == (0, [], [])


def test_a_relay_without_login_is_never_asked_for_a_password() -> None:
    with MailServer() as server:
        wire = SmtpClient(mail(server.port, "none"), SENDER)
        assert wire.send(**PARCEL) == {}
        wire.close()
    assert server.logins == []


def test_closing_a_line_that_was_never_opened_or_is_gone_is_no_fault() -> None:
    SmtpClient(mail(25, "none"), SENDER).close()
    with MailServer() as server:
        wire = SmtpClient(mail(server.port, "none"), SENDER)
        wire.login()
        server.drop_lines()
        wire.close()
    assert wire.is_closed


def test_two_reminders_alike_keep_message_ids_of_their_own() -> None:
    same = {"subject": "【提醒】", "to": ("clerk@unit.example",)}
    made = [SmtpClient(mail(25, "none"), SENDER).prepare_send(**_packed(number, same))[1] for number in (1, 2)]
    assert [text.count(letter(number, **same).message_id) for number, text in enumerate(made, start=1)] == [1, 1]


def _packed(number: int, changes: dict[str, Any]) -> dict[str, Any]:
    return prepare_message(letter(number, **changes), Sender(Path("/"), SENDER), at(dt.date(2023, 10, 23), 9))


def test_a_dropped_letter_is_tried_once_and_not_kept_for_a_hidden_second_try() -> None:
    with MailServer(faults=Faults(drop=["after-data"])) as server:
        wire = SmtpClient(mail(server.port, "none"), SENDER)
        with pytest.raises(OSError, match="closed"):
            wire.send(**PARCEL)
        assert (len(server.taken), wire.unsent, wire.stage) == (1, [], "data")


def test_the_library_logs_no_address(caplog: pytest.LogCaptureFixture) -> None:
    """yagmail logs "Message sent to" with all recipients."""
    with caplog.at_level(logging.DEBUG), MailServer() as server:
        wire = SmtpClient(mail(server.port, "none"), SENDER)
        assert wire.send(**PARCEL) == {}
        wire.close()
    ours = [each.getMessage() for each in caplog.records if not each.name.startswith("mail.log")]
    assert ours and not any(letter(1).to[0] in words for words in ours)


@pytest.mark.parametrize(
    ("returned", "outcome", "dead"),
    [
        ({}, "sent", ()),
        # yagmail's own three tries would end so: any of them may have been delivered.
        (False, "uncertain", ()),
        ({"a@unit.example": (550, b"no such user")}, "sent", ("a@unit.example",)),
        # Who was refused only for now is sent it again, and nobody else.
        ({"a@unit.example": (452, b"try later")}, "uncertain", ()),
    ],
)
def test_what_send_returns_is_looked_at_and_never_taken_for_success_unread(
    returned: Any, outcome: str, dead: tuple[str, ...]
) -> None:
    answer = reply_from_result(returned)
    assert (answer.state, answer.dead) == (outcome, dead)


def test_a_server_that_takes_the_call_and_never_greets_costs_the_time_limit_and_no_letter() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        wire = SmtpClient(mail(mute.getsockname()[1], "none", timeout_seconds=1), SENDER)
        with pytest.raises(OSError, match="timed out") as caught:
            wire.send(**PARCEL)
        assert (wire.stage, reply_from_error(caught.value, wire.stage).state) == ("connect", "failed")
        assert wire.smtp is None or wire.smtp.sock is None
