"""Shares and lights at each threshold, and every operator on both sides of its target."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from config.settings import LightSettings, Settings
from config.settings_file import load_settings
from tasks.model.words import worst_light
from tasks.rollup.lights import achieved_share, elapsed_share, last_day, light, status_light, target_window
from tests import factories

AS_OF = dt.date(2023, 10, 31)


@pytest.fixture(scope="module")
def settings() -> Settings:
    return load_settings(env={}).model_copy(update={"lights": LightSettings(yellow_points=10, red_points=30)})


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0.80, "绿"),
        (0.71, "绿"),
        (0.70, "黄"),
        (0.69, "黄"),
        (0.51, "黄"),
        (0.50, "黄"),
        (0.49, "红"),
        (0.0, "红"),
        (None, "无"),
    ],
)
def test_nine_points_behind_is_green_ten_and_thirty_are_yellow_thirty_one_is_red(
    settings: Settings, share: float | None, expected: str
) -> None:
    assert light(share, 0.80, False, settings) == expected


@pytest.mark.parametrize(("share", "expected"), [(0.999, "红"), (1.0, "绿"), (1.2, "绿"), (None, "红")])
def test_past_its_date_only_what_is_done_is_green(settings: Settings, share: float | None, expected: str) -> None:
    assert light(share, 1.0, True, settings) == expected


@pytest.mark.parametrize("hundredths", range(100))
def test_exactly_ten_points_are_ten_points_in_every_binary_fraction(settings: Settings, hundredths: int) -> None:
    if hundredths >= 10:
        assert light((hundredths - 10) / 100, hundredths / 100, False, settings) == "黄"


@pytest.mark.parametrize(
    ("operator", "figure", "share"),
    [
        (">=", 99, 0.99), (">=", 100, 1.0), (">=", 101, 1.01),
        ("=", 99, 0.99), ("=", 100, 1.0), ("=", 101, 1.01),
        ("<=", 99, 1.0), ("<=", 100, 1.0), ("<=", 125, 0.8),
        (">=", -1, 0.0), ("<=", 0, 1.0), (">=", None, None),
    ],
)  # fmt: skip
def test_a_share_is_one_exactly_at_the_target(operator: str, figure: float | None, share: float | None) -> None:
    assert achieved_share(factories.target(operator=operator, value=100), figure) == share


@pytest.mark.parametrize(("figure", "share"), [(1, 0.5), (2, 1.0), (3, 1.0), (4, 4 / 3), (0, 0.0)])
def test_a_range_is_done_from_its_lower_to_its_upper_end_and_more_is_not_less(figure: float, share: float) -> None:
    assert achieved_share(factories.target(operator="range", value=2, value_max=3), figure) == pytest.approx(share)


@pytest.mark.parametrize(
    ("words", "figure", "share"),
    [
        ("提高到80万元", 79, 79 / 80), ("提高到80万元", 80, 1.0), ("提高到80万元", 81, 81 / 80),
        ("压缩至80天", 79, 1.0), ("压缩至80天", 80, 1.0), ("压缩至80天", 81, 80 / 81),
        ("至80", 79, 79 / 80), ("至80", 80, 1.0), ("至80", 81, 80 / 81), ("至80", 0, 0.0),
    ],
)  # fmt: skip
def test_an_arrow_goes_the_way_the_documents_words_say(words: str, figure: float, share: float) -> None:
    assert achieved_share(factories.target(operator="->", value=80, words=words), figure) == pytest.approx(share)


@pytest.mark.parametrize(
    ("operator", "figure", "share"), [(">=", 0, 1.0), ("<=", 0, 1.0), ("<=", 1, 0.0), ("->", 0, 1.0)]
)
def test_a_target_of_zero_divides_nothing(operator: str, figure: float, share: float) -> None:
    assert achieved_share(factories.target(operator=operator, value=0), figure) == share


@pytest.mark.parametrize(
    ("due", "start", "end"),
    [
        (dt.date(2023, 12, 31), dt.date(2023, 1, 1), dt.date(2023, 12, 31)),
        (None, dt.date(2023, 1, 1), dt.date(2023, 12, 31)),
        (dt.date(2025, 12, 31), dt.date(2023, 9, 19), dt.date(2025, 12, 31)),
        (dt.date(2023, 11, 30), dt.date(2023, 9, 19), dt.date(2023, 11, 30)),
    ],
)
def test_a_whole_year_target_runs_from_new_year_any_other_from_the_documents_day(
    due: dt.date | None, start: dt.date, end: dt.date
) -> None:
    document = factories.plan().document
    assert target_window(factories.target(due=due), document, AS_OF) == (start, end)


@pytest.mark.parametrize(
    ("day", "share"),
    [
        (dt.date(2023, 1, 1), 1 / 365),
        (dt.date(2023, 12, 31), 1.0),
        (dt.date(2024, 1, 1), 1.0),
        (dt.date(2022, 12, 31), 0.0),
    ],
)
def test_time_is_over_at_the_end_of_the_last_day(day: dt.date, share: float) -> None:
    assert elapsed_share(dt.date(2023, 1, 1), dt.date(2023, 12, 31), day) == pytest.approx(share)


def test_a_target_due_before_its_document_has_no_time_left() -> None:
    assert elapsed_share(dt.date(2023, 9, 19), dt.date(2023, 6, 30), AS_OF) == 1.0


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"status": "已完成", "past_due": True}, "绿"),
        ({"status": "正常推进"}, "绿"),
        ({"status": "正常推进", "past_due": True}, "红"),
        ({"status": "正常推进", "expected": "2023-10-31"}, "绿"),
        ({"status": "正常推进", "expected": "2023-10-30"}, "红"),
        ({"status": "正常推进", "expected": "2023年10月"}, "绿"),
        ({"status": "正常推进", "expected": "长期"}, "绿"),
        ({"status": "进展滞后"}, "黄"),
        ({"status": "进展滞后", "expected": "2023年9月"}, "红"),
        ({"status": "未启动", "elapsed": 0.09}, "绿"),
        ({"status": "未启动", "elapsed": 0.10}, "黄"),
        ({"status": "未启动", "elapsed": 0.30}, "黄"),
        ({"status": "未启动", "elapsed": 0.31}, "红"),
        ({"status": ""}, "无"),
        ({"status": "", "past_due": True}, "红"),
    ],
)
def test_a_measure_without_a_figure_takes_its_light_from_its_status_and_dates(
    settings: Settings, changes: dict[str, Any], expected: str
) -> None:
    given: dict[str, Any] = {"expected": "", "elapsed": 0.83, "past_due": False, "as_of": AS_OF, **changes}
    assert status_light(settings=settings, **given) == expected


@pytest.mark.parametrize(
    ("lights", "expected"),
    [(("绿", "黄"), "黄"), (("绿", "红", "黄"), "红"), (("无", "绿"), "绿"), (("无",), "无"), ((), "无")],
)
def test_the_worst_light_counts_and_a_missing_one_does_not(lights: Any, expected: str) -> None:
    assert worst_light(lights) == expected


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2023-12-31", dt.date(2023, 12, 31)), ("2023年12月5日", dt.date(2023, 12, 5)),
        ("2023.9.30", dt.date(2023, 9, 30)),
        ("2023年12月", dt.date(2023, 12, 31)), ("2024年2月底前", dt.date(2024, 2, 29)),
        ("2023年2月30日", None), ("持续推进", None),
    ],
)  # fmt: skip
def test_dates_are_read_as_people_write_them(words: str, day: dt.date | None) -> None:
    assert last_day(words) == day
