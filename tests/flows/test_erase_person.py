"""`lianxi forget`: a person of October is erased from ledger and mails, and no figure of the month changes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tasks.archive.find_mentions import files_that_mention
from tasks.errors import InputError
from tasks.store import audit_chain
from tasks.store.accepted_rows import contacts_on, load_accepted_rows
from tasks.store.brief_issues import load_brief
from tests.conftest import use_data_folder

PLAN = "yanqi-2023"
AT = "2023-11-02T09:00"


def figures(url: str) -> tuple[object, ...]:
    """The month's standings, rates, rows in force and frozen brief."""
    from flows.admin.status import read_status

    read = read_status("2023-10", now=AT)
    standings = [(each.duty, each.name, each.version, len(each.findings)) for each in read.standings]
    return standings, read.rates, load_accepted_rows(url, PLAN, "2023-10"), load_brief(url, PLAN, "2023-10")


def test_a_person_is_erased_and_no_figure_changes(
    tmp_path: Path, october: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.admin.erase_person import erase_person
    from flows.context import instant_of

    root = tmp_path / "data"
    shutil.copytree(october, root, ignore=shutil.ignore_patterns("prefect", "logs"))
    use_data_folder(monkeypatch, root)
    url = f"sqlite:///{root}/lianxi.db"
    day = instant_of(AT, "Asia/Shanghai").date()
    before, people = figures(url), contacts_on(url, PLAN, day)
    one = next(each for each in people if each.role == "业务负责人")
    mails = list(files_that_mention(root / "outbox", [one.mail]))
    assert mails

    planned = erase_person(one.mail, dry_run=True, now=AT)
    assert contacts_on(url, PLAN, day) == people and all(path.exists() for path in mails)
    done = erase_person(one.mail, now=AT)
    assert (done.removed, done.kept) == (planned.removed, planned.kept)
    assert figures(url) == before
    assert one.mail not in {each.mail for each in contacts_on(url, PLAN, day)}
    assert not list(files_that_mention(root / "outbox", [one.mail]))
    # Every folder that still mentions the person is reported with the reason; the ledger's file does not.
    left = {path.relative_to(root).parts[0] for path in files_that_mention(root, [one.mail])}
    told = {"share": "共享文件夹：", **{room: f"{room}/" for room in left - {"share"}}}
    assert left and "lianxi.db" not in left
    assert [room for room in left if not any(told[room] in line for line in done.kept)] == []
    # Originals are evidence: unchanged, but only their owner can read them.
    kept = list(files_that_mention(root / "originals", [one.mail]))
    assert kept and all(path.stat().st_mode & 0o077 == 0 for path in kept)
    assert any("原件" in line for line in done.kept)
    entry = audit_chain.audit_entries(url)[-1]
    assert entry.act == "删除个人信息" and done.reference in entry.subject
    told = f"{entry}{done}"
    assert one.mail not in told and one.name not in told and one.phone not in told
    with pytest.raises(InputError, match="没有找到"):
        erase_person(one.mail, now=AT)
