"""Sending to a real SMTP server on loopback, which works or fails on purpose."""

from __future__ import annotations

import datetime as dt
import socket
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tasks.mail.deliver import Pace, Report, deliver
from tasks.mail.message import Sender
from tasks.model.letter import Attachment, Letter, LetterOutcome
from tests.mailserver import PASSWORD, USER, Authority, Faults, MailServer
from tests.unit.tasks.mail.mail_values import at, letter, mail

NOW = at(dt.date(2023, 10, 23), 9)
SENDER = ("notice@office.example", "某县促消费联席会议办公室")
LOGIN: dict[str, Any] = {"user": USER, "password": PASSWORD}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def relay() -> Iterator[MailServer]:
    """A server without TLS and login, as inside an office network; faults are fastest to test with it."""
    with MailServer() as server:
        yield server


def send(letters: Iterable[Letter], server: MailServer, data: Path = Path("/"), **changes: Any) -> list[Report]:
    settings = mail(server.port, server.security, **changes)
    return list(deliver(letters, settings, Sender(data, SENDER), NOW, lambda _: None))


def states(reports: Iterable[Report]) -> list[str]:
    return [report.outcome.state for report in reports]


@pytest.mark.parametrize("security", ["ssl", "starttls"])
def test_letters_go_over_verified_tls_after_a_login_on_one_connection(authority: Authority, security: Any) -> None:
    with MailServer(authority, security) as server:
        reports = send([letter(1), letter(2), letter(3)], server, ca_file=authority.ca_file, **LOGIN)
    assert reports == [Report(letter(number).key, LetterOutcome("sent", "服务器已接收")) for number in (1, 2, 3)]
    assert (server.connections, server.logins) == (1, [True])
    assert all(taken.secure for taken in server.taken)
    assert [taken.message["Message-ID"] for taken in server.taken] == [letter(n).message_id for n in (1, 2, 3)]


def test_what_arrives_reads_as_it_was_written(authority: Authority, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"PK workbook")
    (tmp_path / "b.html").write_bytes(b"<p>brief</p>")
    files = (Attachment("县某局-2023年10月.xlsx", "a.xlsx"), Attachment("简报.html", "b.html"))
    # A text that is the name of a file, and dots and long lines that SMTP and MIME treat specially.
    sent = letter(1, text=str(tmp_path / "a.xlsx"), html="<p>" + "长" * 3000 + "\n.\n</p>", attachments=files)
    with MailServer(authority, "ssl") as server:
        assert states(send([sent], server, tmp_path, ca_file=authority.ca_file, **LOGIN)) == ["sent"]
    message = server.taken[0].message
    assert message["Subject"] == sent.subject
    assert message["From"] == f"{SENDER[1]} <{SENDER[0]}>"
    assert message["To"] == sent.to[0]
    assert message.get_body(("plain",)).get_content().strip() == sent.text  # type: ignore[union-attr]
    html = message.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert html.replace("\r\n", "\n").strip() == sent.html
    attached = [(part.get_filename(), part.get_content_type()) for part in message.iter_attachments()]
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert attached == [("县某局-2023年10月.xlsx", sheet), ("简报.html", "text/html")]
    assert next(message.iter_attachments()).get_payload(decode=True) == b"PK workbook"


def test_a_certificate_of_another_authority_is_refused_unsent(authority: Authority, tmp_path: Path) -> None:
    other = Authority(tmp_path)
    with MailServer(authority, "ssl") as server:
        reports = send([letter(1), letter(2)], server, ca_file=other.ca_file, **LOGIN)
    assert states(reports) == ["failed", "failed"]
    assert "证书不可信" in reports[0].outcome.answer
    assert not server.taken
    assert not server.logins


@pytest.mark.parametrize("security", ["ssl", "starttls"])
def test_a_certificate_for_another_host_is_refused(tmp_path: Path, security: Any) -> None:
    authority = Authority(tmp_path, host="elsewhere.example")
    with MailServer(authority, security) as server:
        reports = send([letter()], server, ca_file=authority.ca_file, **LOGIN)
    assert states(reports) == ["failed"]
    assert not server.taken
    assert not server.logins


def test_a_certificate_no_system_authority_vouches_for_is_refused(authority: Authority) -> None:
    with MailServer(authority, "ssl") as server:
        assert states(send([letter()], server, **LOGIN)) == ["failed"]


def test_where_starttls_is_withheld_nothing_leaves_in_clear(authority: Authority) -> None:
    with MailServer(authority, "starttls", withhold_starttls=True) as server:
        reports = send([letter(1), letter(2)], server, ca_file=authority.ca_file, **LOGIN)
    assert states(reports) == ["failed", "failed"]
    assert (server.envelopes_in_clear, server.taken, server.logins) == (0, [], [])


def test_starttls_withheld_after_a_dropped_line_does_not_downgrade_the_retry(authority: Authority) -> None:
    with MailServer(authority, "starttls", faults=Faults(drop=["before-data"])) as server:
        settings = mail(server.port, "starttls", authority.ca_file, **LOGIN)
        reports = []
        for report in deliver([letter(1), letter(2)], settings, Sender(Path("/"), SENDER), NOW, lambda _: None):
            reports.append(report)
            server.withhold_starttls = True
    assert states(reports)[-1] == "failed"
    assert (server.envelopes_in_clear, server.taken) == (0, [])


def test_a_wrong_password_is_tried_once_a_batch_and_keeps_every_letter(authority: Authority) -> None:
    with MailServer(authority, "ssl") as server:
        reports = send(
            [letter(1), letter(2), letter(3)], server, ca_file=authority.ca_file, user=USER, password="wrong"
        )
    assert states(reports) == ["failed"] * 3
    assert "登录失败" in reports[0].outcome.answer
    assert "535" in reports[0].outcome.answer
    # Once, though the server offers two ways of logging in: five wrong ones lock an account.
    assert (server.connections, server.logins) == (1, [False])


@pytest.mark.parametrize(("reply", "logins"), [("504 no such way", [True]), ("535 wrong", []), ("454 busy", [])])
def test_another_way_of_logging_in_is_tried_only_where_the_server_lacks_the_first(
    authority: Authority, reply: str, logins: list[bool]
) -> None:
    with MailServer(authority, "ssl", Faults(login=[reply])) as server:
        reports = send([letter(1)], server, ca_file=authority.ca_file, **LOGIN)
    assert (states(reports), server.logins) == (["sent"] if logins else ["failed"], logins)


@pytest.mark.parametrize(
    ("faults", "state", "words"),
    [
        (Faults(greeting=["421 busy"]), "failed", "421：busy"),
        (Faults(sender=["421 closing"]), "failed", "421：closing"),
        (Faults(sender=["450 slow down"]), "failed", "450：slow down"),
        (Faults(sender=["530 log in first"]), "failed", "530"),
        (Faults(sender=["552 too big"]), "refused", "552：too big"),
        (Faults(recipients={"clerk1@unit.example": "450 greylisted"}), "failed", "450 greylisted"),
        (Faults(recipients={"clerk1@unit.example": "550 no such user"}), "refused", "550 no such user"),
        (Faults(data=["450 try later"]), "failed", "450：try later"),
        (Faults(data=["421 shutting down"]), "failed", "421：shutting down"),
        (Faults(data=["550 spam"]), "refused", "550：spam"),
        (Faults(data=["552 mailbox full"]), "refused", "552：mailbox full"),
        (Faults(drop=["before-data"]), "failed", "信件未送达"),
        (Faults(drop=["body"]), "uncertain", "可能已送达"),
        (Faults(drop=["after-data"]), "uncertain", "可能已送达"),
    ],
    ids=lambda value: None if isinstance(value, Faults) else str(value),
)
def test_a_fault_is_reported_and_does_not_stop_the_next_letter(
    relay: MailServer, faults: Faults, state: str, words: str
) -> None:
    relay.faults = faults
    at_connect = bool(faults.greeting)
    first, second = send([letter(1), letter(2)], relay)
    assert first.outcome.state == state
    assert words in first.outcome.answer
    assert second.outcome.state == ("failed" if at_connect else "sent")


def test_a_line_dropped_after_data_is_not_sent_again_behind_the_outboxs_back(relay: MailServer) -> None:
    relay.faults = Faults(drop=["after-data"])
    assert states(send([letter(1)], relay)) == ["uncertain"]
    assert states(send([letter(1)], relay)) == ["sent"]
    assert [taken.message["Message-ID"] for taken in relay.taken] == [letter(1).message_id] * 2


def test_a_server_that_stalls_after_data_leaves_the_letter_uncertain(relay: MailServer) -> None:
    relay.faults = Faults(stall_seconds=1.3)
    assert states(send([letter(1)], relay, timeout_seconds=1)) == ["uncertain"]


def test_a_line_that_died_while_idle_is_taken_up_again_before_the_letter(relay: MailServer) -> None:
    reports = []
    settings = mail(relay.port, "none")
    for report in deliver([letter(1), letter(2)], settings, Sender(Path("/"), SENDER), NOW, lambda _: None):
        reports.append(report)
        relay.drop_lines()
    assert states(reports) == ["sent", "sent"]
    assert relay.connections == 2


def test_a_server_lost_between_taking_a_letter_and_sending_it_is_not_asked_again(relay: MailServer) -> None:
    def before(_: Letter) -> None:
        relay.faults = Faults(greeting=["421 busy"] * 9)
        relay.drop_lines()

    reports = list(deliver([letter(1), letter(2)], mail(relay.port, "none"), Sender(Path("/"), SENDER), NOW, before))
    assert (states(reports), relay.connections) == (["failed", "failed"], 2)


def test_one_refused_recipient_of_three_is_named_and_the_others_get_the_letter(relay: MailServer) -> None:
    relay.faults = Faults(recipients={"b@unit.example": "550 no such user"})
    sent = letter(1, to=("a@unit.example", "b@unit.example"), cc=("c@unit.example",))
    [report] = send([sent], relay)
    assert (report.outcome.state, report.outcome.dead) == ("sent", ("b@unit.example",))
    assert "b@unit.example（550 no such user）" in report.outcome.answer
    assert relay.taken[0].recipients == ("a@unit.example", "c@unit.example")


@pytest.mark.parametrize(
    ("reply", "dead"),
    [
        ("550 no such user", True),
        ("550 5.1.1 user unknown", True),
        ("550 5.2.1 mailbox disabled", True),
        ("551 user not local", True),
        ("553 5.1.3 bad address syntax", True),
        ("550 5.2.2 mailbox full", False),
        ("552 5.2.2 mailbox full", False),
        ("550 5.7.1 blocked by policy", False),
        ("554 relay denied", False),
        ("450 4.1.1 try later", False),
    ],
)
def test_only_a_mailbox_that_does_not_exist_is_dead(relay: MailServer, reply: str, dead: bool) -> None:
    relay.faults = Faults(recipients={"clerk1@unit.example": reply})
    [report] = send([letter(1)], relay)
    assert report.outcome.dead == (("clerk1@unit.example",) if dead else ())
    assert report.outcome.state == ("failed" if reply.startswith("4") else "refused")


def test_no_server_at_all_leaves_every_letter_for_later() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    reports = list(deliver([letter(1)], mail(port, "none"), Sender(Path("/"), SENDER), NOW, lambda _: None))
    assert states(reports) == ["failed"]
    assert "未发出" in reports[0].outcome.answer


def test_before_is_called_for_each_letter_sent_and_for_no_other(relay: MailServer) -> None:
    events: list[tuple[str, str]] = []
    letters = [letter(1), letter(2, to=("x@elsewhere.example",)), letter(3)]

    def before(each: Letter) -> None:
        events.append(("before", each.unit))

    for report in deliver(letters, mail(relay.port, "none"), Sender(Path("/"), SENDER), NOW, before):
        events.append((report.outcome.state, report.key[1]))
    one, two, three = (each.unit for each in letters)
    assert events == [("before", one), ("sent", one), ("refused", two), ("before", three), ("sent", three)]


def test_a_letter_another_process_has_taken_is_passed_over(relay: MailServer) -> None:
    settings, counter = mail(relay.port, "none"), Sender(Path("/"), SENDER)
    reports = list(deliver([letter(1), letter(2)], settings, counter, NOW, lambda each: each.unit != letter(1).unit))
    assert [report.key for report in reports] == [letter(2).key]
    assert len(relay.taken) == 1


def test_no_more_letters_a_minute_than_the_office_allows() -> None:
    clock = [0.0]
    rests: list[float] = []

    def sleep(seconds: float) -> None:
        rests.append(seconds)
        clock[0] += seconds

    pace = Pace(2, lambda: clock[0], sleep)
    left = []
    for _ in range(5):
        pace.wait()
        # One that is passed over in the end costs nothing.
        pace.wait()
        pace.leaves()
        left.append(clock[0])
        clock[0] += 10
    assert left == [0, 10, 60, 70, 120]
    assert rests == [40, 40]


def test_what_left_a_moment_ago_counts_towards_the_minute(relay: MailServer) -> None:
    rests: list[float] = []
    settings, counter = mail(relay.port, "none", per_minute=3), Sender(Path("/"), SENDER)
    letters = [letter(1), letter(2)]
    reports = list(
        deliver(
            letters, settings, counter, NOW, lambda _: None, 2, Pace(settings.per_minute, lambda: 0.0, rests.append)
        )
    )
    assert (states(reports), rests) == (["sent", "sent"], [60.0])
