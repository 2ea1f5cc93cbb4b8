"""Several workers of one Prefect pool with PostgreSQL and one share: one dies in a chunk, and the result is the same."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import create_engine, make_url, select, text

from config.paths import PROJECT
from config.settings_file import load_settings
from flows.steps.judge_one_chunk import read_and_judge
from tasks.collect.collect import collect
from tasks.model.submission import Verdict, WrittenFile
from tasks.store.accepted_rows import load_accepted_rows
from tasks.store.audit_chain import audit_entries, check_chain
from tasks.store.duty_table import write_duties
from tasks.store.engine import database_url, engine_for, lock_key
from tasks.store.migrate import migrate
from tasks.store.originals import load_known_files
from tasks.store.outbox import load_letters
from tasks.store.pending import claim_pending_originals
from tasks.store.record_verdicts import write_verdicts
from tasks.store.reply_records import paths_of_replies
from tasks.store.schema.submission_tables import OriginalRow
from tasks.store.submissions import load_received, record_reply_rows
from tests import factories, postgres, workbooks
from tests.counties import configuration

PLAN, POOL, WORKERS, CHUNK = "shili-2023", "several", 3, 3
UNITS = (factories.HOUSING, factories.COMMERCE, factories.TOURISM)
PERIODS = ("2023-09", "2023-10")
NOW = factories.NOW
PATIENCE_SECONDS = 180.0
# Three workers start their runs at once: on a busy machine that is minutes of waiting.
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Configuration and nine files in order of arrival, three per chunk; each chunk depends on those before it."""
    root = tmp_path_factory.mktemp("多机 workers")
    changes = (("chunk_files = 2000", f"chunk_files = {CHUNK}"),)
    configuration(root / "config", (factories.county(), factories.plan()), changes=changes)
    issued = {
        (unit, period): workbooks.issued(factories.duty(unit, period=period)) for unit in UNITS for period in PERIODS
    }

    def filled(unit: str, period: str, **every: object) -> bytes:
        return workbooks.filled(issued[unit, period], **every)

    housing, commerce, tourism = UNITS
    september, october = PERIODS
    came = [
        (housing, filled(housing, september, 本期累计=300)),
        (commerce, filled(commerce, october, 进展状态="")),
        (tourism, filled(tourism, september)),
        # Fell against September, which is on record only once the first chunk is.
        (housing, filled(housing, october, 本期累计=200)),
        (commerce, filled(commerce, october, 进展情况="已补报。")),
        (tourism, b"no workbook at all"),
        (housing, filled(housing, october, 本期累计=310)),
        (commerce, filled(commerce, october, 进展情况="再次更正。")),
        (tourism, filled(tourism, october)),
    ]
    for turn, (unit, content) in enumerate(came):
        path = root / "share" / unit / "上报" / f"{turn}.xlsx"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        at = dt.datetime(2023, 10, 18, 9, turn).timestamp()
        os.utime(path, (at, at))
    return root


@pytest.fixture(scope="module")
def ledgers() -> Iterator[tuple[str, str]]:
    """Two empty ledgers on a PostgreSQL server: for one worker, and for several."""
    with postgres.running() as address:
        urls = (postgres.database(address, "one"), postgres.database(address, "several"))
        for url in urls:
            migrate(url)
        yield urls
        for url in urls:
            engine_for(url).dispose()


def collected(office: Path, url: str) -> tuple[Any, ...]:
    """The state after a pass that died right after collecting: duties, and nine originals without a verdict."""
    settings = load_settings(env=environment(office, url))
    write_duties(url, [factories.duty(unit, period=period) for unit in UNITS for period in PERIODS])
    for unit in UNITS:
        # Whoever is answered is on a roster that came before.
        roster = factories.reading(
            original=factories.original(f"{unit}/上报/名单.xlsx", sha256=sha256(unit.encode()).hexdigest()),
            unit=unit, period="2023-09", kind="roster",
        )  # fmt: skip
        [made] = write_verdicts(url, [Verdict(roster, "accepted", (), (), (factories.contact(unit),), False)], NOW)
        record_reply_rows(url, [(made.id, WrittenFile("returned/名单.xlsx", "0" * 64))], NOW)
    known = load_known_files(url, PLAN)
    found = collect(factories.context(settings=settings, now=NOW), known)
    return tuple(claim_pending_originals(url, found.originals, NOW, PLAN))


def environment(office: Path, url: str) -> dict[str, str]:
    return {
        "LIANXI_DATA": str(office),
        "LIANXI_SHARE": str(office / "share"),
        "LIANXI_CONFIG": str(office / "config"),
        "LIANXI_DATABASE_URL": url,
        "LIANXI_SECRET": factories.SECRET.decode(),
    }


def by_one_worker(office: Path, url: str) -> None:
    waiting = collected(office, url)
    settings = load_settings(env=environment(office, url))
    context = factories.context(settings=settings)
    for start in range(0, len(waiting), CHUNK):
        write_verdicts(url, read_and_judge(waiting[start : start + CHUNK], context), NOW)


def in_words(url: str) -> list[str]:
    """The ledger's rows without ids, in the order in which they were written."""
    received = [
        (each.unit, each.kind, each.period, each.version, each.state, each.sha256, each.path, each.findings)
        for each in load_received(url, PLAN)
    ]
    rows = [
        (row.unit, row.measure, row.metric, row.cumulative)
        for period in PERIODS
        for row in load_accepted_rows(url, PLAN, period)
    ]
    return [repr(each) for each in (*received, *rows)]


def until(condition: Callable[[], Any], told: Callable[[], str]) -> Any:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.2)
    raise AssertionError(told())


def holders(url: str) -> dict[str, str]:
    """The claimed files: path -> name of the process."""
    query = select(OriginalRow.path, OriginalRow.claimed_by).where(OriginalRow.claimed_by.is_not(None))
    with engine_for(url).connect() as connection:
        return {path: holder for path, holder in connection.execute(query)}


def told(api: str, since: dt.datetime) -> list[str]:
    """The unit of each letter sent since then, from the senders' events: one event per letter."""
    body = {"filter": {"event": {"name": ["letter.sent"]}, "occurred": {"since": since.isoformat()}}, "limit": 50}
    found = httpx.post(f"{api}/events/filter", json=body, timeout=30).raise_for_status().json()["events"]
    return [each["resource"]["prefect.resource.name"] for each in found]


def ancestors(number: int) -> set[int]:
    """The ids of a process's ancestors."""
    found: set[int] = set()
    while number > 1:
        number = int(Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[1])
        found.add(number)
    return found


def asked(where: str, body: dict[str, object]) -> None:
    """POST, repeated while the server's database is busy (503), as Prefect's client does."""
    for _ in range(60):
        answer = httpx.post(where, json=body, timeout=30)
        if answer.status_code != 503:
            break
        time.sleep(0.5)
    answer.raise_for_status()


@pytest.fixture
def workers(office: Path, ledgers: tuple[str, str], prefect_api: str) -> Iterator[list[subprocess.Popen[bytes]]]:
    """A work pool with one deployment of the intake, and three workers for one run each."""
    from flows.intake import intake

    httpx.post(f"{prefect_api}/work_pools/", json={"name": POOL, "type": "process"}).raise_for_status()
    deployment = intake.to_deployment(name="收集报送·多机", work_pool_name=POOL, concurrency_limit=WORKERS)
    # Entry point by module: with a file and no pull step, each run would first copy the whole project folder.
    deployment.entrypoint = "flows.intake.intake"
    number = deployment.apply()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LIANXI_", "PREFECT_"))}
    own = environment(office, ledgers[1]) | {"PREFECT_API_URL": prefect_api, "PREFECT_HOME": str(office / "prefect")}
    own["PREFECT_WORKER_QUERY_SECONDS"] = "1"
    started = []
    with (office / "workers.log").open("wb") as log:
        for name in range(WORKERS):
            arguments = ["worker", "start", "--pool", POOL, "--type", "process", "--limit", "1", "--name", f"机{name}"]
            command = [sys.executable, "-m", "prefect", *arguments]
            process = subprocess.Popen(
                command, cwd=PROJECT, env=kept | own, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
            started.append(process)
        for _ in range(WORKERS):
            body = {"parameters": {"now": NOW.isoformat()}, "state": {"type": "SCHEDULED"}}
            asked(f"{prefect_api}/deployments/{number}/create_flow_run", body)
        try:
            yield started
        finally:
            for process in started:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def test_three_workers_of_which_one_is_killed_leave_the_ledger_of_one(
    office: Path,
    ledgers: tuple[str, str],
    workers: list[subprocess.Popen[bytes]],
    prefect_api: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A backup made meanwhile and restored to another folder and another database gives the same result."""
    from flows.admin.restore import restore_backup
    from flows.steps.make_backup import make_backup

    one, several = ledgers
    waits = {"ready", "sending", "failed", "uncertain"}
    monkeypatch.setenv("PATH", str(postgres.tools()), prepend=":")
    began = dt.datetime.now(dt.UTC)
    log = (office / "workers.log").read_text
    waiting = collected(office, several)
    assert len(waiting) == WORKERS * CHUNK
    # This lock stops everyone after judging: each worker has one chunk, the first is about to record its own.
    gate = create_engine(database_url(several))
    with gate.begin() as held:
        held.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock_key(PLAN)})
        until(lambda: len(holders(several)) == WORKERS * CHUNK, log)
        hands = holders(several)
        assert [len(set(hands.values())), len(set(map(hands.get, (each.path for each in waiting[:CHUNK]))))] == [3, 1]
        victim = int(hands[waiting[0].path].split(":")[-2])
        dead = next(process for process in workers if process.pid in ancestors(victim))
        use_ledger(monkeypatch, office, several)
        archive = make_backup(tmp_path / "多机.tar.gz", NOW.isoformat()).path
        for number in (dead.pid, victim):
            os.killpg(os.getpgid(number), signal.SIGKILL)
    by_one_worker(office, one)
    until(lambda: not claim_pending_originals(several, [], NOW, PLAN), log)
    gate.dispose()
    # Each reply was sent once, by whichever worker.
    until(
        lambda: len(paths_of_replies(several, [each.id for each in load_received(several, PLAN)])) == 3 + len(waiting),
        log,
    )
    until(lambda: not waits.intersection(state for _, state, _ in load_letters(several, PLAN)), log)
    # A letter about a version that was superseded meanwhile was withdrawn instead.
    sent = sorted(letter.unit for letter, state, _ in load_letters(several, PLAN) if state == "sent")
    until(lambda: len(told(prefect_api, began)) >= len(sent), log)
    assert sorted(told(prefect_api, began)) == sent
    assert len(sent) > 3
    assert in_words(several) == in_words(one)
    assert any("V301" in line for line in in_words(one))
    # The two live workers took over the dead one's chunk in the same pass.
    assert hands[waiting[0].path] not in holders(several).values()
    assert [process.poll() is None for process in workers].count(True) == WORKERS - 1

    elsewhere, restored = tmp_path / "别处", postgres.database(make_url(one), "restored")
    use_ledger(monkeypatch, elsewhere, restored)
    assert restore_backup(archive, now=NOW.isoformat()).todo == ()
    # The backup has the rosters and all files, but no verdicts: the next pass does all of the work.
    assert [len(load_received(restored, PLAN)), len(claim_pending_originals(restored, [], NOW, PLAN))] == [
        3,
        WORKERS * CHUNK,
    ]
    by_one_worker(elsewhere, restored)
    assert in_words(restored) == in_words(one)
    links = audit_entries(restored)
    assert (check_chain(links), links[-1].act) == (None, "恢复备份")
    engine_for(restored).dispose()


def use_ledger(patch: pytest.MonkeyPatch, office: Path, url: str) -> None:
    for name, value in environment(office, url).items():
        patch.setenv(name, value)
