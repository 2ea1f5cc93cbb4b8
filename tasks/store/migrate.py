"""Bring the tables of the ledger to the revision that this program needs.

Belongs here: running the migrations of `schema/migrations`. Does not belong here: connections (`engine`), tables
(`schema`).
"""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path

from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import OperationalError

from tasks.errors import PipelineError, RetryableError
from tasks.store.engine import engine_for, explain_error, reading, writing
from tasks.store.ledger_location import HEAD

_MIGRATIONS = Path(__file__).parent / "schema" / "migrations"
_WAL_TRIES, _WAL_PAUSE_SECONDS = 600, 0.05
# Alembic keeps its running environment in a global of the process.
_one_at_a_time = threading.Lock()


def migrate(url: str) -> None:
    """Create the ledger or upgrade it to `HEAD`. Safe to repeat and to run in several processes at once.

    Does not touch logging. Raises PipelineError if the database cannot be reached or is newer than the program.
    """
    with _one_at_a_time:
        engine = engine_for(url)
        if engine.dialect.name == "sqlite":
            _make_folder(Path(str(engine.url.database)).parent)
        if revision(url) == HEAD:
            return
        if engine.dialect.name == "sqlite":
            _use_wal(engine)
        _upgrade(url)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PipelineError(f"数据库所在文件夹 {folder} 无法建立，请检查路径和权限（{error.strerror}）") from None


def revision(url: str) -> str | None:
    """The current revision of the ledger; None if it has not been built.

    Does not import Alembic, which would slow down every empty pass. Raises PipelineError if it cannot be reached.
    """
    with reading(url) as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        current: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return current


def _use_wal(engine: Engine) -> None:
    """Switch to WAL mode, where readers and a writer do not block each other. Retries: SQLite does not wait here."""
    for _ in range(_WAL_TRIES):
        try:
            with engine.connect() as connection:
                # The pragma works only outside a transaction, and `connect` has not begun one yet.
                cursor = connection.connection.cursor()
                cursor.execute("PRAGMA journal_mode = WAL")
                cursor.close()
                return
        except OperationalError as error:
            failure = explain_error(error)
        except sqlite3.OperationalError as error:
            failure = explain_error(OperationalError("PRAGMA journal_mode", None, error))
        if not isinstance(failure, RetryableError):
            raise failure
        time.sleep(_WAL_PAUSE_SECONDS)
    raise failure


def _upgrade(url: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    # Config interpolates percent signs, so those in the path are escaped.
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with writing(url, "migrations") as connection:
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise PipelineError(f"数据库与本程序的版本不相符，请使用较新版本的程序（{error}）") from None
