"""Letters refused before any connection is made, and settings that must not be used."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tasks.errors import InputError
from tasks.mail.deliver import Report, deliver
from tasks.mail.message import Sender
from tasks.model.letter import Attachment, Letter
from tests.mailserver import MailServer
from tests.unit.tasks.mail.mail_values import at, letter, mail

NOW = at(dt.date(2023, 10, 23), 9)
SENDER = ("notice@office.example", "某县促消费联席会议办公室")


@pytest.fixture
def relay() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


def send(letters: list[Letter], server: MailServer, data: Path = Path("/"), **changes: Any) -> list[Report]:
    return list(deliver(letters, mail(server.port, "none", **changes), Sender(data, SENDER), NOW, lambda _: None))


@pytest.mark.parametrize(
    ("allow", "address", "state"),
    [
        ((), "a@unit.example", "refused"),
        (("unit.example",), "a@unit.example", "sent"),
        (("unit.example",), "a@UNIT.example", "sent"),
        (("unit.example",), "a@sub.unit.example", "refused"),
        (("unit.example",), "a@evilunit.example", "refused"),
        ((".unit.example",), "a@sub.unit.example", "sent"),
        (("*",), "a@anywhere.example", "sent"),
    ],
)
def test_the_allow_list_decides_by_the_domain(
    relay: MailServer, allow: tuple[str, ...], address: str, state: str
) -> None:
    [report] = send([letter(1, to=(address,))], relay, allow=allow)
    assert report.outcome.state == state
    assert ("不在允许名单内" in report.outcome.answer) == (state == "refused")


def test_one_copy_outside_the_allow_list_keeps_the_whole_letter_in(relay: MailServer) -> None:
    [report] = send([letter(1, cc=("boss@elsewhere.example",))], relay)
    assert report.outcome.state == "refused"
    assert not relay.taken


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"to": ()}, "没有收件人"),
        ({"to": ("a@unit.example\r\nBcc: x@unit.example",)}, "邮箱地址不可用"),
        ({"to": ("a@unit.example,b@unit.example",)}, "邮箱地址不可用"),
        ({"cc": ("张三@unit.example",)}, "邮箱地址不可用"),
        ({"subject": "催报\nBcc: x@unit.example"}, "控制字符"),
        ({"subject": "催报\u2028x"}, "控制字符"),
        ({"subject": " "}, "主题为空"),
        ({"message_id": "<a@b.lianxi>\r\nBcc: x@unit.example"}, "控制字符"),
        ({"message_id": "a"}, "编号"),
        ({"attachments": (Attachment("a\r\nX: y.xlsx", "a.xlsx"),)}, "控制字符"),
        ({"attachments": (Attachment("a.xlsx", "missing.xlsx"),)}, "附件不存在"),
        ({"attachments": (Attachment("a.xlsx", "../secret"),)}, "附件不存在"),
        ({"attachments": (Attachment("a.xlsx", "/etc/hostname"),)}, "附件不存在"),
        ({"attachments": (Attachment("a.xlsx", "big.xlsx"),)}, "超过 14.0 MB"),
    ],
)
def test_what_must_not_leave_is_refused_before_the_wire(
    relay: MailServer, tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    with (tmp_path / "big.xlsx").open("wb") as file:
        file.truncate(Sender(tmp_path, SENDER).attachments_bytes + 1)
    [report] = send([letter(1, **changes)], relay, tmp_path)
    assert report.outcome.state == "refused"
    assert words in report.outcome.answer
    assert relay.connections == 0


def test_the_office_sets_how_much_a_letter_may_carry(relay: MailServer, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"x" * 1000)
    sent, settings = letter(1, attachments=(Attachment("a.xlsx", "a.xlsx"),)), mail(relay.port, "none")
    found = []
    for most in (1000, 999):
        counter = Sender(tmp_path, SENDER, attachments_bytes=most)
        found += [report.outcome.state for report in deliver([sent], settings, counter, NOW, lambda _: None)]
    assert found == ["sent", "refused"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"host": ""}, "LIANXI_SMTP_HOST"),
        ({"security": "ssl", "user": "notice"}, "LIANXI_SMTP_PASSWORD"),
        ({"security": "none", "user": "notice", "password": "x"}, "不能登录"),
        ({"security": "none", "host": "8.8.8.8"}, "办公网"),
        ({"security": "none", "host": "::ffff:8.8.8.8"}, "办公网"),
        ({"security": "none", "host": "no-such-host.invalid"}, "办公网"),
    ],
)
def test_settings_that_must_not_be_used_stop_the_batch_with_the_remedy(changes: dict[str, Any], words: str) -> None:
    security = changes.pop("security", "ssl")
    batch = deliver([letter(1)], mail(25, security, **changes), Sender(Path("/"), SENDER), NOW, lambda _: None)
    with pytest.raises(InputError, match=words):
        next(batch)
