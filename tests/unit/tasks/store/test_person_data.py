"""A person is found by name or mail address and redacted in every table; nobody else is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import select

from tasks.model.letter import CallNote, Letter
from tasks.model.submission import Contact, Duty, Finding, Verdict
from tasks.store import audit_chain
from tasks.store.accepted_rows import contacts_on
from tasks.store.call_notes import load_calls, note_call
from tasks.store.dump import companions, ledger_file
from tasks.store.duty_table import grant_extension, write_duties
from tasks.store.engine import reading
from tasks.store.outbox import enqueue_letters, load_letters
from tasks.store.pending import claim_pending_originals
from tasks.store.person_data import find_person, redact_person, vacuum
from tasks.store.record_verdicts import write_verdicts
from tasks.store.schema.tables import METADATA
from tasks.store.submissions import load_received

At = Callable[..., dt.datetime]
PLAN, UNIT = "yanqi-2023", "县商工局"


def person(name: str, phone: str, mail: str, role: str = "业务负责人", unit: str = UNIT) -> Contact:
    return Contact(PLAN, unit, role, name, "科长", phone, mail)


@pytest.fixture
def ledger(
    url: str, at: At, verdict: Callable[..., Verdict], letter: Callable[..., Letter], duty: Callable[..., Duty]
) -> str:
    old = (person("旧人", "0996-6000000", "old@example.cn"),)
    own = (
        person("示例甲", "0996-6001234", "jia@example.cn"),
        person("示例乙", "0996-6001234", "yi@example.cn", "分管领导"),
    )
    other = (person("示例甲", "0996-7777777", "other@example.cn", unit="县财政局"),)
    quoting = Finding("R1", "return", "电话“0996-6001234”、邮箱“jia@example.cn”", "改正", value="jia@example.cn")
    made = [
        verdict(kind="roster", period="2023-09", contacts=old, path="a", content="1", day=10),
        verdict(kind="roster", period="2023-09", contacts=own, path="b", content="2", day=12, findings=(quoting,)),
        verdict(kind="roster", period="2023-09", unit="县财政局", contacts=other, path="c", content="3", day=12),
    ]
    for each in made:
        claim_pending_originals(url, [each.reading.original], at(12), PLAN)
        write_verdicts(url, [each], each.reading.original.received_at)
    sent = letter(to=("jia@example.cn", "yi@example.cn"), cc=(), text="示例甲同志：请致电0996-6001234或 jia@example.cn")
    alone = letter(rung="黄", to=("jia@example.cn",), cc=("yi@example.cn",))
    theirs = letter(unit="县财政局", to=("other@example.cn",), cc=(), text="示例甲同志")
    enqueue_letters(url, [sent, alone, theirs], at(23))
    write_duties(url, [duty()])
    grant_extension(url, duty().key, dt.date(2023, 10, 25), "示例甲同志住院", "示例丁", at(19))
    note_call(
        url, CallNote(PLAN, UNIT, "业务负责人", at(20), True, "示例甲（jia@example.cn）说明日报", "示例丁"), at(20)
    )
    return url


@pytest.mark.parametrize("who", ["jia@example.cn", "JIA@example.cn ", "示例甲"])
def test_by_name_or_mail_the_same_person_is_found(ledger: str, who: str) -> None:
    (found,) = find_person(ledger, who, UNIT)
    assert (found.unit, found.names, found.terms) == (UNIT, {"示例甲"}, {"jia@example.cn"})
    # The office's telephone is also the other's.
    assert found.shared == {"0996-6001234"}


def test_an_unknown_person_is_not_found(ledger: str) -> None:
    assert find_person(ledger, "示例") == () and find_person(ledger, "示例甲", "县住建局") == ()
    assert {each.unit for each in find_person(ledger, "示例甲")} == {UNIT, "县财政局"}


def test_a_person_is_redacted_and_nobody_else(ledger: str, at: At) -> None:
    versions = [(one.unit, one.state, one.version) for one in load_received(ledger, PLAN)]
    (found,) = find_person(ledger, "jia@example.cn")
    planned = redact_person(ledger, found, "编号", "示例丙", at(25), dry_run=True)
    assert len(contacts_on(ledger, PLAN, dt.date(2023, 10, 25))) == 3 and len(audit_chain.audit_entries(ledger)) == 1
    assert redact_person(ledger, found, "编号", "示例丙", at(25)) == planned

    # The older roster does not come back into force, and the others stay.
    left = contacts_on(ledger, PLAN, dt.date(2023, 10, 25))
    assert {(one.unit, one.name) for one in left} == {(UNIT, "示例乙"), ("县财政局", "示例甲")}
    told = {letter.key[1:4]: (letter, state) for letter, state, _ in load_letters(ledger, PLAN)}
    first, state = told[UNIT, "progress/2023-10", "蓝"]
    assert (first.to, state) == (("yi@example.cn",), "ready")
    assert first.text == "（已删除）同志：请致电0996-6001234或 （已删除）"
    assert told[UNIT, "progress/2023-10", "黄"][1] == "withdrawn"
    other, state = told["县财政局", "progress/2023-10", "蓝"]
    assert (other.to, other.text, state) == (("other@example.cn",), "示例甲同志", "ready")
    assert [(one.unit, one.state, one.version) for one in load_received(ledger, PLAN)] == versions
    said = [finding for one in load_received(ledger, PLAN) for finding in one.findings]
    assert [(one.code, one.value) for one in said] == [("R1", "（已删除）")]

    assert [one.words for one in load_calls(ledger, PLAN)] == ["（已删除）（（已删除））说明日报"]
    assert planned.notes == 2

    _, entry = audit_chain.audit_entries(ledger)
    assert entry.act == "删除个人信息" and "编号" in entry.subject
    assert not any(word in str(entry) for word in ("示例甲", "jia@", "6001234"))
    assert find_person(ledger, "jia@example.cn") == ()
    # No table holds a word of it any more, of whatever column; and neither do the bytes of a ledger that is a file.
    words = ("jia@example.cn", "示例甲同志", "示例甲（")
    with reading(ledger) as connection:
        for table in METADATA.sorted_tables:
            own = [row for row in connection.execute(select(table)) if "县财政局" not in str(row)]
            assert not [row for row in own if any(word in str(row) for word in words)], table.name
    vacuum(ledger)
    if file := ledger_file(ledger):
        kept = b"".join(path.read_bytes() for path in (file, *companions(file)) if path.exists())
        assert not any(word.encode() in kept for word in ("jia@example.cn", "示例甲（", "示例甲同志住院"))
