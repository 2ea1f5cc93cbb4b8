"""Chunks judged by several processes give the same ledger as by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from flows.steps.judge_one_chunk import read_and_judge
from flows.steps.judging_pool import JudgingPool, chunk_size, worth_it
from tasks.model.run_context import Context
from tasks.model.submission import Original, Verdict
from tasks.store.accepted_rows import load_accepted_rows
from tasks.store.duty_table import write_duties
from tasks.store.migrate import migrate
from tasks.store.record_verdicts import write_verdicts
from tasks.store.submissions import load_received
from tests import factories, hostile_files, workbooks

# With the other test that starts working processes, see there.
pytestmark = pytest.mark.xdist_group("judges")
_UNITS = (factories.HOUSING, factories.COMMERCE, factories.TOURISM)
_PERIODS = ("2023-09", "2023-10")
Judging = Callable[[Context, Sequence[tuple[Original, ...]]], Iterable[tuple[Verdict, ...]]]


@pytest.fixture(scope="module")
def chunks(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[Original, ...]]]:
    """One file per chunk: each unit reports for September, then for October with lower figures."""
    root, found = tmp_path_factory.mktemp("originals"), []
    for unit in _UNITS:
        for period, figure in zip(_PERIODS, (300, 200), strict=True):
            issued = workbooks.issued(factories.duty(unit, period=period))
            content = (
                workbooks.filled(issued, 本期累计=figure) if unit == factories.HOUSING else workbooks.filled(issued)
            )
            digest, stored = factories.kept(content, root / "originals", "shili-2023")
            path = f"{unit}/上报/{period}.xlsx"
            found.append(
                (factories.original(path, folder_unit=unit, sha256=digest, stored=stored, plan=factories.plan().id),)
            )
    return root, found


def _ledger(folder: Path, root: Path, given: Sequence[tuple[Original, ...]], judging: Judging) -> str:
    """The content of a new ledger after all chunks, as text."""
    url = f"sqlite:///{folder}/lianxi.db"
    migrate(url)
    write_duties(url, [factories.duty(unit, period=period) for unit in _UNITS for period in _PERIODS])
    plan = factories.plan()
    settings = factories.context(root).settings.model_copy(update={"database_url": url})
    context = factories.context(settings=settings)
    for verdicts in judging(context, given):
        write_verdicts(url, verdicts, factories.NOW)
    rows = [load_accepted_rows(url, plan.id, period) for period in _PERIODS]
    return repr((load_received(url, plan.id), rows))


def _alone(context: Context, given: Sequence[tuple[Original, ...]]) -> Iterable[tuple[Verdict, ...]]:
    return (read_and_judge(chunk, context) for chunk in given)


def _together(context: Context, given: Sequence[tuple[Original, ...]]) -> Iterable[tuple[Verdict, ...]]:
    with JudgingPool(context) as pool, closing(pool.judged(given)) as verdicts:
        yield from verdicts


def test_several_processes_leave_the_ledger_that_one_leaves(
    chunks: tuple[Path, list[tuple[Original, ...]]], tmp_path: Path
) -> None:
    folders = [tmp_path / "one", tmp_path / "several"]
    for folder in folders:
        folder.mkdir()
    one, several = (
        _ledger(folder, *chunks, judging) for folder, judging in zip(folders, (_alone, _together), strict=True)
    )
    assert several == one
    # V301 compares with September: it is found only if September was recorded before October was judged.
    assert "V301" in one


@pytest.mark.parametrize("count", [0, 1, 3])
def test_few_chunks_are_not_worth_starting_processes_for(count: int) -> None:
    assert not worth_it(count)


@pytest.mark.parametrize(
    ("files", "most", "size"),
    [(35, 2000, 1000), (3999, 2000, 1000), (4000, 2000, 1000), (6000, 2000, 1500), (9000, 2000, 2000), (9000, 7, 7)],
)
def test_chunks_are_smaller_where_processes_would_else_have_nothing_to_do(files: int, most: int, size: int) -> None:
    assert chunk_size(files, most) == size


def test_a_process_that_dies_of_a_file_costs_that_file_and_no_other(
    chunks: tuple[Path, list[tuple[Original, ...]]], tmp_path: Path
) -> None:
    root, good = chunks
    digest, stored = factories.kept(hostile_files.legacy_workbook(65535, 65535), root / "originals", "shili-2023")
    bad = factories.original("公共上报/a.xls", sha256=digest, stored=stored, plan=factories.plan().id)
    alone = _ledger(_made(tmp_path / "one"), root, [*good[:3], (bad, *good[3]), *good[4:]], _apart)
    several = _ledger(_made(tmp_path / "several"), root, [*good[:3], (bad, *good[3]), *good[4:]], _together)
    assert several == alone
    assert "R026" in alone


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _apart(context: Context, given: Sequence[tuple[Original, ...]]) -> Iterable[tuple[Verdict, ...]]:
    return (read_and_judge(chunk, context, apart=True) for chunk in given)
