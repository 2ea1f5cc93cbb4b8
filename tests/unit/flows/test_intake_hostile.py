"""One pass over a share with all hostile files and some good reports."""

from __future__ import annotations

import contextlib
import os
import resource
import stat
import time
from pathlib import Path
from typing import Any

import pytest

from config.settings import LimitSettings
from config.settings_file import load_settings
from tasks.issue.place_workbook import make_folders
from tasks.model.run_context import Context
from tasks.model.submission import Reading, Submission
from tasks.read.read_in_subprocess import read_in_subprocess
from tasks.store.duty_table import write_duties
from tasks.store.migrate import migrate
from tests import factories, hostile_files, workbooks
from tests.factories import HOUSING, INSURANCE
from tests.unit.flows import small_county
from tests.unit.flows.small_county import UNITS, PassResult, put_file

pytestmark = pytest.mark.xdist_group("test_intake_hostile")
GOOD = workbooks.filled(workbooks.issued())
ABORTS = hostile_files.legacy_workbook(65535, 65535)
LIMITS = load_settings(env={}).limits
FILES = {
    "zip bomb.xlsx": (workbooks.zip_bomb(), "R004"),
    "nested bomb.zip": (hostile_files.nested_bomb(), "R005"),
    "bomb in a zip.zip": (workbooks.zipped({"a.xlsx": workbooks.zip_bomb()}), "R004"),
    "entities.xlsx": (workbooks.entity_bomb(GOOD), "R003"),
    "million rows.xlsx": (hostile_files.million_rows(GOOD), "R004"),
    "million columns.xlsx": (hostile_files.million_rows(GOOD, columns=True), "R004"),
    "stray cell.xlsx": (workbooks.stray_cell(GOOD), "R004"),
    "aborts.xls": (ABORTS, "R026"),
    "a gigabyte.xls": (hostile_files.legacy_workbook(65535, 255), "R004"),
    "climbs.zip": (hostile_files.climbing_zip(b"%PDF"), "R005"),
    "换\n行.pdf": (b"%PDF", "R005"),
    "-rf": (b"\0", "R003"),
    "名" * 83 + ".xlsx": (b"\0\0", "R003"),
    "e\u0301.pdf": (b"%PDF-", "R005"),
}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Context, PassResult, float]:
    """The context after one pass over all of them, what it recorded, and its duration in seconds."""
    at = small_county.context_of(tmp_path_factory.mktemp("office"), chunk_files=500)
    migrate(at.url)
    write_duties(at.url, [factories.duty(unit) for unit in UNITS])
    make_folders(at.share, UNITS)
    for name, (content, _) in FILES.items():
        put_file(at, f"{HOUSING}/上报/{name}", content)
    put_file(at, f"{HOUSING}/上报/10月.xlsx", GOOD)
    put_file(at, f"{INSURANCE}/上报/10月.xlsx", workbooks.filled(workbooks.issued(factories.duty(INSURANCE))))
    _odd_things(at)
    begun = time.monotonic()
    return at, small_county.run_pass(at), time.monotonic() - begun


def _odd_things(at: Context) -> None:
    """Entries that are not files, a file of 200 MB, and a name in another encoding."""
    folder = at.share / HOUSING / "上报"
    outside = at.data / "outside"
    outside.mkdir()
    (outside / "secret.xlsx").write_bytes(GOOD)
    (folder / "link.xlsx").symlink_to(outside / "secret.xlsx")
    (folder / "folder link").symlink_to(outside)
    (folder / "loop").symlink_to(folder)
    os.mkfifo(folder / "pipe.xlsx")
    with contextlib.suppress(PermissionError):
        os.mknod(folder / "device.xlsx", stat.S_IFCHR | 0o600, os.makedev(1, 5))
    huge = put_file(at, f"{HOUSING}/上报/200MB.xlsx", b"PK")
    os.truncate(huge, 200 << 20)
    os.utime(huge, (0, 0))
    odd = os.fsencode(folder) + "/商工局.xls".encode("gb18030")
    with open(odd, "wb") as file:
        file.write(b"%PDF odd")
    os.utime(odd, (0, 0))


def _of(played: tuple[Context, PassResult, float], name: str) -> list[Submission]:
    return [each for each in played[1].received if each.path == f"{HOUSING}/上报/{name}"]


@pytest.mark.parametrize("name", FILES)
def test_each_is_refused_once_with_its_reason(played: Any, name: str) -> None:
    (submission,) = _of(played, name)
    assert submission.state in ("refused", "returned")
    assert [found.code for found in submission.findings] == [FILES[name][1]]


def test_the_good_reports_among_them_are_accepted(played: Any) -> None:
    accepted = [each.unit for each in played[1].received if each.state == "accepted"]
    assert sorted(accepted, key=str) == sorted([HOUSING, INSURANCE])


def test_entries_that_are_not_files_are_left_alone_and_reported(played: Any) -> None:
    at, passed, _ = played
    said = "\n".join(passed.collected.troubles)
    assert all(name in said for name in ("link.xlsx", "folder link", "loop", "pipe.xlsx"))
    assert not [each for each in passed.received if "link" in each.path or "loop" in each.path]
    # The file of 200 MB is refused with a reply, and not copied.
    (huge,) = _of(played, "200MB.xlsx")
    assert ([found.code for found in huge.findings], huge.stored) == (["R004"], "")
    assert sum(path.stat().st_size for path in (at.data / "originals").rglob("*") if path.is_file()) < 50 << 20


def test_it_takes_seconds_and_everyone_is_answered_inside_his_folder(played: Any) -> None:
    at, passed, seconds = played
    assert seconds < 120
    answers = list((at.share / HOUSING / "退回").iterdir())
    assert len(answers) == len([each for each in passed.received if each.path.startswith(HOUSING)])
    assert not Path("/tmp/climbed.xlsx").exists()


def _read(root: Path, contents: list[bytes], limits: LimitSettings = LIMITS) -> tuple[Reading, ...]:
    originals, context = [], factories.context_with(limits, root)
    for index, content in enumerate(contents):
        (context.originals / str(index)).write_bytes(content)
        originals.append(factories.original(stored=str(index), size_bytes=len(content)))
    return read_in_subprocess(originals, context)


def _codes(readings: tuple[Reading, ...]) -> list[list[str]]:
    return [[found.code for found in each.findings] for each in readings]


def test_a_file_that_kills_its_reader_costs_that_file_only(tmp_path: Path) -> None:
    readings = _read(tmp_path, [GOOD, ABORTS, GOOD, ABORTS, ABORTS, GOOD])
    assert _codes(readings) == [[], ["R026"], [], ["R026"], ["R026"], []]
    assert all(readings[index].rows for index in (0, 2, 5))


def test_a_file_that_takes_too_long_or_too_much_memory_is_refused(tmp_path: Path) -> None:
    slow = LIMITS.model_copy(update={"file_seconds": 1, "rows": 2_000_000, "columns": 2_000_000})
    greedy = LIMITS.model_copy(update={"file_memory_bytes": 256 << 20})
    many = hostile_files.million_rows(GOOD)
    assert _codes(_read(tmp_path, [many, GOOD], slow)) == [["R026"], []]
    assert _codes(_read(tmp_path, [hostile_files.legacy_workbook(65535, 255), GOOD], greedy)) == [["R026"], []]
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 2 << 20
