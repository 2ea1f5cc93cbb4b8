"""A small county on the day before a deadline: a share with a fixed set of files, and the ledger that they lead to.

Belongs here: building the share, running one intake over it without Prefect's server, and comparing what it left. The
files cover all outcomes: accepted, returned, queried, refused, superseded, found twice, zipped.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from config.calendar import load_calendar
from config.settings_file import load_settings
from config.workbook_file import load_layout
from flows.steps.intake_pass import one_pass
from tasks.collect.collect import Collected
from tasks.issue.place_workbook import make_folders, place_workbook
from tasks.model.run_context import Context
from tasks.model.submission import Submission
from tasks.store.duty_table import write_duties
from tasks.store.engine import reading
from tasks.store.migrate import migrate
from tasks.store.schema.tables import METADATA
from tests import factories, workbooks
from tests.factories import COMMERCE, FINANCE, HOUSING, INSURANCE, NOW, TOURISM

UNITS = (COMMERCE, FINANCE, HOUSING, INSURANCE, TOURISM)
YESTERDAY = NOW - dt.timedelta(days=1)


@dataclass(frozen=True)
class PassResult:
    """What one pass collected and recorded."""

    collected: Collected
    received: tuple[Submission, ...]


def context_of(root: Path, url: str = "", now: dt.datetime = NOW, share: Path | None = None, **limits: int) -> Context:
    """The context of the county whose data folder is `root`, with its share inside unless `share` says otherwise."""
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


def run_pass(at: Context) -> PassResult:
    """One whole pass; outside a flow run each task is the plain function it was made from."""
    received: list[Submission] = []
    return PassResult(one_pass(at, received.append), tuple(received))


# The steps of a pass in their order, by the module in which each is looked up when it is called.
STEPS = (
    ("flows.steps.intake_pass", "prepare_ledger"),
    ("flows.steps.collect_all", "load_known_files"),
    ("flows.steps.collect_all", "collect_task"),
    ("flows.steps.collect_all", "claim_originals"),
    ("flows.steps.intake_pass", "reporting_units"),
    ("tasks.read.read_in_subprocess", "read_in_subprocess"),
    ("tasks.validate.judge", "judge"),
    ("flows.steps.intake_pass", "write_verdicts"),
    ("flows.steps.answer_submissions", "load_unanswered"),
    ("tasks.reply.write_reply", "write_replies"),
    ("flows.steps.answer_submissions", "read_duties"),
    ("tasks.mail.write_answers", "write_answers"),
    ("flows.steps.answer_submissions", "enqueue_letters"),
    ("flows.steps.answer_submissions", "record_reply_rows"),
)


@contextmanager
def watched(before: Callable[[str], None]) -> Iterator[None]:
    """Call `before` with the name of each step right before the step."""
    with pytest.MonkeyPatch.context() as patch:
        for module, name in STEPS:
            home = import_module(module)
            patch.setattr(home, name, partial(_after, before, name, getattr(home, name)))
        yield


def _after(before: Callable[[str], None], name: str, step: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    before(name)
    return step(*args, **kwargs)


def prepare_ledger(at: Context) -> None:
    """Create the ledger with its duties, and put each unit's roster into the share: without one it gets no letters."""
    migrate(at.url)
    rosters = [factories.duty(unit, "roster", "2023-09") for unit in UNITS]
    write_duties(at.url, [*rosters, *(factories.duty(unit) for unit in UNITS)])
    make_folders(at.share, UNITS)
    for duty in rosters:
        people = {
            role: {"姓名": "张某某", "职务": "科长", "电话": "0990-1234567", "邮箱": f"{role_}@shili.example"}
            for role, role_ in (("分管领导", "leader"), ("业务负责人", "clerk"))
        }
        put_file(at, f"{duty.unit}/上报/名单.xlsx", workbooks.roster(workbooks.issued(duty), people))
    for unit in UNITS:
        place_workbook(at.share, factories.duty(unit), workbooks.issued(factories.duty(unit)))


def put_file(at: Context, path: str, content: bytes, age_minutes: float = 60) -> Path:
    """Write a file into the share, last changed `age_minutes` before `NOW`."""
    file = at.share / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    moment = NOW.timestamp() - age_minutes * 60
    os.utime(file, (moment, moment))
    return file


def add_files(at: Context) -> None:
    """Add the day's files to the share."""
    for path, (content, age) in FILES.items():
        put_file(at, path, content, age)


def _files() -> Mapping[str, tuple[bytes, float]]:
    """path -> (content, minutes since it was last changed)."""
    filled = {unit: workbooks.filled(workbooks.issued(factories.duty(unit))) for unit in UNITS}
    blank = workbooks.with_cell(filled[HOUSING], "3", "进展情况", None)
    vague = workbooks.with_cell(filled[COMMERCE], "1", "进展情况", "同上")
    # Another figure than 县财政局 reports for the same measure, later and usually in another chunk.
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


def snapshot(at: Context) -> dict[str, Any]:
    """Everything that a pass leaves: all rows of the ledger, and the sha256 of every file."""
    return {"ledger": ledger_rows(at.url), "files": file_hashes(at)}


def ledger_rows(url: str) -> dict[str, list[str]]:
    """The rows of all tables as sorted text.

    Ids are replaced by their rank, because PostgreSQL does not reuse the ids of a failed transaction. The process that
    claimed a file is left out, because it differs whenever one has died.
    """
    tables = METADATA.sorted_tables
    with reading(url) as connection:
        rows = {table.name: [dict(row) for row in connection.execute(select(table)).mappings()] for table in tables}
    ranks = {
        name: {id_: rank for rank, id_ in enumerate(sorted(row.get("id", 0) for row in rows[name]))} for name in rows
    }
    result = {}
    for table in tables:
        numbered = {column.name: table.name for column in table.c if column.name == "id"}
        numbered |= {column.name: key.column.table.name for column in table.c for key in column.foreign_keys}
        for row in rows[table.name]:
            row.pop("claimed_by", None)
            row.update({name: ranks[of].get(row[name]) for name, of in numbered.items() if of in ranks})
        result[table.name] = sorted(repr(tuple(row.values())) for row in rows[table.name])
    return result


def file_hashes(at: Context) -> dict[str, str]:
    """Path -> sha256 of the files in the share, the originals and the copies of replies.

    Temporary files are left out: a pass that is killed while another has done its work may leave one in 退回. The next
    reply in that folder removes it.
    """
    roots = {"share": at.share, "originals": at.data / "originals", "returned": at.data / "returned"}
    return {
        f"{name}/{path.relative_to(root).as_posix()}": hashlib.sha256(path.read_bytes()).hexdigest()
        for name, root in roots.items()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.name.startswith(".~")
    }
