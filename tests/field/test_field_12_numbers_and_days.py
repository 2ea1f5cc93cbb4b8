"""Field cases 12, 13 and 14: fifteen significant digits, days with a time of day behind them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from config.plan import Target
from tasks.rollup.lights import achieved_share
from tasks.text import is_same_figure
from tasks.validate.parse_day import read_day
from tasks.validate.parse_number import read_number
from tests import workbooks
from tests.unit.messy.chain import Office, finding, run_cases

pytestmark = pytest.mark.xdist_group("test_field_12_numbers_and_days")
START, END = dt.date(2023, 10, 1), dt.date(2023, 10, 31)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return run_cases(tmp_path_factory.mktemp("share"), globals())


def case_12(office: Office) -> None:
    """A hair below a target that is reached; a hair below last month's figure; 0.1 + 0.2; a figure as text."""
    done: dict[str, object] = {"进展状态": "已完成", "预计完成时间": dt.date(2023, 10, 10)}
    for variant, figure in enumerate((109.99999999999999, 110.00000000000001, "109.99999999999999")):
        bureau = office.bureau(12, variant)
        office.drop(bureau, bureau.filled({"套": {"本期累计": figure, **done}}))
    last = office.bureau(12, 3)
    office.previous += last.last()
    office.drop(last, last.filled({"套": {"本期累计": 43.99999999999999}, "万元": {"本期累计": 100.1 + 0.2}}))
    short = office.bureau(12, 4)
    office.drop(short, short.filled({"套": {"本期累计": 109.9999, **done}}))


def test_field_12_figures_are_compared_as_they_are_shown(office: Office) -> None:
    for variant in (0, 1, 2):
        assert office.state_and_codes(12, variant)[0] == "accepted", variant
        assert "V206" not in office.state_and_codes(12, variant)[1]
        assert office.figure(12, variant) == 110
    assert "V301" not in office.state_and_codes(12, 3)[1]
    assert (office.figure(12, 3), office.figure(12, 3, "万元")) == (44, 100.3)
    assert "V201" in office.state_and_codes(12, 4)[1]


def test_field_12_so_are_lights_and_the_figures_of_former_versions() -> None:
    target = Target(metric="户数", operator=">=", value=49, unit="张", due=dt.date(2023, 12, 31))
    assert achieved_share(target, 48.99999999999999) == 1
    most = target.model_copy(update={"operator": "<="})
    assert achieved_share(most, 49.00000000000001) == 1
    assert is_same_figure(0.1 + 0.2, 0.3)
    assert not is_same_figure(0.3, 0.30000000000001)
    assert read_number(123456789.12345679, "万元").value == 123456789.123457
    assert read_number(1e300, "万元").value == 1e300


MIDNIGHTS = (
    "2023-12-29 00:00:00",
    "2023/12/29 0:00",
    "2023-12-29T00:00:00",
    "2023-12-29T00:00:00.000",
    "2023-12-29T00:00:00+08:00",
    "2023年12月29日 0时0分",
    "2023年12月29日0:00",
    "２０２３－１２－２９　００：００",
    "2023-12-29 12:00:00 AM",
    "2023/12/29 上午 12:00:00",
    "20231229 00:00",
    " 2023-12-29 00:00:00 ",
)
TIMES = (
    "2023-12-29 23:59:17",
    "2023-12-29 08:30",
    "2023-12-29T16:00:00Z",
    "2023年12月29日下午3时",
    "2023-12-29 12:00:00 PM",
    "2023-12-29 24:00",
    "2023-12-29 00:00:01",
)


@pytest.mark.parametrize("written", MIDNIGHTS)
def test_field_13_midnight_behind_a_day_is_that_day(written: str) -> None:
    day = read_day(written, (), START, END)
    assert (day.text, day.fault) == ("2023-12-29", None)


@pytest.mark.parametrize("written", TIMES)
def test_field_13_another_time_behind_a_day_is_asked_about(written: str) -> None:
    assert read_day(written, (), START, END).fault == "V116"


def case_13(office: Office) -> None:
    """The day that an export wrote as text, in the table and in 申请延期至."""
    bureau = office.bureau(13)
    office.drop(bureau, bureau.filled({"": {"预计完成时间": "2023-12-29 00:00:00"}}))
    late = office.bureau(13, 1)
    heading = {"申请延期至": "2023-10-27 00:00:00", "延期理由": "资料未齐"}
    office.drop(late, late.filled(heading=heading))


def test_field_13_in_a_report_and_in_a_request_for_more_time(office: Office) -> None:
    (row,) = [row for row in office.one(13).rows if row.metric_unit == ""]
    assert (office.one(13).state, row.expected) == ("accepted", "2023-12-29")
    assert office.one(13, 1).extension == (dt.date(2023, 10, 27), "资料未齐")


def case_14(office: Office) -> None:
    """Cells with a time of day: late in the evening, at noon, a hair before midnight; in a workbook from 1904."""
    moments: tuple[object, ...] = (
        dt.datetime(2023, 12, 29, 23, 59, 17),
        dt.datetime(2023, 12, 29, 12, 0),
        45288.9999999999,
        dt.datetime(2023, 12, 29, 0, 0),
    )
    for variant, moment in enumerate(moments):
        bureau = office.bureau(14, variant)
        shown = (lambda book: _as_day(book)) if isinstance(moment, float) else (lambda book: None)
        office.drop(bureau, bureau.filled({"": {"预计完成时间": moment}}, change=shown))
    for variant, value in ((4, 43827.5), (5, 43827.0)):
        bureau = office.bureau(14, variant)
        office.drop(bureau, bureau.filled({"": {"预计完成时间": value}}, change=_from_1904))


def _as_day(book: Any) -> None:
    sheet = book[workbooks.SHEET]
    sheet.cell(13, workbooks.columns_of(sheet)["预计完成时间"]).number_format = "yyyy-mm-dd"


def _from_1904(book: Any) -> None:
    sheet = book[workbooks.SHEET]
    sheet.cell(13, workbooks.columns_of(sheet)["预计完成时间"]).number_format = "General"
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    book.epoch = CALENDAR_MAC_1904


@pytest.mark.parametrize("variant", [0, 1, 4])
def test_field_14_a_time_of_day_is_asked_about_and_never_becomes_a_day(office: Office, variant: int) -> None:
    assert office.state_and_codes(14, variant) == ("queried", ("V116",))
    found = finding(office.one(14, variant), "V116")
    assert ":" in found.text
    assert "不写几点几分" in found.remedy


@pytest.mark.parametrize("variant", [2, 3, 5])
def test_field_14_midnight_is_a_day_even_where_binary_fractions_miss_it(office: Office, variant: int) -> None:
    (row,) = [row for row in office.one(14, variant).rows if row.metric_unit == ""]
    assert row.expected == "2023-12-29"


def test_field_14_an_explained_time_is_not_asked_about_again(tmp_path: Any) -> None:
    office = Office(tmp_path)
    bureau = office.bureau(14)
    answers = {"": {"预计完成时间": dt.datetime(2023, 12, 29, 18, 0), "情况说明": "29日下班前完成。"}}
    office.drop(bureau, bureau.filled(answers))
    office.run()
    assert office.one(14).state == "accepted"
