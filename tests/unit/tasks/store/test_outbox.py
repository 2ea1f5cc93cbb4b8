"""A letter is recorded before it is sent and closed afterwards."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable

import pytest

from tasks.errors import InputError, PipelineError
from tasks.model.letter import Attachment, Letter, LetterOutcome
from tasks.store.outbox import (
    Patience,
    close_letter,
    enqueue_letters,
    give_up_letters,
    letter_records,
    load_letters,
    load_ready_letters,
    mark_sending,
    resolve_uncertain,
    sent_keys,
    withdraw_letters,
)
from tasks.store.send_limits import count_left_since
from tests.forking import forked

PLAN = "yanqi-2023"
At = Callable[..., dt.datetime]
MakeLetter = Callable[..., Letter]


def states(url: str) -> list[tuple[str, str]]:
    """State and last answer of each letter."""
    return [(state, answer) for _, state, answer in load_letters(url, PLAN)]


def test_a_letter_comes_back_as_it_was_written(url: str, letter: MakeLetter, at: At) -> None:
    written = letter(attachments=(Attachment("督办单.docx", "outbox/督办单.docx"),), cc=())
    assert enqueue_letters(url, [written], at(23)) == (written,)
    assert load_letters(url, PLAN) == ((written, "ready", ""),)
    assert load_ready_letters(url, PLAN, at(23, 12)) == (written,)


def test_a_key_is_enqueued_once_and_its_first_text_stays(url: str, letter: MakeLetter, at: At) -> None:
    enqueue_letters(url, [letter()], at(23))
    new = enqueue_letters(url, [letter(text="另一稿"), letter("县住建局"), letter("县住建局")], at(23, 10))
    assert new == (letter("县住建局"),)
    assert load_ready_letters(url, PLAN, at(23, 12)) == (letter(), letter("县住建局"))


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
    assert enqueue_letters(url, [letter(), other], at(23)) == (
        tuple(sorted((letter(), other), key=lambda each: each.plan))
    )


def test_sent_keys_leave_out_refused_and_withdrawn_letters(url: str, letter: MakeLetter, at: At) -> None:
    units = ("县商工局", "县住建局", "县教育局", "县公安局", "县民政局")
    waiting, sent, doubtful, refused, withdrawn = (letter(unit) for unit in units)
    enqueue_letters(url, [waiting, sent, doubtful, refused, withdrawn], at(23))
    for each, state in ((sent, "sent"), (doubtful, "uncertain"), (refused, "refused")):
        close_letter(url, each.key, LetterOutcome(state, ""), at(23))  # type: ignore[arg-type]
    withdraw_letters(url, [withdrawn.key], "已受理", at(23))
    assert sent_keys(url, PLAN) == {waiting.key, sent.key, doubtful.key}
    assert sent_keys(url, "hejing-2024") == frozenset()


@pytest.mark.parametrize(
    ("state", "offered"), [("sent", False), ("refused", False), ("failed", True), ("uncertain", True)]
)
def test_what_is_sent_or_refused_is_never_offered_again(
    url: str, letter: MakeLetter, at: At, state: str, offered: bool
) -> None:
    enqueue_letters(url, [letter()], at(23))
    assert mark_sending(url, letter().key, at(23, 12))
    close_letter(url, letter().key, LetterOutcome(state, "答复"), at(23))  # type: ignore[arg-type]
    assert states(url) == [(state, "答复")]
    assert bool(load_ready_letters(url, PLAN, at(23, 12))) is offered
    assert mark_sending(url, letter().key, at(23, 12)) is offered


@pytest.mark.parametrize("final", ["sent", "refused"])
def test_sent_and_refused_are_final(url: str, letter: MakeLetter, at: At, final: str) -> None:
    enqueue_letters(url, [letter()], at(23))
    mark_sending(url, letter().key, at(23, 12))
    close_letter(url, letter().key, LetterOutcome(final, "先"), at(23))  # type: ignore[arg-type]
    close_letter(url, letter().key, LetterOutcome("failed", "后"), at(24))
    assert states(url) == [(final, "先")]


def test_an_uncertain_letter_waits_for_a_person_under_policy_ask(url: str, letter: MakeLetter, at: At) -> None:
    enqueue_letters(url, [letter()], at(23))
    mark_sending(url, letter().key, at(23, 12))
    close_letter(url, letter().key, LetterOutcome("uncertain", "连接中断"), at(23))
    assert load_ready_letters(url, PLAN, at(23, 12), policy="ask") == ()
    assert load_ready_letters(url, PLAN, at(23, 12), policy="resend") == (letter(),)


def test_a_failed_letter_pauses_longer_after_each_attempt_until_it_is_given_up(
    url: str, letter: MakeLetter, at: At
) -> None:
    patience, now = Patience(retry_minutes=(10, 30), give_up_hours=2), at(23, 9)
    enqueue_letters(url, [letter()], now)
    rests = []
    while states(url)[0][0] != "refused":
        assert mark_sending(url, letter().key, now, patience=patience)
        close_letter(url, letter().key, LetterOutcome("failed", "421"), now, patience=patience)
        began = now
        while states(url)[0][0] == "failed" and not load_ready_letters(url, PLAN, now, patience=patience):
            assert not mark_sending(url, letter().key, now, patience=patience)
            now += dt.timedelta(minutes=1)
        rests.append((now - began).seconds // 60)
    assert rests == [10, 30, 30, 30, 30, 0]
    assert states(url) == [("refused", "试了2小时仍未发出，不再重试：421")]


def test_a_try_that_found_no_server_counts_too_though_the_letter_never_left(
    url: str, letter: MakeLetter, at: At
) -> None:
    enqueue_letters(url, [letter()], at(23))
    close_letter(url, letter().key, LetterOutcome("failed", "无连接"), at(23))
    assert load_ready_letters(url, PLAN, at(23)) == ()
    assert load_ready_letters(url, PLAN, at(23) + dt.timedelta(minutes=10)) == (letter(),)
    close_letter(url, letter().key, LetterOutcome("failed", "无连接"), at(23))
    assert load_ready_letters(url, PLAN, at(23) + dt.timedelta(minutes=10)) == ()


def test_an_uncertain_letter_pauses_too_and_in_the_end_waits_for_a_person(url: str, letter: MakeLetter, at: At) -> None:
    enqueue_letters(url, [letter()], at(20))
    mark_sending(url, letter().key, at(20))
    close_letter(url, letter().key, LetterOutcome("uncertain", "连接中断"), at(20))
    assert load_ready_letters(url, PLAN, at(20)) == ()
    assert load_ready_letters(url, PLAN, at(21)) == (letter(),)
    assert load_ready_letters(url, PLAN, at(25)) == ()
    assert states(url)[0][0] == "uncertain"


@pytest.mark.parametrize("later", ["failed", "refused", "uncertain"])
def test_a_letter_that_may_have_arrived_is_never_refused(url: str, letter: MakeLetter, at: At, later: str) -> None:
    enqueue_letters(url, [letter()], at(23))
    mark_sending(url, letter().key, at(23))
    close_letter(url, letter().key, LetterOutcome("uncertain", "连接中断"), at(23))
    assert mark_sending(url, letter().key, at(23, 12))
    close_letter(url, letter().key, LetterOutcome(later, "后"), at(23, 12))  # type: ignore[arg-type]
    assert states(url) == [("uncertain", "后")]
    assert give_up_letters(url, [letter().key], "过期", at(23, 13)) == 0
    close_letter(url, letter().key, LetterOutcome("sent", "250"), at(23, 13))
    assert states(url) == [("sent", "250")]


@pytest.mark.parametrize(("arrived", "state"), [(True, "sent"), (False, "ready")])
def test_a_person_resolves_an_uncertain_letter(url: str, letter: MakeLetter, at: At, arrived: bool, state: str) -> None:
    enqueue_letters(url, [letter(), letter("县住建局")], at(23))
    close_letter(url, letter().key, LetterOutcome("uncertain", "连接中断"), at(23))
    mark = letter().message_id.strip("<>")[:8]
    settled = resolve_uncertain(url, PLAN, mark, arrived, at(24), by="示例甲")
    assert (settled.key, states(url)[0][0]) == (letter().key, state)
    assert give_up_letters(url, [letter().key], "过期", at(24)) == 0
    with pytest.raises(InputError, match=mark):
        resolve_uncertain(url, PLAN, mark, arrived, at(24), by="示例甲")


@pytest.mark.parametrize("state", ["ready", "failed", "uncertain", "sending", "sent", "refused"])
def test_only_a_letter_not_yet_sent_is_withdrawn_and_then_never_sent(
    url: str, letter: MakeLetter, at: At, state: str
) -> None:
    enqueue_letters(url, [letter()], at(23))
    if state == "sending":
        mark_sending(url, letter().key, at(23))
    elif state != "ready":
        close_letter(url, letter().key, LetterOutcome(state, ""), at(23))  # type: ignore[arg-type]
    waits = state in ("ready", "failed", "uncertain")
    assert withdraw_letters(url, [letter().key], "已受理", at(23)) == waits
    assert states(url)[0] == (("withdrawn", "已受理") if waits else (state, ""))
    if waits:
        assert load_ready_letters(url, PLAN, at(25)) == ()
        assert not mark_sending(url, letter().key, at(25))


@pytest.mark.parametrize(("state", "given_up"), [("ready", True), ("failed", True), ("uncertain", False)])
def test_only_a_letter_that_certainly_nobody_received_is_given_up(
    url: str, letter: MakeLetter, at: At, state: str, given_up: bool
) -> None:
    enqueue_letters(url, [letter()], at(23))
    if state != "ready":
        close_letter(url, letter().key, LetterOutcome(state, ""), at(23))  # type: ignore[arg-type]
    assert give_up_letters(url, [letter().key], "过期", at(24)) == given_up
    assert states(url)[0][0] == ("refused" if given_up else state)


def test_the_dead_recipients_and_the_times_are_on_record(url: str, letter: MakeLetter, at: At) -> None:
    enqueue_letters(url, [letter(), letter("县住建局")], at(23))
    close_letter(
        url, letter().key, LetterOutcome("sent", "b 被拒收", dead=("b@example.cn", "a@example.cn")), at(23, 10)
    )
    one, two = letter_records(url, PLAN)
    assert (one.key, one.state, one.answer, one.dead) == (
        letter().key, "sent", "b 被拒收", ("a@example.cn", "b@example.cn"),
    )  # fmt: skip
    assert (one.to, one.cc, one.message_id) == (letter().to, letter().cc, letter().message_id)
    assert (one.enqueued_at, one.closed_at) == (at(23), at(23, 10))
    assert (two.dead, two.closed_at) == ((), None)
    assert letter_records(url, PLAN, ["ready"]) == (two,)


def test_the_daily_limit_counts_letters_sent_or_uncertain_in_every_plan(url: str, letter: MakeLetter, at: At) -> None:
    other = letter(plan="hejing-2024", message_id="<other@example>")
    made = [letter(unit) for unit in ("县商工局", "县住建局", "县教育局")]
    enqueue_letters(url, [*made, other], at(23))
    for each, state, when in (
        (made[0], "sent", 9),
        (made[1], "failed", 9),
        (made[2], "uncertain", 9),
        (other, "sent", 8),
    ):
        close_letter(url, each.key, LetterOutcome(state, ""), at(23, when))  # type: ignore[arg-type]
    assert [count_left_since(url, at(23, hour)) for hour in (8, 9, 10)] == [3, 2, 0]


def test_a_letter_can_be_refused_without_an_attempt(url: str, letter: MakeLetter, at: At) -> None:
    enqueue_letters(url, [letter()], at(23))
    close_letter(url, letter().key, LetterOutcome("refused", "地址无效"), at(23))
    assert states(url) == [("refused", "地址无效")]


def test_a_letter_has_one_sender_at_a_time(url: str, letter: MakeLetter, at: At) -> None:
    enqueue_letters(url, [letter()], at(23))
    assert mark_sending(url, letter().key, at(23, 12))
    assert not mark_sending(url, letter().key, at(23, 12))
    assert load_ready_letters(url, PLAN, at(23, 12)) == ()


def test_another_process_leaves_a_letter_to_its_sender(url: str, letter: MakeLetter, at: At) -> None:
    enqueue_letters(url, [letter()], at(23))
    mark_sending(url, letter().key, at(23, 12))
    other = forked(close_letter, url, letter().key, LetterOutcome("failed", "无连接"), at(23))
    other.start()
    other.join(20)
    assert other.exitcode == 0 and states(url) == [("sending", "")]


def test_what_a_dead_sender_left_is_uncertain_and_offered_with_its_message_id(
    url: str, letter: MakeLetter, at: At
) -> None:
    enqueue_letters(url, [letter()], at(23))
    dead = forked(mark_sending, url, letter().key, at(23, 12))
    dead.start()
    dead.join(20)
    assert states(url) == [("sending", "")]
    assert load_ready_letters(url, PLAN, at(23, 12), policy="ask") == ()
    assert states(url)[0][0] == "uncertain" and "中断" in states(url)[0][1]
    assert [each.message_id for each in load_ready_letters(url, PLAN, at(23, 12))] == [letter().message_id]
    assert mark_sending(url, letter().key, at(23, 12))


def test_a_zombie_sender_counts_as_dead(url: str, letter: MakeLetter, at: At) -> None:
    enqueue_letters(url, [letter()], at(23))
    pid = os.fork()
    if pid == 0:
        mark_sending(url, letter().key, at(23, 12))
        os._exit(0)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert load_ready_letters(url, PLAN, at(23, 12)) == (letter(),)
    os.waitpid(pid, 0)


def test_a_letter_that_is_not_on_record_cannot_be_closed(url: str, letter: MakeLetter, at: At) -> None:
    with pytest.raises(PipelineError, match="没有这封信"):
        close_letter(url, letter().key, LetterOutcome("sent", "250"), at(23))
    assert not mark_sending(url, letter().key, at(23, 12))


def test_closing_a_letter_as_ready_is_a_value_error(url: str, letter: MakeLetter, at: At) -> None:
    enqueue_letters(url, [letter()], at(23))
    with pytest.raises(ValueError, match="ready"):
        close_letter(url, letter().key, LetterOutcome("ready", ""), at(23))  # type: ignore[arg-type]
