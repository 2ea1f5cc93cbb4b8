"""Reports for several months in one chunk get the verdicts they get one by one."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from config.settings_file import load_settings
from config.workbook_file import load_layout
from tasks.model.submission import ProgressRow, Reading, ReadRow, Verdict
from tasks.validate.judge import judge
from tasks.validate.month_order import judging_order
from tests import factories
from tests.factories import FINANCE, HOUSING

LAYOUT, SETTINGS = load_layout(), load_settings(env={})
PERIODS = ("2023-08", "2023-09", "2023-10")
DUTIES = tuple(factories.duty(unit, period=period) for unit in (HOUSING, FINANCE) for period in PERIODS)
COLUMNS = {column.field: chr(65 + place) for place, column in enumerate(LAYOUT.columns("progress"))}


def report(period: str, figure: float | str, unit: str = HOUSING, hour: int = 0, explanation: str = "") -> Reading:
    """A unit's report on one measure for a month, saved at this hour."""
    fields = {
        "measure_no": "3",
        "status": "正常推进",
        "progress": f"本期完成第{hour}批，累计开工{figure}套。",
        "problems": "无",
        "next_steps": "加快施工。",
        "expected": "2023-12-31",
        "explanation": explanation,
    }
    flats = {**fields, "metric": "公租房套数", "metric_unit": "套", "target": 110.0, "cumulative": figure}
    homes = {**fields, "metric": "改造户数", "metric_unit": "户", "target": 604.0, "cumulative": 200.0}
    saved = factories.original(f"{unit}/上报/{hour}.xlsx", sha256=f"{hour:064}", mtime_ns=hour * 3_600_000_000_000)
    return factories.reading(
        ReadRow(8, flats), ReadRow(9, homes), original=saved, unit=unit, period=period, columns=COLUMNS
    )


def accepted(period: str, figure: float) -> ProgressRow:
    return factories.progress_row(period=period, cumulative=figure, progress=f"累计{figure}套，{period}。")


def judged(readings: Sequence[Reading], previous: Sequence[ProgressRow] = ()) -> tuple[Verdict, ...]:
    return judge(readings, factories.context(), DUTIES, previous)


def codes(verdict: Verdict) -> list[str]:
    return [each.code for each in verdict.findings if each.code in ("V301", "V302", "V303", "V304")]


def test_a_month_is_compared_with_the_one_before_it_in_the_same_chunk() -> None:
    late, fallen = judged([report("2023-09", 60), report("2023-10", 40, hour=1)])
    assert (codes(late), codes(fallen)) == ([], ["V301"])
    # A queried report is not in force, and nothing is compared with it.
    asked, risen = judged([report("2023-09", 60), report("2023-10", 70, hour=1)], [accepted("2023-08", 65)])
    assert (codes(asked), codes(risen)) == (["V301"], [])


def test_a_correction_of_last_month_is_not_compared_with_itself_when_this_month_is_in_the_chunk() -> None:
    """The figure was too high; it is compared with August's."""
    before = [accepted("2023-08", 30), accepted("2023-09", 60)]
    other, corrected = judged([report("2023-10", 20, unit=FINANCE), report("2023-09", 50, hour=1)], before)
    assert (codes(other), codes(corrected)) == ([], [])


def test_a_report_is_not_compared_with_later_ones() -> None:
    """October is compared with the September that came before it; September's correction is judged after it."""
    readings = [report("2023-09", 60), report("2023-10", 65, hour=1), report("2023-09", 80, hour=2)]
    assert judging_order(readings, range(3)) == [[0], [1, 2]]
    assert [codes(each) for each in judged(readings)] == [[], [], []]


def test_units_do_not_wait_for_each_other() -> None:
    readings = [report("2023-09", 1), report("2023-10", 2, unit=FINANCE), report("2023-10", 3), report("2023-08", 1)]
    assert judging_order(readings, range(4)) == [[0, 1], [2, 3]]
    assert judging_order(readings, [1]) == [[1]]
    assert judging_order([], []) == []


def test_what_was_explained_for_one_month_is_not_asked_again_for_the_next() -> None:
    explained = report("2023-09", "约60", explanation="按专班口径填报。")
    unexplained = report("2023-10", "约60", hour=1)
    assert [each.state for each in judged([explained, unexplained])] == ["accepted", "accepted"]
    assert [each.state for each in judged([unexplained])] == ["queried"]


@pytest.mark.parametrize("seed", [1, 3, 5])
def test_a_chunk_gives_the_same_verdicts_as_its_files_one_by_one(seed: int) -> None:
    chance = random.Random(seed)
    readings = [
        report(chance.choice(PERIODS), chance.randint(1, 9) * 10, chance.choice((HOUSING, HOUSING, FINANCE)), hour)
        for hour in range(10)
    ]
    in_force: dict[tuple[str | None, str | None], tuple[ProgressRow, ...]] = {}
    alone = []
    for reading in readings:
        (verdict,) = judged([reading], [row for rows in in_force.values() for row in rows])
        if verdict.state == "accepted":
            in_force[reading.unit, reading.period] = verdict.rows
        alone.append((verdict.state, codes(verdict)))
    assert [(each.state, codes(each)) for each in judged(readings)] == alone
    assert any(found for _, found in alone)
