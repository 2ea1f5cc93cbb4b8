"""Dumping and restoring the ledger on both databases, with a writer in mid-transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from tasks.errors import InputError, LianxiError, PipelineError
from tasks.model.submission import Duty
from tasks.store import audit_chain, dump
from tasks.store.duty_table import read_duties, write_duties
from tasks.store.engine import writing
from tasks.store.migrate import migrate
from tests import postgres

At = Callable[..., dt.datetime]


@pytest.fixture(autouse=True)
def _tools(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(postgres.tools()), prepend=":")


def test_a_copy_shows_one_state_and_brings_it_back(
    empty_url: str, tmp_path: Path, duty: Callable[..., Duty], at: At
) -> None:
    migrate(empty_url)
    write_duties(empty_url, [duty()])
    audit_chain.record_act(empty_url, "", "试", "", "甲", "", at(20))
    with writing(empty_url, "yanqi-2023") as connection:
        # A writer in mid-transaction neither waits nor is seen.
        connection.execute(text("UPDATE duty SET text = 'half'"))
        dump.dump_ledger(empty_url, tmp_path / "copy")
    write_duties(empty_url, [duty(unit="后来的")])
    dump.restore_ledger(empty_url, tmp_path / "copy", tmp_path / "aside")
    migrate(empty_url)
    assert read_duties(empty_url, "yanqi-2023") == (duty(),)
    assert (
        audit_chain.check_chain(audit_chain.audit_entries(empty_url)) is None
        and len(list((tmp_path / "aside").iterdir())) == 1
    )
    with pytest.raises(LianxiError, match="audit"), writing(empty_url, "x") as connection:
        connection.execute(text("DELETE FROM audit"))


def test_without_pg_dump_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match="postgresql-client"):
        dump.dump_ledger("postgresql://nobody@127.0.0.1:1/none", tmp_path / "copy")


def test_a_dump_that_is_not_a_database_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "copy").write_bytes(b"not a database" * 100)
    with pytest.raises(PipelineError, match="副本不完整"):
        dump.check_dump(f"sqlite:///{tmp_path}/lianxi.db", tmp_path / "copy")
