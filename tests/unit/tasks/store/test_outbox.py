"""A letter is on record before it leaves, and is closed after."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
from collections.abc import Callable

import pytest

from tasks.errors import PipelineError
from tasks.shapes import Attachment, Letter
from tasks.store.outbox import close, enqueue, letters, mark_sending, ready, sent_keys

PLAN = "yanqi-2023"
FORK = multiprocessing.get_context("fork")
At = Callable[..., dt.datetime]
MakeLetter = Callable[..., Letter]


def states(url: str) -> list[tuple[str, str]]:
    """State and last answer of each letter."""
    return [(state, answer) for _, state, answer in letters(url, PLAN)]


def test_a_letter_comes_back_as_it_was_written(url: str, letter: MakeLetter, at: At) -> None:
    written = letter(attachments=(Attachment("督办单.docx", "outbox/督办单.docx"),), cc=())
    assert enqueue(url, [written], at(23)) == (written,)
    assert letters(url, PLAN) == ((written, "ready", ""),)
    assert ready(url, PLAN) == (written,)


def test_a_key_is_enqueued_once_and_its_first_text_stays(url: str, letter: MakeLetter, at: At) -> None:
    enqueue(url, [letter()], at(23))
    new = enqueue(url, [letter(text="另一稿"), letter("县住建局"), letter("县住建局")], at(23, 10))
    assert new == (letter("县住建局"),)
    assert ready(url, PLAN) == (letter(), letter("县住建局"))


@pytest.mark.parametrize(
    "changes",
    [
        {"unit": "县住建局"},
        {"rung": "黄"},
        {"duty": "roster/2023-10"},
        {"day": dt.date(2023, 10, 24)},
        {"plan": "hejing-2024"},
    ],
)
def test_each_part_of_the_key_makes_another_letter(
    url: str, letter: MakeLetter, at: At, changes: dict[str, object]
) -> None:
    other = letter(**{**changes, "message_id": "<other@example>"})
    assert enqueue(url, [letter(), other], at(23)) == (tuple(sorted((letter(), other), key=lambda each: each.plan)))


def test_keys_of_every_letter_are_known_whatever_became_of_it(url: str, letter: MakeLetter, at: At) -> None:
    one, two = letter(), letter("县住建局")
    enqueue(url, [one, two], at(23))
    close(url, two.key, "refused", "550", at(23))
    assert sent_keys(url, PLAN) == {one.key, two.key}
    assert sent_keys(url, "hejing-2024") == frozenset()


@pytest.mark.parametrize(
    ("state", "offered"), [("sent", False), ("refused", False), ("failed", True), ("uncertain", True)]
)
def test_what_is_sent_or_refused_is_never_offered_again(
    url: str, letter: MakeLetter, at: At, state: str, offered: bool
) -> None:
    enqueue(url, [letter()], at(23))
    assert mark_sending(url, letter().key)
    close(url, letter().key, state, "答复", at(23))  # type: ignore[arg-type]
    assert states(url) == [(state, "答复")]
    assert bool(ready(url, PLAN)) is offered
    assert mark_sending(url, letter().key) is offered


@pytest.mark.parametrize("final", ["sent", "refused"])
def test_sent_and_refused_are_final(url: str, letter: MakeLetter, at: At, final: str) -> None:
    enqueue(url, [letter()], at(23))
    mark_sending(url, letter().key)
    close(url, letter().key, final, "先", at(23))  # type: ignore[arg-type]
    close(url, letter().key, "failed", "后", at(24))
    assert states(url) == [(final, "先")]


def test_an_uncertain_letter_waits_for_a_person_under_policy_ask(url: str, letter: MakeLetter, at: At) -> None:
    enqueue(url, [letter()], at(23))
    mark_sending(url, letter().key)
    close(url, letter().key, "uncertain", "连接中断", at(23))
    assert ready(url, PLAN, policy="ask") == ()
    assert ready(url, PLAN, policy="resend") == (letter(),)


@pytest.mark.parametrize(("tries", "offered"), [(2, True), (3, False)])
def test_a_passing_fault_is_tried_again_up_to_a_limit(
    url: str, letter: MakeLetter, at: At, tries: int, offered: bool
) -> None:
    enqueue(url, [letter()], at(23))
    for _ in range(tries):
        mark_sending(url, letter().key)
        close(url, letter().key, "failed", "421", at(23))
    assert bool(ready(url, PLAN, max_attempts=3)) is offered


def test_a_letter_refused_before_the_wire_needs_no_sending(url: str, letter: MakeLetter, at: At) -> None:
    enqueue(url, [letter()], at(23))
    close(url, letter().key, "refused", "地址无效", at(23))
    assert states(url) == [("refused", "地址无效")]


def test_a_letter_has_one_sender_at_a_time(url: str, letter: MakeLetter, at: At) -> None:
    enqueue(url, [letter()], at(23))
    assert mark_sending(url, letter().key)
    assert not mark_sending(url, letter().key)
    assert ready(url, PLAN) == ()


def test_another_process_leaves_a_letter_to_its_sender(url: str, letter: MakeLetter, at: At) -> None:
    enqueue(url, [letter()], at(23))
    mark_sending(url, letter().key)
    other = FORK.Process(target=close, args=(url, letter().key, "failed", "无连接", at(23)))
    other.start()
    other.join(20)
    assert other.exitcode == 0 and states(url) == [("sending", "")]


def test_what_a_dead_sender_left_is_uncertain_and_offered_with_its_message_id(
    url: str, letter: MakeLetter, at: At
) -> None:
    enqueue(url, [letter()], at(23))
    dead = FORK.Process(target=mark_sending, args=(url, letter().key))
    dead.start()
    dead.join(20)
    assert states(url) == [("sending", "")]
    assert ready(url, PLAN, policy="ask") == ()
    assert states(url)[0][0] == "uncertain" and "中断" in states(url)[0][1]
    assert [each.message_id for each in ready(url, PLAN)] == [letter().message_id]
    assert mark_sending(url, letter().key)


def test_a_dead_sender_not_yet_buried_is_dead_all_the_same(url: str, letter: MakeLetter, at: At) -> None:
    enqueue(url, [letter()], at(23))
    pid = os.fork()
    if pid == 0:
        mark_sending(url, letter().key)
        os._exit(0)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert ready(url, PLAN) == (letter(),)
    os.waitpid(pid, 0)


def test_a_letter_that_is_not_on_record_cannot_be_closed(url: str, letter: MakeLetter, at: At) -> None:
    with pytest.raises(PipelineError, match="没有这封信"):
        close(url, letter().key, "sent", "250", at(23))
    assert not mark_sending(url, letter().key)


def test_a_state_no_letter_is_closed_in_is_a_mistake(url: str, letter: MakeLetter, at: At) -> None:
    enqueue(url, [letter()], at(23))
    with pytest.raises(ValueError, match="ready"):
        close(url, letter().key, "ready", "", at(23))  # type: ignore[arg-type]
