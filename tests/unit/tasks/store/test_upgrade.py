"""A ledger of the first release, with rows in every table, is upgraded with nothing lost or changed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, Table, select, text

import tasks.store
from tasks.store import audit_chain
from tasks.store.accepted_rows import contacts_on, load_accepted_rows
from tasks.store.engine import reading, writing
from tasks.store.ledger_location import HEAD
from tasks.store.migrate import migrate
from tasks.store.outbox import letter_records, load_letters, withdraw_letters
from tasks.store.submissions import load_received

FIRST_RELEASE = "0001"
DAY = dt.date(2023, 10, 20)
NOW = dt.datetime(2023, 10, 20, tzinfo=dt.UTC)
# One value for each column type: text with what breaks careless quoting, JSON where the column holds JSON.
TEXT = "县商工局 'a' \"b\" ；\\ %s"
OF_ITS_OWN: dict[str, Any] = {
    "measures": '["22"]', "cells": '["H8"]', "repairs": "[]", "to": '["a@example.cn"]', "cc": "[]", "attachments": "[]",
    "plan": "yanqi-2023", "unit": "县商工局", "kind": "progress", "period": "2023-10", "verdict": "accepted",
    "folder_unit": "县商工局", "severity": "hint", "content_json": "{}",
}  # fmt: skip
STATES = {"submission": ("accepted", "superseded"), "letter": ("sent", "uncertain"), "brief": ("frozen", "draft")}


def first_release(url: str) -> None:
    """Build the ledger as the first release did."""
    from tasks.store.engine import engine_for

    engine = engine_for(url)
    if engine.dialect.name == "sqlite":
        Path(str(engine.url.database)).parent.mkdir(parents=True, exist_ok=True)
    config = Config()
    config.set_main_option("script_location", str(Path(tasks.store.__file__).with_name("schema") / "migrations"))
    with writing(url, "migrations") as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, FIRST_RELEASE)


def fill(url: str) -> None:
    """Two rows in every table, parents before children."""
    with writing(url, "x") as connection:
        found = MetaData()
        found.reflect(connection)
        for table in found.sorted_tables:
            if table.name != "alembic_version":
                connection.execute(table.insert(), [_row(table, number) for number in (1, 2)])


def _row(table: Table, number: int) -> dict[str, Any]:
    return {column.name: _value(table.name, column, number) for column in table.columns}


def _value(table: str, column: Any, number: int) -> Any:
    kind = str(column.type)
    if column.name == "state":
        return STATES[table][(number - 1) % 2]
    if column.name == "superseded_by":
        return None if number == 1 else 1
    if column.name in OF_ITS_OWN:
        # Keys differ by what is left: version, path_key, rung, period of the brief.
        return (
            f"2023-{8 + number:02}"
            if (table, column.name) in {("brief", "period"), ("duty", "period")}
            else OF_ITS_OWN[column.name]
        )
    if "INT" in kind:
        return 2**40 + number if "BIG" in kind else number
    if "BOOL" in kind:
        return number == 1
    if kind == "DATE":
        return DAY
    if "TIME" in kind:
        return dt.datetime(2023, 10, number, 9, 30, 15, 123456, tzinfo=dt.UTC)
    if "DOUBLE" in kind:
        return 0.1 + number
    return f"{TEXT}{number}"


def table_rows(
    url: str, columns: dict[str, list[str]] | None = None
) -> dict[str, tuple[list[str], list[tuple[Any, ...]]]]:
    """The rows of every table, in the given columns or in all."""
    with reading(url) as connection:
        found = MetaData()
        found.reflect(connection)
        rows_of = {}
        for table in found.sorted_tables:
            if table.name == "alembic_version" or (columns and table.name not in columns):
                continue
            names = columns[table.name] if columns else [column.name for column in table.columns]
            rows = connection.execute(select(*(table.c[name] for name in names)))
            rows_of[table.name] = (names, sorted((tuple(row) for row in rows), key=str))
        return rows_of


def test_a_ledger_of_the_first_release_is_upgraded_without_loss(empty_url: str) -> None:
    first_release(empty_url)
    fill(empty_url)
    before = table_rows(empty_url)
    assert len(before) == 11 and all(len(rows) == 2 for _, rows in before.values())
    migrate(empty_url)
    migrate(empty_url)
    assert table_rows(empty_url, {name: names for name, (names, _) in before.items()}) == before
    with reading(empty_url) as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [HEAD]


def test_an_upgraded_ledger_is_read_and_written(empty_url: str) -> None:
    first_release(empty_url)
    fill(empty_url)
    migrate(empty_url)
    assert [one.state for one in load_received(empty_url, "yanqi-2023")] == ["accepted", "superseded"]
    assert load_accepted_rows(empty_url, "yanqi-2023", "2023-10")[0].cumulative == 1.1
    assert len(contacts_on(empty_url, "yanqi-2023", DAY)) == 1
    (_, sent, _), (letter, uncertain, _) = load_letters(empty_url, "yanqi-2023")
    assert (sent, uncertain) == ("sent", "uncertain")
    # A state that the first release did not have.
    assert withdraw_letters(empty_url, [letter.key], "已受理", NOW) == 1
    audit_chain.record_act(empty_url, "", "试", "", "甲", "", NOW)
    assert audit_chain.check_chain(audit_chain.audit_entries(empty_url)) is None


ANSWERS = {
    "演练：未寄出，已写入 outbox/2023-10-23/蓝-县商工局-1a2b3c4d.eml": "rehearsed",
    "邮件账号登录失败，未发出。服务器答复 535：authentication failed": "login_refused",
    "已送达其余收件人；被拒收：a@example.cn（550 no such user）": "partly",
    "服务器已接收": None,
    "试了72小时仍未发出，不再重试：邮件账号登录失败，未发出": None,
    "": None,
}


def test_an_answer_that_earlier_versions_told_by_its_beginning_has_its_code(empty_url: str) -> None:
    first_release(empty_url)
    with writing(empty_url, "x") as connection:
        found = MetaData()
        found.reflect(connection, only=["letter"])
        rows = [
            _row(found.tables["letter"], number) | {"state": "sent", "answer": answer}
            for number, answer in enumerate(ANSWERS, 1)
        ]
        connection.execute(found.tables["letter"].insert(), rows)
    migrate(empty_url)
    assert {each.answer: each.code for each in letter_records(empty_url, "yanqi-2023")} == ANSWERS
