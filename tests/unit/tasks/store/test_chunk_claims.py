"""One process at a time claims a file or a letter; claims of a process that has ended are free at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tasks.model.letter import Letter
from tasks.model.submission import Original, Verdict
from tasks.store.chunk_claims import accepted_since, last_submission, still_open, take
from tasks.store.outbox import enqueue_letters, load_ready_letters, mark_sending
from tasks.store.pending import claim_pending_originals
from tasks.store.process_presence import has_ended, register_presence
from tasks.store.record_verdicts import write_verdicts
from tasks.store.submissions import load_unanswered
from tests.forking import FORK, forked

PLAN = "yanqi-2023"
At = Callable[..., dt.datetime]
MakeOriginal = Callable[..., Original]
MakeVerdict = Callable[..., Verdict]


def waiting(url: str, original: MakeOriginal, at: At, count: int = 6) -> tuple[Original, ...]:
    many = [original(f"甲局/上报/{number}.xlsx", mtime_ns=number) for number in range(count)]
    return tuple(claim_pending_originals(url, many, at(18)))


@contextmanager
def claimed_elsewhere(url: str, files: Sequence[Original]) -> Iterator[Callable[[], None]]:
    """Another running process has claimed these files; the yielded function kills it."""
    holds, leave = FORK.Event(), FORK.Event()

    def hold() -> None:
        assert take(url, files) == tuple(files)
        holds.set()
        leave.wait()

    other = forked(hold)
    other.start()
    assert holds.wait(60)

    def end() -> None:
        other.kill()
        other.join()

    try:
        yield end
    finally:
        end()


def test_a_claim_can_be_repeated(url: str, original: MakeOriginal, at: At) -> None:
    files = waiting(url, original, at)
    assert take(url, files[:2]) == files[:2]
    assert take(url, files[:3]) == files[:3]
    assert take(url, ()) == ()


def test_claims_stop_at_files_claimed_by_another(url: str, original: MakeOriginal, at: At) -> None:
    files = waiting(url, original, at)
    with claimed_elsewhere(url, files[2:4]):
        assert take(url, files) == files[:2]
        assert take(url, files[2:]) == files[4:]
        assert take(url, files[2:4]) == ()
        assert take(url, files[2:4], anyway=True) == files[2:4]


def test_files_of_a_killed_process_are_free_at_once(url: str, original: MakeOriginal, at: At) -> None:
    files = waiting(url, original, at)
    with claimed_elsewhere(url, files) as end:
        assert take(url, files) == ()
        end()
        assert take(url, files) == files


def test_files_with_a_verdict_cannot_be_claimed(url: str, original: MakeOriginal, verdict: MakeVerdict, at: At) -> None:
    files = waiting(url, original, at, 3)
    write_verdicts(url, [verdict(of=files[1])], at(19))
    assert still_open(url, files) == (files[0], files[2])
    assert take(url, files) == files[:1]
    assert still_open(url, ()) == ()


def test_the_worker_that_claimed_a_file_answers_it_or_any_other_once_it_has_ended(
    url: str, original: MakeOriginal, verdict: MakeVerdict, at: At
) -> None:
    files = waiting(url, original, at, 2)
    with claimed_elsewhere(url, files[1:]) as end:
        take(url, files)
        write_verdicts(url, [verdict(of=each) for each in files], at(19))
        assert [each.path for each in load_unanswered(url, PLAN)] == [files[0].path]
        end()
        assert len(load_unanswered(url, PLAN)) == 2


def test_submissions_recorded_meanwhile_are_found(url: str, verdict: MakeVerdict, at: At) -> None:
    assert last_submission(url, PLAN) == 0
    [first] = write_verdicts(url, [verdict(unit="甲局")], at(18))
    made = write_verdicts(url, [verdict(unit="乙局", period="2023-09"), verdict("returned", unit="丙局")], at(18))
    assert last_submission(url, PLAN) == made[-1].id
    assert set(accepted_since(url, PLAN, first.id).values()) == {("乙局", "2023-09")}
    assert last_submission(url, "hejing-2024") == 0


def all_at_once(work: Callable[[Any], None], processes: int = 4) -> list[Any]:
    """What the processes, started at the same moment, put into the queue."""
    go, said = FORK.Event(), FORK.SimpleQueue()

    def wait_and_work() -> None:
        go.wait()
        work(said)
        said.put(None)

    running = [forked(wait_and_work) for _ in range(processes)]
    for process in running:
        process.start()
    go.set()
    found, left = [], processes
    while left:
        if (each := said.get()) is None:
            left -= 1
        else:
            found.append(each)
    for process in running:
        process.join()
    return found


def test_of_four_processes_at_once_one_claims_each_file(url: str, original: MakeOriginal, at: At) -> None:
    files = waiting(url, original, at, 40)

    def work(said: Any) -> None:
        for start in range(0, 40, 4):
            for each in take(url, files[start : start + 4]):
                said.put(each.path)
        # Stay alive until all have tried: the claims of an ended process are free.
        done.wait()

    done = FORK.Barrier(4)
    assert sorted(all_at_once(work)) == sorted(each.path for each in files)


def test_of_four_processes_at_once_each_letter_is_sent_by_one(url: str, letter: Callable[..., Letter], at: At) -> None:
    letters = enqueue_letters(url, [letter(unit=f"第{number}局") for number in range(20)], at(23))

    def work(said: Any) -> None:
        for each in letters:
            if mark_sending(url, each.key, at(23)):
                said.put(each.unit)

    assert sorted(all_at_once(work)) == sorted(each.unit for each in letters)


def test_a_lost_sender_on_another_machine_is_noticed(server: str, letter: Callable[..., Letter], at: At) -> None:
    """A letter does not stay in sending when its machine is lost. PostgreSQL only: SQLite serves one machine."""
    assert not has_ended(server, register_presence(server))
    assert has_ended(server, "another-machine:1:1")
    one = letter(unit="远方局", plan="far-2024")
    enqueue_letters(server, [one], at(23))
    elsewhere = forked(_as_another_machine, server, one, at(23))
    elsewhere.start()
    elsewhere.join()
    assert [each.key for each in load_ready_letters(server, "far-2024", at(23, 12))] == [one.key]


def _as_another_machine(url: str, one: Letter, now: dt.datetime) -> None:
    import socket

    socket.gethostname = lambda: "another-machine"
    assert mark_sending(url, one.key, now)
