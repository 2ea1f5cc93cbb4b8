"""Dump the ledger into one file and restore it: SQLite by its online backup, PostgreSQL by pg_dump and pg_restore.

A dump shows one state of the ledger even while others write to it.
Does not belong here: archives, folders, when a backup is due (`flows`).
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL

from tasks.errors import InputError, PipelineError
from tasks.store.engine import database_url, engine_for

_PAGES_SECONDS = 30
_TOOL_SECONDS = 3600


def database_kind(url: str) -> str:
    """`sqlite` or `postgresql`."""
    return database_url(url).get_backend_name()


def ledger_file(url: str) -> Path | None:
    """The file of a SQLite ledger; None for PostgreSQL."""
    return Path(str(database_url(url).database)) if database_kind(url) == "sqlite" else None


def dump_ledger(url: str, target: Path) -> None:
    """Write one state of the ledger to `target`.

    Raises PipelineError if the ledger cannot be read, InputError if PostgreSQL's client programs are not installed.
    """
    source = ledger_file(url)
    if source is None:
        _tool("pg_dump", database_url(url), ["--format=custom", "--no-owner", "--no-privileges", "--file", str(target)])
        return
    if not source.is_file():
        raise PipelineError(f"没有数据库文件 {source}，无从备份")
    try:
        with (
            closing(sqlite3.connect(source, timeout=_PAGES_SECONDS)) as ledger,
            closing(sqlite3.connect(target)) as copy,
        ):
            # All pages in one step read one state, and in WAL mode no writer waits for a reader.
            ledger.backup(copy, pages=-1)
    except sqlite3.Error as error:
        raise PipelineError(f"数据库备份没有完成（{error}）") from None
    check_dump(url, target)


def check_dump(url: str, copy: Path) -> None:
    """Read a dump from end to end. Raises PipelineError if it is damaged."""
    if ledger_file(url) is None:
        _tool("pg_restore", None, ["--list", str(copy)])
        return
    try:
        with closing(sqlite3.connect(copy)) as ledger:
            result = ledger.execute("PRAGMA quick_check").fetchone()[0]
    except sqlite3.Error as error:
        result = str(error)
    if result != "ok":
        raise PipelineError(f"数据库的副本不完整（{result}）")


def restore_ledger(url: str, copy: Path, aside: Path) -> None:
    """Replace the ledger by the dump `copy`; the ledger replaced, if any, is kept in the folder `aside`.

    Raises PipelineError if it fails; a PostgreSQL ledger is then unchanged.
    """
    engine_for(url).dispose()
    ledger = ledger_file(url)
    if ledger is None:
        aside.mkdir(parents=True, exist_ok=True)
        dump_ledger(url, aside / "lianxi.dump")
        _tool(
            "pg_restore",
            database_url(url),
            [
                "--clean",
                "--if-exists",
                "--no-owner",
                "--no-privileges",
                "--exit-on-error",
                "--single-transaction",
                str(copy),
            ],
        )
        return
    ledger.parent.mkdir(parents=True, exist_ok=True)
    # The companions first: SQLite would apply a leftover journal to the new main file.
    for path in (*companions(ledger), ledger):
        if path.exists():
            aside.mkdir(parents=True, exist_ok=True)
            os.rename(path, aside / path.name)
    beside = ledger.with_name(f".~{os.getpid()}.tmp")
    shutil.copyfile(copy, beside)
    os.replace(beside, ledger)


def companions(ledger: Path) -> tuple[Path, ...]:
    """The files SQLite keeps beside its database file."""
    return tuple(ledger.with_name(ledger.name + tail) for tail in ("-wal", "-shm", "-journal"))


def _tool(name: str, address: URL | None, arguments: list[str]) -> None:
    """Run a PostgreSQL program. The password goes into the environment, because arguments show in process lists."""
    program = shutil.which(name)
    if program is None:
        raise InputError(
            f"这台机器上没有 {name}：请安装 PostgreSQL 客户端（postgresql-client，版本不低于服务器），"
            "或由数据库管理员备份，再备份数据文件夹"
        )
    environment = dict(os.environ)
    connect: list[str] = []
    if address is not None:
        query = {key: value if isinstance(value, str) else value[0] for key, value in address.query.items()}
        if address.password:
            environment["PGPASSWORD"] = str(address.password)
        if mode := query.get("sslmode"):
            environment["PGSSLMODE"] = mode
        named = {
            "--host": address.host or query.get("host"), "--port": address.port or query.get("port"),
            "--username": address.username, "--dbname": address.database,
        }  # fmt: skip
        connect = ["--no-password", *(f"{option}={value}" for option, value in named.items() if value)]
    done = subprocess.run(
        [program, *connect, *arguments], env=environment, capture_output=True, text=True, timeout=_TOOL_SECONDS
    )
    if done.returncode != 0:
        raise PipelineError(f"{name} 没有完成：{done.stderr.strip().splitlines()[-1:] or done.returncode}")
