"""Migrations and connections, including bad URLs, missing folders and several processes at once."""

from __future__ import annotations

import dataclasses
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

import tasks.store
from tasks.errors import InputError, LianxiError, PipelineError, RetryableError
from tasks.model.letter import Letter
from tasks.model.submission import Contact, Duty, Finding, Original, ProgressRow
from tasks.store.duty_table import read_duties, write_duties
from tasks.store.engine import engine_for, reading, writing
from tasks.store.ledger_location import HEAD
from tasks.store.migrate import migrate
from tasks.store.outbox import load_letters
from tasks.store.schema import duty_tables, letter_tables, submission_tables
from tasks.store.schema.tables import METADATA
from tests.forking import forked

MIGRATIONS = Path(tasks.store.__file__).with_name("schema") / "migrations"


def test_migrating_builds_every_table_and_doing_it_again_changes_nothing(empty_url: str) -> None:
    migrate(empty_url)
    migrate(empty_url)
    with reading(empty_url) as connection:
        tables = set(inspect(connection).get_table_names())
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    assert tables == {*METADATA.tables, "alembic_version"}
    assert revision == [HEAD]


def test_models_and_migrations_agree(url: str) -> None:
    with engine_for(url).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, METADATA) == []


def test_the_known_head_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


@pytest.mark.parametrize(
    ("value", "table", "other_names"),
    [
        (ProgressRow, submission_tables.ProgressRecord, {"plan", "unit", "period"}),
        (Finding, submission_tables.FindingRow, set()),
        (Contact, submission_tables.ContactRow, {"plan"}),
        (Duty, duty_tables.DutyRow, set()),
        (Original, submission_tables.OriginalRow, set()),
        (Letter, letter_tables.LetterRow, set()),
    ],
)
def test_every_field_of_a_value_has_its_column(value: Any, table: Any, other_names: set[str]) -> None:
    fields = {field.name for field in dataclasses.fields(value)}
    assert fields - other_names <= {column.name for column in table.__table__.columns}


def test_many_processes_may_migrate_the_same_new_database_at_once(empty_url: str) -> None:
    processes = [forked(migrate, empty_url) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0, 0]
    assert read_duties(empty_url, "yanqi-2023") == ()


def test_migrating_leaves_logging_as_it_was(empty_url: str) -> None:
    other = logging.getLogger("an.office.of.its.own")
    before = (logging.root.level, tuple(logging.root.handlers), other.disabled, logging.getLogger("alembic").level)
    migrate(empty_url)
    assert before == (
        logging.root.level,
        tuple(logging.root.handlers),
        other.disabled,
        logging.getLogger("alembic").level,
    )


@pytest.mark.parametrize("name", ["a b", "100%", "50%20off", "联席会议", "%(here)s", "#1"])
def test_a_sqlite_ledger_lies_at_the_path_as_written(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    migrate(f"sqlite:///{tmp_path}/{name}/lianxi.db")
    assert (tmp_path / name / "lianxi.db").is_file()


def test_a_percent_encoded_path_is_understood_too(tmp_path: Path) -> None:
    (tmp_path / "a b").mkdir()
    migrate(f"sqlite:///{tmp_path}/a%20b/lianxi.db?timeout=5")
    assert (tmp_path / "a b" / "lianxi.db").is_file()


def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    migrate(f"sqlite:///{tmp_path}/数据/库/lianxi.db")
    assert (tmp_path / "数据/库/lianxi.db").is_file()


@pytest.mark.parametrize("wrong", ["", "lianxi.db", "sqlite://", "sqlite:///:memory:", "mysql://host/lianxi"])
def test_an_address_that_cannot_be_used_is_the_users_error(wrong: str) -> None:
    with pytest.raises(InputError, match="数据库"):
        migrate(wrong)


def test_a_ledger_newer_than_the_program_is_refused(url: str) -> None:
    with writing(url, "test") as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(PipelineError, match="较新版本"):
        migrate(url)


def test_a_ledger_that_was_never_built_says_so(empty_url: str, tmp_path: Path) -> None:
    (tmp_path / "新 100%").mkdir(exist_ok=True)
    with pytest.raises(PipelineError, match="尚未建好"):
        load_letters(empty_url, "yanqi-2023")


def test_a_file_that_is_no_database_is_a_plain_error(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(PipelineError, match="不是数据库"):
        migrate(f"sqlite:///{tmp_path}/x.db")


def test_a_server_that_is_away_is_a_retryable_error() -> None:
    with pytest.raises(RetryableError, match="连不上数据库"):
        migrate("postgresql://nobody@127.0.0.1:1/none")


def test_a_folder_that_cannot_be_made_is_a_plain_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(PipelineError, match="无法建立"):
        migrate(f"sqlite:///{tmp_path}/file/lianxi.db")


def test_a_ledger_locked_too_long_is_a_retryable_error(blank_file: Path) -> None:
    with (
        writing(f"sqlite:///{blank_file}?timeout=0.1", "one"),
        pytest.raises(RetryableError, match="占用"),
        writing(f"sqlite:///{blank_file}?timeout=0.05", "another"),
    ):
        raise AssertionError("two writers at once")


def test_an_error_message_contains_no_data(url: str, duty: Callable[..., Duty]) -> None:
    write_duties(url, [duty(text="13912345678")])
    copy = text("INSERT INTO duty SELECT * FROM duty")
    with pytest.raises(LianxiError) as caught, writing(url, "test") as connection:
        connection.execute(copy)
    assert "13912345678" not in str(caught.value) and "数据库出错" in str(caught.value)


def test_sqlite_keeps_its_journal_and_its_keys(blank_file: Path) -> None:
    with reading(f"sqlite:///{blank_file}") as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 30_000


def test_the_database_itself_refuses_a_child_without_parent(url: str) -> None:
    with engine_for(url).begin() as connection, pytest.raises(IntegrityError):
        connection.execute(text("INSERT INTO sighting (original_id, submission_id) VALUES (1, 1)"))


def test_what_fails_halfway_leaves_nothing(url: str, duty: Callable[..., Duty]) -> None:
    columns = "(plan, unit, kind, period, opens, due, grace_until, closes, text, measures)"
    day = "'2023-10-20'"
    with pytest.raises(RuntimeError), writing(url, "test") as connection:
        connection.execute(text(f"INSERT INTO duty {columns} VALUES ('p','u','k','x',{day},{day},{day},{day},'','[]')"))
        raise RuntimeError("the power fails here")
    assert read_duties(url, "p") == ()


def test_parent_and_forked_child_use_the_ledger_side_by_side(url: str, duty: Callable[..., Duty]) -> None:
    write_duties(url, [duty(unit="父")])
    with reading(url) as connection:
        child = forked(write_duties, url, [duty(unit="子")])
        child.start()
        child.join(30)
        assert connection.execute(text("SELECT 1")).scalar() == 1
    assert child.exitcode == 0
    assert [each.unit for each in read_duties(url, "yanqi-2023")] == ["父", "子"]


def test_one_engine_a_process_and_none_of_the_parents_in_a_child(url: str) -> None:
    inherited = engine_for(url)
    assert engine_for(url) is inherited
    pid = os.fork()
    if pid == 0:
        os._exit(0 if engine_for(url) is not inherited else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
