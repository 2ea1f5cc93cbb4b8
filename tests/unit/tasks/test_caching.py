"""What is usual is worked out once, and what is large is never kept."""

from __future__ import annotations

import gc
import weakref

from tasks.caching import cached


class Answer:
    """Something that can be seen to be gone."""


def test_an_answer_is_kept_for_a_small_question_and_let_go_for_a_large_one() -> None:
    @cached(2, 3)
    def answer(asked: str, more: int = 0) -> Answer:
        return Answer()

    assert answer("abc") is answer("abc")
    assert answer("abc", 1) is not answer("abc", 2)
    gone = weakref.ref(answer("abcd"))
    gc.collect()
    assert gone() is None
