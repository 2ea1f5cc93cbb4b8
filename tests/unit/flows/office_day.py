"""A small office on the day before a deadline: a share with a fixed set of files, and the ledger they come to.

Belongs here: building that share, running one pass over it without Prefect's server, and telling all that it left
behind. Files of every fate are there: accepted, returned, queried, refused, superseded, found twice, zipped.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from prefect import Task
from prefect.logging import disable_run_logger
from sqlalchemy import select

from config.calendar import load_calendar
from config.settings_file import load_settings
from config.workbook_file import load_layout
from flows.steps.intake_pass import one_pass
from tasks.collect.collect import Collected
from tasks.issue.place_workbook import make_folders, place_workbook
from tasks.model.context import Context
from tasks.model.submission import Submission
from tasks.store.duty_table import write_duties
from tasks.store.engine import reading
from tasks.store.migrate import migrate
from tasks.store.schema.tables import METADATA
from tests import factories, workbooks
from tests.factories import COMMERCE, FINANCE, HOUSING, INSURANCE, NOW, TOURISM

UNITS = (COMMERCE, FINANCE, HOUSING, INSURANCE, TOURISM)
YESTERDAY = NOW - dt.timedelta(days=1)
_P = ParamSpec("_P")
_R = TypeVar("_R")


@dataclass(frozen=True)
class Passed:
    """What one pass collected and recorded."""

    collected: Collected
    received: tuple[Submission, ...]


def office(root: Path, url: str = "", now: dt.datetime = NOW, share: Path | None = None, **limits: int) -> Context:
    """The office whose data lies in `root`, its share within."""
    settings = load_settings(env={"LIANXI_DATA": str(root), "LIANXI_SHARE": str(share or root / "share")})
    changes: dict[str, Any] = {"limits": settings.limits.model_copy(update={"chunk_files": 7, **limits})}
    if url:
        changes["database_url"] = url
    return Context(
        settings=settings.model_copy(update=changes),
        plan=factories.plan(),
        county=factories.county(),
        calendar=load_calendar(),
        layout=load_layout(),
        secret=factories.SECRET,
        now=now,
    )


def one(at: Context) -> Passed:
    """One whole pass, each step run as the plain function it is."""
    with disable_run_logger():
        received: list[Submission] = []
        return Passed(one_pass(at, _plainly, received.append), tuple(received))


def _plainly(step: Task[_P, _R], /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
    return step.fn(*args, **kwargs)


def begin(at: Context) -> None:
    """The ledger with its duties, and yesterday's pass: every unit's roster, without which no letter is written."""
    migrate(at.url)
    rosters = [factories.duty(unit, "roster", "2023-09") for unit in UNITS]
    write_duties(at.url, [*rosters, *(factories.duty(unit) for unit in UNITS)])
    make_folders(at.share, UNITS)
    for duty in rosters:
        people = {
            role: {"姓名": "张某某", "职务": "科长", "电话": "0990-1234567", "邮箱": f"{role_}@shili.example"}
            for role, role_ in (("分管领导", "leader"), ("业务负责人", "clerk"))
        }
        drop(at, f"{duty.unit}/上报/名单.xlsx", workbooks.roster(workbooks.issued(duty), people))
    for unit in UNITS:
        place_workbook(at.share, factories.duty(unit), workbooks.issued(factories.duty(unit)))


def drop(at: Context, path: str, content: bytes, age_minutes: float = 60) -> Path:
    """Lay a file into the share, last changed a while before the office's day."""
    file = at.share / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    moment = NOW.timestamp() - age_minutes * 60
    os.utime(file, (moment, moment))
    return file


def day(at: Context) -> None:
    """The files of the day."""
    for path, (content, age) in FILES.items():
        drop(at, path, content, age)


def _files() -> Mapping[str, tuple[bytes, float]]:
    """path -> (content, minutes since it was last changed)."""
    filled = {unit: workbooks.filled(workbooks.issued(factories.duty(unit))) for unit in UNITS}
    blank = workbooks.with_cell(filled[HOUSING], "3", "进展情况", None)
    vague = workbooks.with_cell(filled[COMMERCE], "1", "进展情况", "同上")
    # Another figure than 县财政局 gives of the same measure, later and mostly in another chunk.
    better = workbooks.with_cell(filled[HOUSING], "3", "本期累计", 60, metric="公租房套数")
    queried = workbooks.with_cell(filled[HOUSING], "3", "本期累计", "约85", metric="公租房套数")
    table = workbooks.as_csv(workbooks.with_cell(filled[TOURISM], "5", "进展情况", None))
    return {
        f"{HOUSING}/上报/10月.xlsx": (filled[HOUSING], 90),
        f"{HOUSING}/上报/10月（更正）.xlsx": (blank, 80),
        f"{HOUSING}/上报/10月（再更正）.xlsx": (better, 70),
        f"{HOUSING}/上报/旧/10月.xlsx": (filled[HOUSING], 60),
        f"{HOUSING}/上报/10月（问）.xlsx": (queried, 50),
        f"{COMMERCE}/上报/a.xlsx": (vague, 90),
        f"{COMMERCE}/上报/b.pdf": (b"%PDF-1.7\n" * 50, 80),
        f"{TOURISM}/上报/10月.csv": (table, 75),
        f"{FINANCE}/上报/10月.zip": (workbooks.zipped({"一.xlsx": blank, "二.xlsx": filled[FINANCE]}), 40),
        "公共上报/医保.xlsx": (filled[INSURANCE], 30),
        "公共上报/读不了.xlsx": (b"PK\x03\x04" + b"\0" * 900, 20),
        "公共上报/没有签名.xlsx": (workbooks.without_signature(filled[COMMERCE]), 10),
    }


FILES = _files()


def left_behind(at: Context) -> dict[str, Any]:
    """Everything that a pass leaves: the ledger row by row, and every file with its content's sha256."""
    return {"ledger": ledger(at.url), "files": files(at)}


def ledger(url: str) -> dict[str, list[str]]:
    """Every table's rows as text, in an order of their own.

    A row's number stands for its rank: PostgreSQL does not give a number again that a broken transaction took. Which
    process took a file in hand is left out: it is another one whenever one has died.
    """
    tables = METADATA.sorted_tables
    with reading(url) as connection:
        rows = {table.name: [dict(row) for row in connection.execute(select(table)).mappings()] for table in tables}
    ranks = {
        name: {id_: rank for rank, id_ in enumerate(sorted(row.get("id", 0) for row in rows[name]))} for name in rows
    }
    told = {}
    for table in tables:
        numbered = {column.name: table.name for column in table.c if column.name == "id"}
        numbered |= {column.name: key.column.table.name for column in table.c for key in column.foreign_keys}
        for row in rows[table.name]:
            row.pop("claimed_by", None)
            row.update({name: ranks[of].get(row[name]) for name, of in numbered.items() if of in ranks})
        told[table.name] = sorted(repr(tuple(row.values())) for row in rows[table.name])
    return told


def files(at: Context) -> dict[str, str]:
    """path -> sha256 of every file in the share, the originals and the copies of what was returned.

    Without unfinished ones: of two passes at once, the one that is killed while the other has done the work may leave
    one in 退回, which nobody takes for a workbook, until the next answer there sweeps it away.
    """
    roots = {"share": at.share, "originals": at.data / "originals", "returned": at.data / "returned"}
    return {
        f"{name}/{path.relative_to(root).as_posix()}": hashlib.sha256(path.read_bytes()).hexdigest()
        for name, root in roots.items()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.name.startswith(".~")
    }
