"""A dry run writes the same message that would be sent, as a file that mail programs open."""

from __future__ import annotations

import datetime as dt
import email
import re
from dataclasses import replace
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from config.calendar import Period
from tasks.mail.deliver import deliver, eml_path
from tasks.mail.message import Sender
from tasks.mail.sample_letters import samples
from tasks.model.letter import Attachment, Letter
from tests.mailserver import MailServer
from tests.unit.tasks.mail.mail_values import UNIT, at, context, duty, letter, letter_builder, mail, settings

RULES = settings()
NOW = at(dt.date(2023, 10, 23), 9)
SENDER = ("notice@office.example", "某县促消费联席会议办公室")


def write(data: Path, *letters: Letter, share: Path | None = None) -> list[tuple[str, str]]:
    rules = mail(0, "ssl", mode="dry-run", host="", allow=())
    counter = Sender(data, SENDER, "coordinator@office.example", share)
    return [(each.outcome.state, each.outcome.answer) for each in deliver(letters, rules, counter, NOW, lambda _: None)]


def opened(data: Path, sent: Letter) -> EmailMessage:
    message = email.message_from_bytes((data / eml_path(sent)).read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_the_eml_opens_and_shows_chinese(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(b"PK form")
    sent = letter(1, cc=("leader1@unit.example",), attachments=(Attachment("督办单.docx", "a.docx"),))
    assert write(tmp_path, sent) == [("sent", f"演练：未寄出，已写入 {eml_path(sent)}")]
    message = opened(tmp_path, sent)
    assert message["Subject"] == "【催报通知】第1封"
    assert message["Message-ID"] == sent.message_id
    assert message["To"] == "clerk1@unit.example"
    assert message["Cc"] == "leader1@unit.example"
    assert message["Reply-To"] == "coordinator@office.example"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == NOW
    assert not message.defects
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert plain.get_content().splitlines() == ["请报送。"]
    assert html is not None
    assert html.get_content().splitlines() == ["<p>请报送。</p>"]
    [attached] = message.iter_attachments()
    assert (attached.get_filename(), attached.get_payload(decode=True)) == ("督办单.docx", b"PK form")


def _every_kind(folder: Path) -> list[Letter]:
    """Each kind of letter, with attachments named like real ones and one with a very long name."""
    found = []
    for number, each in enumerate(samples([duty()], Period.parse("2023-10"), letter_builder(), context(rules=RULES))):
        files = tuple(replace(one, name=f"{'长' * 80}_{one.name}") for one in each.letter.attachments)
        found.append(
            replace(
                each.letter,
                unit=f"{UNIT}{number}",
                subject=f"{each.letter.subject}{'，等事项' * 12}",
                attachments=files,
            )
        )
        for one in files:
            (folder / one.path).write_bytes(b"PK")
    return found


def test_every_kind_of_letter_is_a_sound_message_in_every_part_and_header(tmp_path: Path) -> None:
    letters = _every_kind(tmp_path)
    assert {state for state, _ in write(tmp_path, *letters)} == {"sent"}
    for sent in letters:
        content = (tmp_path / eml_path(sent)).read_bytes()
        assert max(map(len, content.split(b"\r\n"))) <= 998
        # No encoded word longer than RFC 2047 allows: some clients show such a subject as it stands.
        assert all(len(word) <= 75 for word in re.findall(rb"=\?utf-8\?[^?]+\?[^?]*\?=", content))
        message = opened(tmp_path, sent)
        assert message["Subject"] == sent.subject
        assert message["From"] == f"{SENDER[1]} <{SENDER[0]}>"
        for part in message.walk():
            assert part.defects == []
            assert [(name, value) for name, value in part.items() if value.defects] == []
        names = [part.get_filename() for part in message.iter_attachments()]
        assert names == [each.name for each in sent.attachments]


def test_every_line_of_the_eml_ends_in_crlf_and_is_ascii(tmp_path: Path) -> None:
    write(tmp_path, letter(1))
    content = (tmp_path / eml_path(letter(1))).read_bytes()
    assert content.isascii()
    assert content.count(b"\n") == content.count(b"\r\n") > 10
    assert content.endswith(b"\r\n")


def test_the_same_letter_gives_the_same_bytes_and_is_written_once(tmp_path: Path) -> None:
    path = tmp_path / eml_path(letter(1))
    write(tmp_path, letter(1))
    first, written_at = path.read_bytes(), path.stat().st_mtime_ns
    write(tmp_path, letter(1))
    assert path.stat().st_mtime_ns == written_at
    path.unlink()
    write(tmp_path, letter(1))
    assert path.read_bytes() == first
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_the_file_is_named_for_rung_and_unit_and_never_leaves_its_folder() -> None:
    assert eml_path(letter(1)).startswith("outbox/2023-10-23/蓝-县某局1-")
    nasty = eml_path(letter(1, unit="../../etc/一局\x00"))
    assert nasty.count("/") == 2
    assert ".." not in nasty


def test_letters_alike_but_for_their_duty_have_files_of_their_own() -> None:
    assert eml_path(letter(1)) != eml_path(letter(1, duty="roster/2023-09/蓝+1"))


def test_a_dry_run_ignores_the_allow_list_but_still_refuses_a_bad_letter(tmp_path: Path) -> None:
    outcome = write(tmp_path, letter(1, to=("a@anywhere.example",)), letter(2, to=("not an address",)))
    assert [state for state, _ in outcome] == ["sent", "refused"]


def test_the_dry_run_writes_what_the_wire_would_carry(tmp_path: Path) -> None:
    counter = Sender(tmp_path, SENDER, "coordinator@office.example")
    with MailServer() as server:
        rules = mail(server.port, "none")
        assert [each.outcome.state for each in deliver([letter(1)], rules, counter, NOW, lambda _: None)] == ["sent"]
    write(tmp_path, letter(1))
    assert server.taken[0].content == (tmp_path / eml_path(letter(1))).read_bytes()


@pytest.mark.parametrize("outside", [True, False])
def test_an_attachment_in_the_share_is_found_wherever_the_share_lies(tmp_path: Path, outside: bool) -> None:
    share = tmp_path / ("elsewhere" if outside else "data/share")
    (share / "县某局1/发放").mkdir(parents=True)
    (share / "县某局1/发放/a.xlsx").write_bytes(b"PK")
    (tmp_path / "data").mkdir(exist_ok=True)
    sent = letter(1, attachments=(Attachment("a.xlsx", "share/县某局1/发放/a.xlsx"),))
    [(state, _)] = write(tmp_path / "data", sent, share=share if outside else None)
    assert state == "sent"
    assert [part.get_filename() for part in opened(tmp_path / "data", sent).iter_attachments()] == ["a.xlsx"]
