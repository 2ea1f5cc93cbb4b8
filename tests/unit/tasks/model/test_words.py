"""The closed lists: complete, in one order, and the words that people read are there for each value."""

from __future__ import annotations

from typing import get_args

import pytest

from flows.ui.forms import KindTitle
from tasks.model import words


def test_every_kind_has_a_title_and_the_form_offers_exactly_these() -> None:
    assert tuple(words.KIND_TITLES) == get_args(words.Kind)
    assert get_args(KindTitle) == tuple(words.KIND_TITLES.values())


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("月度报送", "progress"),
        ("专项报送", "deliverable"),
        ("专项成果", "deliverable"),
        ("年度总结", "annual"),
        ("全年总结", "annual"),
        ("周报", None),
        ("", None),
    ],
)
def test_a_kind_is_known_by_its_title_of_today_and_by_former_ones(title: str, kind: str | None) -> None:
    assert words.kind_of_title(title) == kind


def test_a_former_title_is_never_todays_title_of_another_kind() -> None:
    assert not set(words.FORMER_KIND_TITLES) & set(words.KIND_TITLES.values())


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (words.STATE_WORDS, words.STATES),
        (words.SEVERITY_WORDS, words.SEVERITIES),
        (words.STATE_OF_SEVERITY, words.SEVERITIES),
        (words.LIGHT_NAMES, words.LIGHTS),
        (words.LIGHT_COLOURS, words.LIGHTS),
        (words.LETTER_STATE_WORDS, words.LETTER_STATES),
    ],
)
def test_a_table_has_a_word_for_each_value_in_its_order(table: dict[str, str], values: tuple[str, ...]) -> None:
    assert tuple(table) == values


@pytest.mark.parametrize("order", [words.BY_URGENCY, words.IN_PRINT])
def test_an_order_of_standings_holds_each_once(order: tuple[str, ...]) -> None:
    assert sorted(order) == sorted(get_args(words.StandingName))


def test_each_standing_is_reported_open_or_not_counted_yet() -> None:
    groups = (*words.REPORTED, *words.OPEN, *words.NOT_COUNTED_YET)
    assert sorted(groups) == sorted(get_args(words.StandingName))
