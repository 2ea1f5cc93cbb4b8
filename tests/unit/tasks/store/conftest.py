"""Fixtures of the ledger's tests: every test that takes `url` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import make_url, text

from tasks.model.letter import Letter
from tasks.model.submission import Contact, Duty, Finding, Original, ProgressRow, Reading, Verdict
from tasks.store.engine import engine_for
from tasks.store.ledger_location import HEAD
from tasks.store.migrate import migrate
from tasks.store.schema.tables import METADATA
from tests import postgres

ZONE = ZoneInfo("Asia/Shanghai")
_numbers = count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """A PostgreSQL server; yields the URL of a migrated ledger in it."""
    with postgres.running() as address:
        ledger = postgres.database(address, "ledger")
        migrate(ledger)
        yield ledger
        engine_for(ledger).dispose()


@pytest.fixture(scope="session")
def blank_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite ledger to copy."""
    path = tmp_path_factory.mktemp("blank") / "lianxi.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty ledger on each database; for SQLite in a folder whose name has blanks, Chinese and a percent sign."""
    if request.param == "sqlite":
        folder = tmp_path / "50% 联席 会议"
        folder.mkdir()
        shutil.copy(request.getfixturevalue("blank_file"), folder / "lianxi.db")
        yield f"sqlite:///{folder}/lianxi.db"
    else:
        ledger = request.getfixturevalue("server")
        _wipe(ledger)
        yield ledger


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without a single table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/新 100%/lianxi.db"
    else:
        empty = postgres.database(make_url(request.getfixturevalue("server")), f"empty_{next(_numbers)}")
        yield empty
        engine_for(empty).dispose()


def _wipe(ledger: str) -> None:
    with engine_for(ledger).begin() as connection:
        tables = ", ".join(METADATA.tables)
        # Only with its triggers off does the audit log allow to be emptied.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
        connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": HEAD})


@pytest.fixture
def at() -> Callable[..., dt.datetime]:
    """An instant of October 2023 in the office's zone: at(20), at(20, 9)."""
    return lambda day, hour=9: dt.datetime(2023, 10, day, hour, tzinfo=ZONE)


@pytest.fixture
def original(at: Callable[..., dt.datetime]) -> Callable[..., Original]:
    """original("甲局/上报/a.xlsx", content="一", day=18): an original whose sha256 is that of `content`."""

    def make(path: str = "县商工局/上报/10月.xlsx", content: str = "", **changes: Any) -> Original:
        digest = hashlib.sha256((content or path).encode("utf-8", "surrogateescape")).hexdigest()
        received_at = changes.pop("received_at", at(changes.pop("day", 18)))
        folder = path.partition("/")[0]
        made = Original(
            "yanqi-2023",
            digest,
            path,
            None if folder == "公共上报" else folder,
            12_345,
            1_697_600_000_000_000_000,
            received_at,
            f"{digest[:2]}/{digest}",
        )
        return replace(made, **changes)

    return make


@pytest.fixture
def row() -> Callable[..., ProgressRow]:
    """row(unit=..., period=..., cumulative=...): one validated row."""

    def make(**changes: Any) -> ProgressRow:
        made = ProgressRow(
            "yanqi-2023", "县商工局", "2023-10", "22", "牵头", "新增限上企业", "家", 8.0, 6.0, "正常推进", "已入库6家",
            "无", "", "", "继续培育", "", "2023年12月", "", 7, "H7",
        )  # fmt: skip
        return replace(made, **changes)

    return make


@pytest.fixture
def verdict(original: Callable[..., Original], row: Callable[..., ProgressRow]) -> Callable[..., Verdict]:
    """verdict("accepted", unit=..., period=..., kind=..., path=..., content=..., day=...): the verdict on one file."""

    def make(
        state: str = "accepted",
        unit: str | None = "县商工局",
        period: str | None = "2023-10",
        kind: Any = "progress",
        rows: tuple[ProgressRow, ...] | None = None,
        contacts: tuple[Contact, ...] = (),
        findings: tuple[Finding, ...] = (),
        of: Original | None = None,
        nil: bool = False,
        extension: tuple[dt.date, str] | None = None,
        **file: Any,
    ) -> Verdict:
        found = of or original(**({"path": f"{unit}/上报/{period}.xlsx"} | file))
        read = Reading(found, found.plan, unit, period, kind, "signature", "1", "月度报送")
        if rows is None:
            rows = (row(unit=unit, period=period),) if kind == "progress" and unit and period else ()
        return Verdict(read, state, findings, rows, contacts, nil, extension)  # type: ignore[arg-type]

    return make


@pytest.fixture
def duty() -> Callable[..., Duty]:
    """duty(unit=..., period=...): due on 20 October 2023."""

    def make(**changes: Any) -> Duty:
        day = dt.date(2023, 10, 20)
        made = Duty(
            "yanqi-2023", "县商工局", "progress", "2023-10", dt.date(2023, 10, 9), day, day, day, "月报", ("22",)
        )
        return replace(made, **changes)

    return make


@pytest.fixture
def letter() -> Callable[..., Letter]:
    """letter(unit=..., rung=...): one reminder of 23 October 2023."""

    def make(unit: str = "县商工局", rung: str = "蓝", **changes: Any) -> Letter:
        made = Letter(
            "yanqi-2023", unit, "progress/2023-10", rung, dt.date(2023, 10, 23), ("a@example.cn",), ("b@example.cn",),
            "催报", "请报送", "<p>请报送</p>", f"<{unit.encode().hex()}-{rung.encode().hex()}@example>",
        )  # fmt: skip
        return replace(made, **changes)

    return make
