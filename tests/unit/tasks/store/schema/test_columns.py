"""A value read from a column is the value written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.model.letter import Letter
from tasks.model.submission import Duty
from tasks.store.duty_table import read_duties, write_duties
from tasks.store.engine import engine_for
from tasks.store.outbox import enqueue_letters, load_letters
from tasks.store.packed_text import pack_text, unpack_text
from tasks.store.schema.columns import Instant


@pytest.mark.parametrize(
    "odd",
    [
        "",
        "一二三",
        "a\x00b",
        "\x1a",
        "\x1a0000",
        "坏\udcb1\udce0",
        "\ud83d",
        "换\r\n行\t",
        "😀",
        "'; DROP TABLE letter",
    ],
)
def test_any_text_comes_back_as_it_was(url: str, odd: str, letter: Callable[..., Letter]) -> None:
    given_letter = letter(subject=odd, text=odd, to=(odd,))
    enqueue_letters(url, [given_letter], dt.datetime(2023, 10, 23, tzinfo=dt.UTC))
    assert load_letters(url, "yanqi-2023") == ((given_letter, "ready", ""),)


def test_a_list_of_any_texts_comes_back_in_its_order(url: str, duty: Callable[..., Duty]) -> None:
    """Also the second time, when it is known already."""
    given_duty = duty(measures=("22", "a\x00b", "坏\udcb1", '"', "", "22"))
    write_duties(url, [given_duty])
    for _ in range(2):
        assert read_duties(url, given_duty.plan) == (given_duty,)


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("\x00\x1a0af\ud800\udcff"))))
def test_packing_is_storable_and_reversible(text: str) -> None:
    packed = pack_text(text)
    assert unpack_text(packed) == text
    packed.encode()
    assert "\x00" not in packed


def test_instants_are_kept_in_utc_and_come_back_in_the_offices_zone() -> None:
    column, sqlite = Instant(), engine_for("sqlite:///unused.db").dialect
    kept = column.process_bind_param(dt.datetime.fromisoformat("2023-10-20T00:30:00+08:00"), sqlite)
    assert kept == dt.datetime(2023, 10, 19, 16, 30)
    back = column.process_result_value(kept, sqlite)
    assert back is not None and back.isoformat() == "2023-10-20T00:30:00+08:00" and str(back.tzinfo) == "Asia/Shanghai"


def test_an_instant_without_zone_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="zone"):
        Instant().process_bind_param(dt.datetime(2023, 10, 20), engine_for("sqlite:///unused.db").dialect)
